from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from apps.contacts.models import Contact
from apps.participants.models import Participant
from apps.participants.queries import people
from apps.studies.models import Membership
from apps.studies.permissions import Permission, Role


@dataclass(frozen=True)
class Line:
    """A person whom the member may reach, and whether the vault holds anything of them."""

    participant: Participant
    is_kept: bool


def may_open(participant: Participant, membership: Membership) -> bool:
    """Whether the vault opens to the member for this person; `Contact.objects.visible_to` says the same."""
    if participant.study_id != membership.study_id or not membership.may(Permission.CONTACTS_OPEN):
        return False
    return Role.ADMINISTRATOR in membership.roles or participant.site_id == membership.site_id


def lines(membership: Membership, *, group: UUID | None = None, site: UUID | None = None) -> list[Line]:
    """Everybody whose details the member may open, in the order of pseudonyms; nothing is unsealed."""
    kept = set(Contact.objects.visible_to(membership).values_list("participant_id", flat=True))
    found = people(membership, group=group, site=site).prefetch_related(None)
    return [Line(each, each.id in kept) for each in found if may_open(each, membership)]


def is_kept(participant_id: UUID) -> bool:
    """Whether the vault holds a row of somebody, whoever asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_contact_is_kept(%s)", [participant_id])
        return bool(cursor.fetchone()[0])
