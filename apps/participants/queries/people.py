"""The study's people as pages and lists show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from apps.participants.models import (
    Characteristic,
    CharacteristicValue,
    Interview,
    Participant,
    ParticipantQuerySet,
)
from apps.studies.models import Membership, Study


@dataclass(frozen=True)
class Known:
    """One characteristic of one person; `value` is None where nothing was said."""

    characteristic: Characteristic
    value: CharacteristicValue | None


@dataclass(frozen=True)
class Person:
    """A person with everything that a line of a list or the head of a page needs."""

    participant: Participant
    known: tuple[Known, ...]
    interviews: tuple[Interview, ...]

    @property
    def interview(self) -> Interview | None:
        """The one that counts: held before booked before cancelled, the latest first."""
        order = [Interview.Status.HELD, Interview.Status.BOOKED, Interview.Status.CANCELLED]
        ranked = sorted(self.interviews, key=lambda each: order.index(Interview.Status(each.status)))
        return ranked[0] if ranked else None


def people(
    membership: Membership, *, group: UUID | None = None, site: UUID | None = None
) -> ParticipantQuerySet:
    """Those whom the member may see, by group and number, with what `person` needs to know of them."""
    found = Participant.objects.visible_to(membership).select_related("group", "site")
    narrowed = {"group": group, "site": site}
    found = found.filter(**{field: value for field, value in narrowed.items() if value})
    return found.prefetch_related("values", "interviews__interviewer")


def group_sizes(people: ParticipantQuerySet) -> dict[UUID, int]:
    """Group -> how many of the people belong to it, however few of them a page shows."""
    return dict(people.order_by().values_list("group").annotate(Count("id")))


def person(participant: Participant, characteristics: list[Characteristic]) -> Person:
    """One of `people` with the characteristics of their group; no further query."""
    values = {value.characteristic_id: value for value in participant.values.all()}
    return Person(
        participant=participant,
        known=tuple(
            Known(each, values.get(each.id)) for each in characteristics if each.applies_to(participant.group)
        ),
        interviews=tuple(participant.interviews.all()),
    )


def characteristics(study: Study) -> list[Characteristic]:
    """In the study's order, each knowing its groups."""
    return list(study.characteristics.prefetch_related("groups"))


def values_known(study: Study) -> Mapping[UUID, int]:
    """Of how many people each characteristic is known."""
    counted = study.characteristics.annotate(known=Count("values"))
    return dict(counted.values_list("id", "known"))
