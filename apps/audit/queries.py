from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from apps.audit.models import AuditEvent


@dataclass(frozen=True)
class Choices:
    """What a study's trail can be narrowed down to."""

    people: list[tuple[UUID, str]]
    verbs: list[str]
    nouns: list[str]


def events(
    study_id: UUID,
    *,
    person: UUID | None = None,
    verb: str = "",
    noun: str = "",
    object_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AuditEvent]:
    """A study's trail, the newest first; both days are included."""
    wanted = {
        "actor_id": person,
        "verb": verb,
        "noun": noun,
        "object_id": object_id,
        "occurred_at__date__gte": since,
        "occurred_at__date__lte": until,
    }
    given = {field: value for field, value in wanted.items() if value}
    return AuditEvent.objects.filter(study_id=study_id, **given)


def choices(study_id: UUID) -> Choices:
    """The people, verbs and nouns that occur; a person is shown by the latest name."""
    trail = AuditEvent.objects.filter(study_id=study_id)
    named = trail.filter(actor_id__isnull=False).order_by("actor_id", "-occurred_at").distinct("actor_id")
    return Choices(
        people=sorted(
            ((event.actor_id, event.actor_name) for event in named if event.actor_id),
            key=lambda person: person[1],
        ),
        verbs=_words(trail, "verb"),
        nouns=_words(trail, "noun"),
    )


def _words(trail: QuerySet[AuditEvent], field: str) -> list[str]:
    return list(trail.order_by(field).values_list(field, flat=True).distinct())
