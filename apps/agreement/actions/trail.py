"""The audit events of a round."""

from datetime import datetime
from typing import Any

from apps.accounts.models import User
from apps.agreement.models import Round
from apps.audit.actions import record


def record_round(verb: str, round: Round, *, by: User | None, now: datetime, **detail: Any) -> None:
    """One event of a round, for the log and the audit trail."""
    record(
        verb,
        "round",
        by=by,
        now=now,
        study_id=round.study_id,
        object_id=round.id,
        object_name=str(round),
        **detail,
    )
