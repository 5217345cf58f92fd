"""How the pair, and the third person where the pair could not, have settled a round's discrepancies."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import Discrepancy, Resolution, Round
from apps.demo import library
from apps.demo.engine.chance import seeded
from apps.demo.library import Reason

A_MEETING = 40
"""So many discrepancies are settled on one day."""


class Settlement:
    """Settles what was found in a round; `open_share` stays open, `third_share` goes to the third person."""

    def __init__(
        self, round: Round, pair: tuple[User, User], third: User, *, open_share: float, third_share: float
    ) -> None:
        self.round, self.pair, self.third = round, pair, third
        self.open_share, self.third_share = open_share, third_share
        self.rng = seeded("settling", round.number)

    def settle_all(self, *, begin: datetime) -> None:
        """The pair first, meeting after meeting; then the third person."""
        found = list(_discrepancies(self.round))
        order = self.rng.sample(range(len(found)), len(found))
        left_open = set(order[: round_half_up(len(found) * self.open_share)])
        for_third = set(order[len(left_open) :][: round_half_up(len(found) * self.third_share)])
        by_pair = [each for place, each in enumerate(found) if place not in left_open | for_third]
        for count, discrepancy in enumerate(by_pair):
            now = begin + timedelta(days=count // A_MEETING, minutes=4 * (count % A_MEETING))
            self._settle(discrepancy, self.pair[count % 2], now, is_spoken=self.rng.random() < 0.5)
        begin += timedelta(days=len(by_pair) // A_MEETING + 2)
        for count, place in enumerate(sorted(for_third)):
            self._settle(found[place], self.third, begin + timedelta(minutes=7 * count), is_spoken=False)

    def _settle(self, discrepancy: Discrepancy, by: User, now: datetime, *, is_spoken: bool) -> None:
        """A decision; what was agreed by word of mouth leaves a written reason only where it must."""
        reason = self._reason(discrepancy)
        outcome = self._outcome(reason, discrepancy)
        actions.settle(
            discrepancy=discrepancy,
            outcome=outcome,
            by=by,
            now=now,
            cause=reason.cause,
            reason="" if is_spoken and outcome != Resolution.Outcome.NEITHER else reason.text,
        )

    def _reason(self, discrepancy: Discrepancy) -> Reason:
        names = {str(code) for code in (discrepancy.first_code, discrepancy.second_code) if code}
        fitting = [
            each
            for each in library.reasons(discrepancy.kind)
            if "Legitimation" not in each.text or "Legitimation" in names
        ]
        return self.rng.choice(fitting)

    def _outcome(self, reason: Reason, discrepancy: Discrepancy) -> Resolution.Outcome:
        if reason.outcome == "coder":
            side = "first" if discrepancy.first_codings else "second"
            return Resolution.Outcome(side)
        return Resolution.Outcome(reason.outcome)


def _discrepancies(round: Round) -> QuerySet[Discrepancy]:
    return (
        Discrepancy.objects.filter(agreement_run=queries.latest_run(round=round))
        .select_related(
            "first_assignment",
            "first_code",
            "second_code",
            "round_transcript__transcript_version__transcript__interview__participant",
        )
        .order_by("round_transcript__position", "position")
    )


def round_half_up(number: float) -> int:
    return int(number + 0.5)
