from datetime import datetime
from typing import Any

from apps.accounts.models import User
from apps.audit.actions import record
from apps.studies.models import Study


def note_download(*, study: Study, what: str, by: User, now: datetime, **detail: Any) -> None:
    """Writes down that a file left, and who took it."""
    record("downloaded", "file", by=by, now=now, study_id=study.id, object_name=what, **detail)
