"""What the codings of a file were narrowed to, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.coding.models import Coding
from apps.coding.queries import CONSENSUS
from apps.participants.models import Participant
from apps.studies.models import Study
from apps.transcripts.models import Turn

FILTERS = {
    "group": _("Group"),
    "participant": _("Person"),
    "role": _("Speaker"),
    "coder": _("Coder"),
    "influence": _("Influence"),
}


def narrowed_to(study: Study, filters: Mapping[str, str]) -> str:
    """Each filter with its name and what was chosen; empty where nothing was."""
    chosen = [(field, filters[field]) for field in FILTERS if filters.get(field)]
    return " · ".join(f"{FILTERS[field]}: {_name(study, field, value)}" for field, value in chosen)


def _name(study: Study, field: str, value: str) -> str:
    match field:
        case "group":
            return study.groups.get(id=value).name
        case "participant":
            return Participant.objects.get(study=study, id=value).pseudonym
        case "role":
            return str(Turn.Role(value).label)
        case "influence":
            return str(Coding.Influence(value).label)
    return str(_("Consensus")) if value == CONSENSUS else User.objects.get(id=value).name
