"""What the third person settled with "the codebook must change", and what the lead made of it."""

from datetime import datetime, timedelta

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import CodebookChange, Decision, Discrepancy, Round
from apps.coding.actions import look
from apps.coding.models import SecondLook
from apps.coding.queries import relook
from apps.core.identity import acting_as
from apps.studies.models import Study

LEGITIMATION = (
    "Here too it is asked whose place is at stake. Legitimation has to say so: both coders read it rightly, "
    "and it lets both readings stand."
)
GUILT = (
    "Guilt needs a code of its own: it is neither worth nor place, and it comes up in half of the interviews."
)
WORKAROUND = (
    "The definition does not say whether a workaround that nobody agreed on counts as reconfiguration."
)
NO_NEW_CODE = (
    "Guilt runs through several subconstructs; it is better taken up as a theme than as a code of its own."
)


def ask(round: Round, wordings: list[str], *, by: User, now: datetime) -> list[CodebookChange]:
    """The third person settles so many of what the coders left open."""
    rows = Discrepancy.objects.filter(agreement_run=queries.latest_run(round=round))
    waiting = queries.still_open(rows).select_related(
        "first_assignment", "second_assignment", "round_transcript__transcript_version"
    )
    chosen = list(waiting.order_by("round_transcript__position", "-position")[: len(wordings)])
    for place, (discrepancy, wording) in enumerate(zip(chosen, wordings, strict=False)):
        actions.settle(
            discrepancy=discrepancy,
            outcome=Decision.Outcome.CODEBOOK,
            cause=Decision.Cause.DEFINITION,
            reason=wording,
            by=by,
            now=now + timedelta(minutes=6 * place),
        )
    return list(CodebookChange.objects.open().filter(study=round.study).order_by("proposed_at"))


def look_again(study: Study, *, by: User, now: datetime) -> None:
    """The lead has just looked again at the first consensus codings under what version 2 redefined."""
    with acting_as(by.id):
        found = relook(study=study, reader=by, with_consensus=True)
        assert found is not None
        internalisation = found.version.codes.get(name="Internalisation")
        for place, item in enumerate(found.items[:7]):
            is_other = place % 3 == 2
            look(
                coding=item.coding,
                version=found.version,
                outcome=SecondLook.Outcome.ANOTHER if is_other else SecondLook.Outcome.FITS,
                code=internalisation if is_other else None,
                reason="Nobody's place is at stake here, only the worth of the hub." if is_other else "",
                by=by,
                now=now - timedelta(minutes=30 - 2 * place),
            )


def decline(change: CodebookChange, *, by: User, now: datetime) -> None:
    """The lead leaves the codebook as it is, and says why."""
    actions.decline(change=change, reason=NO_NEW_CODE, by=by, now=now)
