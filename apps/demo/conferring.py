"""How far the pair is in the round that is being conferred about: a meeting, proposals, what is left."""

from datetime import datetime, timedelta

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import Decision, Discrepancy, Round
from apps.agreement.queries import Wish
from apps.core.identity import acting_as

_ASKED = "I read this as what the hub asks of people, not as what they think of it. @{other}, do you?"
_ANSWERED = "She says “we were supposed to”, so I hear the rule. But the definition does not decide it."


class Conferring:
    """What the pair did today with the discrepancies that were still open."""

    def __init__(self, round: Round, pair: tuple[User, User], third: User) -> None:
        self.round, self.pair, self.third = round, pair, third

    def go_on(self, *, now: datetime) -> None:
        """In a meeting they settle three; then each proposes by themselves, and one is left to the third."""
        waiting = list(self._open())
        met, alone, differing, left = waiting[:3], waiting[3:5], waiting[5:7], waiting[7:9]
        self._meet(met, now=now - timedelta(hours=3))
        ruth, jin = self.pair
        for each in alone:
            self._propose(each, ruth, self._side_of(each), now=now - timedelta(hours=2))
        for each in differing:
            self._talk_about(each, now=now - timedelta(minutes=90))
            self._propose(each, ruth, self._side_of(each), now=now - timedelta(minutes=80))
            self._propose(each, jin, _nothing(), now=now - timedelta(minutes=70))
        for each in left:
            self._propose(each, jin, self._side_of(each), now=now - timedelta(minutes=60))
            actions.escalate(discrepancy=each, by=jin, now=now - timedelta(minutes=55))

    def _open(self) -> list[Discrepancy]:
        rows = Discrepancy.objects.filter(agreement_run=queries.latest_run(round=self.round))
        return list(
            queries.still_open(rows)
            .select_related("first_assignment", "second_assignment", "round_transcript__transcript_version")
            .order_by("round_transcript__position", "position")[:9]
        )

    def _meet(self, met: list[Discrepancy], *, now: datetime) -> None:
        ruth, jin = self.pair
        meeting = actions.begin_meeting(round=self.round, by=ruth, now=now)
        for person in (jin, self.third):
            actions.join_meeting(meeting=meeting, by=person, now=now + timedelta(minutes=2))
        for place, each in enumerate(met):
            at = now + timedelta(minutes=10 + 6 * place)
            recorded = actions.record_outcome(
                meeting=meeting, discrepancy=each, by=ruth, now=at, **self._side_of(each)
            )
            actions.confirm(proposal=recorded, by=jin, now=at + timedelta(minutes=1))
        actions.end_meeting(meeting=meeting, by=ruth, now=now + timedelta(minutes=45))

    def _talk_about(self, discrepancy: Discrepancy, *, now: datetime) -> None:
        ruth, jin = self.pair
        for by, text in ((ruth, _ASKED.format(other=jin.name)), (jin, _ANSWERED)):
            actions.comment(discrepancy=discrepancy, text=text, by=by, now=now)

    def _propose(self, discrepancy: Discrepancy, by: User, wish: Wish, *, now: datetime) -> None:
        with acting_as(by.id):
            actions.propose(discrepancy=discrepancy, by=by, now=now, **wish)

    def _side_of(self, discrepancy: Discrepancy) -> Wish:
        """Whoever has coded something, the first where both have."""
        outcome = Decision.Outcome.FIRST if discrepancy.first_codings else Decision.Outcome.SECOND
        return Wish(outcome=outcome, cause=Decision.Cause.DEFINITION)


def _nothing() -> Wish:
    return Wish(
        outcome=Decision.Outcome.NEITHER,
        cause=Decision.Cause.DEFINITION,
        reason="The sentence is about the rota, and says nothing of the hub.",
    )
