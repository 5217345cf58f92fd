from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.models import Characteristic, Population
from apps.studies.models import ParticipantGroup, Study

# The group, the characteristic and value (none and "" for the whole population), as keys.
Part = tuple[ParticipantGroup, Characteristic | None, str]


class PopulationOfNobody(Refusal):
    template = gettext_noop("A population has at least one person: leave the field empty if it is unknown.")


@transaction.atomic
def state_populations(*, study: Study, sizes: Mapping[Part, int | None], by: User, now: datetime) -> int:
    """How large the populations are, for the disclosure check; None takes a statement back."""
    changed = 0
    for (group, characteristic, value), size in sizes.items():
        if size is not None and size < 1:
            raise PopulationOfNobody
        part: dict[str, Any] = {
            "study": study,
            "group": group,
            "characteristic": characteristic,
            "value": value,
        }
        stored = Population.objects.filter(**part).first()
        if size is None and stored:
            stored.delete()
            changed += 1
        elif size is not None and (stored is None or stored.size != size):
            stated = {"size": size, "stated_at": now, "stated_by": by}
            Population.objects.update_or_create(**part, defaults=stated)
            changed += 1
    if changed:
        record(
            "stated",
            "populations",
            by=by,
            now=now,
            study_id=study.id,
            object_id=study.id,
            object_name=study.name,
            count=changed,
        )
    return changed
