"""What the adjudicator of a round may not decide, transcript by transcript, and who can in their place."""

from dataclasses import dataclass

from apps.accounts.models import User
from apps.agreement.models import Round
from apps.agreement.queries.deciding import PERSON, who_can_decide
from apps.agreement.queries.queue import barred_in_round


@dataclass(frozen=True)
class LeftToOthers:
    """So many wait on one transcript; without deciders nobody of the study can decide them now."""

    transcript: str
    count: int
    deciders: tuple[str, ...]


def left_to_others(*, round: Round, reader: User) -> list[LeftToOthers]:
    """What waits for somebody other than the adjudicator, so far as the reader sees it."""
    counts = barred_in_round(round=round, reader=reader)
    if not counts:
        return []
    rows = round.transcripts.filter(id__in=counts).select_related(PERSON)
    members = list(rows.defer("transcript_version__text"))
    able = who_can_decide(round=round, members=members)
    return [
        LeftToOthers(
            str(member.transcript_version.transcript),
            counts[member.id],
            tuple(person.name for person in able[member.id]),
        )
        for member in members
    ]
