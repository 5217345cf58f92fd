from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.codebooks.models import CodebookVersion


@transaction.atomic
def freeze(*, version: CodebookVersion, by: User, now: datetime) -> CodebookVersion:
    """Nothing in a frozen version changes any more; a change makes a new version."""
    if version.frozen_at is None:
        version.frozen_at, version.frozen_by = now, by
        version.save(update_fields=["frozen_at", "frozen_by"])
        record(
            "frozen",
            "codebook version",
            by=by,
            now=now,
            study_id=version.codebook.study_id,
            object_id=version.id,
            object_name=str(version),
        )
    return version
