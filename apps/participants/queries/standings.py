"""Where each person stands on the way to an interview."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.row_keys import Keys
from apps.participants.models import Participant, ParticipantQuerySet
from apps.participants.queries.histories import standing_of_each
from apps.studies.models import Membership


@dataclass(frozen=True)
class Placed:
    """A person in a group at a site, and how far they came."""

    id: UUID
    group_id: UUID
    site_id: UUID
    standing: str


def placed(membership: Membership, people: ParticipantQuerySet | None = None) -> list[Placed]:
    """Everybody whom the member may see, or these of them; one query."""
    seen = Participant.objects.visible_to(membership) if people is None else people
    keys = Keys()
    return [
        Placed(UUID(key), keys[group], keys[site], standing)
        for key, group, site, standing in standing_of_each(membership, seen)
    ]
