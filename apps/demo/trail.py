"""Audit events by the hundred: the same rows that `audit.actions.record` writes one by one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from apps.accounts.models import User
from apps.audit.models import AuditEvent


def event(
    verb: str,
    noun: str,
    *,
    by: User,
    now: datetime,
    study_id: UUID,
    object_id: UUID,
    object_name: str,
    **detail: Any,
) -> AuditEvent:
    """An event that is still to be stored."""
    return AuditEvent(
        occurred_at=now,
        study_id=study_id,
        actor_id=by.id,
        actor_name=by.name,
        verb=verb,
        noun=noun,
        object_id=object_id,
        object_name=object_name,
        detail=detail,
    )
