"""How the pair, and the third person where the pair could not, have settled a round's discrepancies."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.agreement import queries
from apps.agreement.models import Discrepancy, Resolution, Round, StandingPassage
from apps.audit.models import AuditEvent
from apps.demo import library
from apps.demo.engine.chance import seeded
from apps.demo.library import Reason
from apps.demo.trail import event

A_MEETING = 40
"""So many discrepancies are settled on one day."""


class Settlement:
    """Settles what was found in a round; `open_share` stays open, `third_share` goes to the third person.

    The rows are those of `agreement.actions.settle`, written together because there are hundreds.
    """

    def __init__(
        self, round: Round, pair: tuple[User, User], third: User, *, open_share: float, third_share: float
    ) -> None:
        self.round, self.pair, self.third = round, pair, third
        self.open_share, self.third_share = open_share, third_share
        self.rng = seeded("settling", round.number)

    def settle_all(self, *, begin: datetime) -> None:
        """The pair first, meeting after meeting; then the third person."""
        decisions = Resolution.objects.bulk_create(self._decisions(begin))
        StandingPassage.objects.bulk_create(passage for each in decisions for passage in _passages(each))
        AuditEvent.objects.bulk_create(self._told(each) for each in decisions)

    def _decisions(self, begin: datetime) -> Iterator[Resolution]:
        found = list(_discrepancies(self.round))
        order = self.rng.sample(range(len(found)), len(found))
        left_open = set(order[: round_half_up(len(found) * self.open_share)])
        for_third = set(order[len(left_open) :][: round_half_up(len(found) * self.third_share)])
        by_pair = [each for place, each in enumerate(found) if place not in left_open | for_third]
        for count, discrepancy in enumerate(by_pair):
            now = begin + timedelta(days=count // A_MEETING, minutes=4 * (count % A_MEETING))
            by, other = self.pair[count % 2], self.pair[1 - count % 2]
            is_spoken = self.rng.random() < 0.5
            yield self._decision(discrepancy, by, now, is_spoken=is_spoken, confirmed_by=other)
        begin += timedelta(days=len(by_pair) // A_MEETING + 2)
        for count, place in enumerate(sorted(for_third)):
            now = begin + timedelta(minutes=7 * count)
            yield self._decision(found[place], self.third, now, is_spoken=False)

    def _decision(
        self,
        discrepancy: Discrepancy,
        by: User,
        now: datetime,
        *,
        is_spoken: bool,
        confirmed_by: User | None = None,
    ) -> Resolution:
        """What was agreed by word of mouth leaves a written reason only where it must."""
        why = self._reason(discrepancy)
        outcome = _outcome(why, discrepancy)
        return Resolution(
            discrepancy=discrepancy,
            outcome=outcome,
            cause=why.cause,
            reason="" if is_spoken and outcome != Resolution.Outcome.NEITHER else why.text,
            decided_by=by,
            decided_at=now,
            confirmed_by=confirmed_by,
        )

    def _reason(self, discrepancy: Discrepancy) -> Reason:
        names = {str(code) for code in (discrepancy.first_code, discrepancy.second_code) if code}
        fitting = [
            each
            for each in library.reasons(discrepancy.kind)
            if "Legitimation" not in each.text or "Legitimation" in names
        ]
        return self.rng.choice(fitting)

    def _told(self, decision: Resolution) -> AuditEvent:
        return event(
            "settled",
            "discrepancy",
            by=decision.decided_by,
            now=decision.decided_at,
            study_id=self.round.study_id,
            object_id=decision.discrepancy_id,
            object_name=str(decision.discrepancy.round_transcript.transcript_version.transcript),
            outcome=decision.outcome,
            cause=decision.cause,
            reason=decision.reason,
        )


def _outcome(why: Reason, discrepancy: Discrepancy) -> Resolution.Outcome:
    if why.outcome == "coder":
        return Resolution.Outcome.FIRST if discrepancy.first_codings else Resolution.Outcome.SECOND
    return Resolution.Outcome(why.outcome)


def _passages(decision: Resolution) -> Iterator[StandingPassage]:
    for each in queries.what_would_stand(decision.discrepancy, queries.wish_of(decision)):
        yield StandingPassage(
            resolution=decision,
            code_id=UUID(each.code),
            start=each.start,
            end=each.end,
            influence=each.influence,
        )


def _discrepancies(round: Round) -> QuerySet[Discrepancy]:
    return (
        Discrepancy.objects.filter(agreement_run=queries.latest_run(round=round))
        .select_related(
            "first_code",
            "second_code",
            "round_transcript__transcript_version__transcript__interview__participant",
        )
        .defer("round_transcript__transcript_version__text")
        .order_by("round_transcript__position", "position")
    )


def round_half_up(number: float) -> int:
    return int(number + 0.5)
