from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from apps.audit.models import AuditEvent
from apps.core import identity


class Actor(Protocol):
    """Whoever can be named as having done something."""

    id: UUID
    name: str


def record(
    verb: str,
    noun: str,
    *,
    by: Actor | None,
    now: datetime,
    study_id: UUID | None = None,
    object_id: UUID | None = None,
    object_name: str = "",
    **detail: Any,
) -> AuditEvent:
    """Writes down who did what to what; `detail` holds plain JSON values and never a text of an interview."""
    return AuditEvent.objects.create(
        occurred_at=now,
        study_id=study_id,
        actor_id=by.id if by else None,
        actor_name=by.name if by else "",
        verb=verb,
        noun=noun,
        object_id=object_id,
        object_name=object_name[:300],
        detail=detail,
        address=identity.address.get() or None,
    )
