"""People as a list brings them, every word of it already understood."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class ListedInterview:
    """What a list says of one interview; `interview_id` is the stored one that it is about, if any."""

    status: str
    held_on: date | None
    mode: str
    minutes: int | None
    interviewer_id: UUID | None
    interviewer_name: str
    interview_id: UUID | None = None


@dataclass(frozen=True)
class ListedPerson:
    """What a list says of one person; without `participant_id` the person is new.

    `values` are (characteristic, state, value); what the list leaves out is left as it is.
    """

    group_id: UUID
    site_id: UUID
    reference: str
    note: str
    values: tuple[tuple[UUID, str, str], ...] = ()
    interview: ListedInterview | None = None
    participant_id: UUID | None = None
