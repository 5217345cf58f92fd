"""What writing a list of recruitment steps would do, row by row; nothing is stored here."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from apps.core.refusal import Refused, gettext_noop
from apps.core.tables import Table
from apps.exports.engine.columns import Columns
from apps.exports.engine.problems import Problem, refused_cell
from apps.exports.engine.steps import SaidStep, SaidSteps, read_steps
from apps.exports.models import Import
from apps.exports.queries.people import NEW, REFUSED, TOLD_EVERY, UNCHANGED
from apps.exports.queries.stored import folded
from apps.participants.actions import Happened, check_step
from apps.participants.models import ContactRoute, Participant, RecruitmentEvent, RecruitmentRound
from apps.studies.models import Membership

_Key = tuple[UUID, str, date, str]


@dataclass(frozen=True)
class PlannedSteps:
    """What would happen to one row; `steps` are those that would be written."""

    number: int
    name: str
    status: str
    changes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    steps: tuple[tuple[Participant, Happened], ...] = ()


@dataclass(frozen=True)
class StepsPlan:
    """The dry run: every row that tells a step."""

    rows: tuple[PlannedSteps, ...]

    def count(self, status: str) -> int:
        return sum(row.status == status for row in self.rows)

    @property
    def problems(self) -> list[Problem]:
        return [problem for row in self.rows for problem in row.problems]

    @property
    def steps(self) -> list[tuple[Participant, Happened]]:
        """What is to be written."""
        return [step for row in self.rows for step in row.steps]

    @property
    def can_be_written(self) -> bool:
        return bool(self.steps) and not self.problems


def steps_plan(
    started: Import, *, now: datetime, tell: Callable[[float], None] = lambda share: None
) -> StepsPlan:
    """Compares the list with the steps on record, as whoever brings it in may see them. `tell` hears how far
    it is."""
    table, columns = Table.from_json(started.table), Columns.from_json(started.mapping)
    membership = started.study.memberships.select_related("study").get(user=started.imported_by_id)
    comparison = _Comparison(membership, now)
    said = [read_steps(row, columns.columns) for row in table.rows if columns.takes(row)]
    rows = []
    for place, each in enumerate(said):
        if not each.is_empty:
            rows.append(comparison.planned(each))
        if place % TOLD_EVERY == 0:
            tell(place / len(said))
    return StepsPlan(tuple(rows))


class _Comparison:
    """Goes through the rows in their order and remembers what was seen."""

    def __init__(self, membership: Membership, now: datetime) -> None:
        study = membership.study
        people = list(Participant.objects.visible_to(membership).select_related("study", "group"))
        self.study, self.now = study, now
        self.by_reference = {each.reference: each for each in people if each.reference}
        self.by_pseudonym = {folded(each.pseudonym): each for each in people}
        self.routes: dict[str, ContactRoute] = {folded(each.name): each for each in study.routes.all()}
        self.rounds: dict[int, RecruitmentRound] = {
            each.number: each for each in study.recruitment_rounds.all()
        }
        self.seen: dict[_Key, int] = {}
        self.stored: dict[_Key, list[RecruitmentEvent]] = defaultdict(list)
        events = RecruitmentEvent.objects.visible_to(membership).filter(participant__isnull=False)
        for event in events.order_by():
            if event.participant_id:
                key = _key(event.participant_id, event.step, event.happened_on, event.detail)
                self.stored[key].append(event)

    def planned(self, said: SaidSteps) -> PlannedSteps:
        """What would happen to a row."""
        name = said.word("reference") or said.word("pseudonym")
        person = self._person(said)
        route, round = self._route(said), self._round(said)
        new: list[Happened] = []
        if person and not said.problems:
            new = [step for each in said.steps for step in self._new(said, person, each, route, round)]
        if said.problems or person is None:
            return PlannedSteps(said.number, name, REFUSED, problems=tuple(said.problems))
        changes = tuple(str(RecruitmentEvent.Step(each.step).label) for each in new)
        steps = tuple((person, each) for each in new)
        status = NEW if new else UNCHANGED
        return PlannedSteps(said.number, person.pseudonym, status, changes, steps=steps)

    def _person(self, said: SaidSteps) -> Participant | None:
        """Whoever is not there and whoever is of another site are answered alike."""
        reference, pseudonym = said.word("reference"), said.word("pseudonym")
        found = self.by_reference.get(reference) if reference else None
        named = self.by_pseudonym.get(folded(pseudonym)) if pseudonym else None
        if reference and found is None:
            sentence = gettext_noop("Nobody on your list has the reference “%(text)s”.")
            said.complain("reference", sentence, text=reference)
        if pseudonym and named is None:
            sentence = gettext_noop("Nobody on your list is called “%(text)s”.")
            said.complain("pseudonym", sentence, text=pseudonym)
        if found and named and found != named:
            sentence = gettext_noop("“%(text)s” has another reference than this row.")
            said.complain("pseudonym", sentence, text=pseudonym)
        if not (reference or pseudonym):
            said.complain("reference", gettext_noop("This row does not say whose step it is."))
        return found or named

    def _route(self, said: SaidSteps) -> ContactRoute | None:
        text = said.word("route")
        found = self.routes.get(folded(text)) if text else None
        if text and found is None:
            said.complain("route", gettext_noop("The study has no contact route “%(text)s”."), text=text)
        return found

    def _round(self, said: SaidSteps) -> RecruitmentRound | None:
        found = self.rounds.get(said.round) if said.round is not None else None
        if said.round is not None and found is None:
            sentence = gettext_noop("The study has no recruitment round %(number)s.")
            said.complain("round", sentence, number=said.round)
        return found

    def _new(
        self,
        said: SaidSteps,
        person: Participant,
        step: SaidStep,
        route: ContactRoute | None,
        round: RecruitmentRound | None,
    ) -> Iterable[Happened]:
        """The step, unless it is on record already or stands in the way."""
        happened = Happened(step.step, step.happened_on, step.detail, step.due_on, route, round, step.reason)
        key = _key(person.id, step.step, step.happened_on, step.detail)
        if key in self.seen:
            sentence = gettext_noop("This step is in row %(row)s already.")
            said.problems.append(Problem(said.number, step.column, sentence, {"row": self.seen[key]}))
            return
        self.seen[key] = said.number
        if stored := self.stored.get(key):
            if not any(_says_nothing_else(happened, each) for each in stored):
                sentence = gettext_noop(
                    "This step is on record with another route, reason, round, detail or due day: "
                    "remove it there before it comes in otherwise."
                )
                said.problems.append(Problem(said.number, step.column, sentence))
            return
        try:
            check_step(self.study, happened, now=self.now)
        except Refused as refused:
            said.problems.append(refused_cell(said.number, step.column, refused))
            return
        yield happened


def _key(person: UUID, step: str, day: date, detail: str) -> _Key:
    """By which a step is found again; only one that is none of the usual is known by its words."""
    return person, step, day, folded(detail) if step == RecruitmentEvent.Step.OTHER else ""


def _says_nothing_else(happened: Happened, stored: RecruitmentEvent) -> bool:
    """Whether all that the list says of a step is on record; what it leaves open says nothing."""
    pairs = (
        (happened.route and happened.route.id, stored.route_id),
        (happened.round and happened.round.id, stored.round_id),
        (happened.reason, stored.reason),
        (folded(happened.detail), folded(stored.detail)),
        (happened.due_on, stored.due_on),
    )
    return all(not wanted or wanted == held for wanted, held in pairs)
