"""What writing a list of people would do, row by row; nothing is stored here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID, uuid4

from apps.core.refusal import gettext_noop
from apps.core.tables import Table
from apps.exports.engine.columns import NEW_CHARACTERISTIC, Columns
from apps.exports.engine.people import CharacteristicColumn, Said, read_person
from apps.exports.engine.problems import Problem
from apps.exports.models import Import
from apps.exports.queries.stored import Stored, StoredInterview, StoredPerson, folded
from apps.participants.engine.lists import ListedInterview, ListedPerson
from apps.participants.models import Interview
from apps.participants.queries.snapshots import INTERVIEW_FIELDS

TOLD_EVERY = 500
NEW, UNCHANGED, CHANGED, REFUSED = "new", "unchanged", "changed", "refused"


@dataclass(frozen=True)
class PlannedPerson:
    """What would happen to one row; `person` is given where something would be written."""

    number: int
    name: str
    status: str
    changes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    person: ListedPerson | None = None


@dataclass(frozen=True)
class Reading:
    """The rows as they were read, and by what; as long as that is the same nobody reads them again."""

    by: tuple[Table, Columns, dict[str, CharacteristicColumn]]
    said: tuple[Said, ...]


@dataclass(frozen=True)
class PeoplePlan:
    """The dry run: every row, and what has to be made before they can be written."""

    reading: Reading
    rows: tuple[PlannedPerson, ...]
    totals_left_out: tuple[int, ...]
    new_groups: tuple[str, ...]
    new_sites: tuple[str, ...]
    new_characteristics: tuple[str, ...]

    def count(self, status: str) -> int:
        return sum(row.status == status for row in self.rows)

    @property
    def problems(self) -> list[Problem]:
        return [problem for row in self.rows for problem in row.problems]

    @property
    def people(self) -> list[ListedPerson]:
        """What is to be written."""
        return [row.person for row in self.rows if row.person]

    @property
    def can_be_written(self) -> bool:
        return bool(self.people) and not self.problems


def people_plan(
    started: Import,
    *,
    today: date,
    tell: Callable[[float], None] = lambda share: None,
    read: Reading | None = None,
) -> PeoplePlan:
    """Compares the list with what is stored; a constant number of queries. `tell` hears how far it is."""
    table, columns = Table.from_json(started.table), Columns.from_json(started.mapping)
    stored = Stored.of(started.study)
    reading = _read(table, columns, stored, read)
    said = reading.said
    stored.find({each.word("reference") for each in said}, {each.word("pseudonym") for each in said})
    comparison = _Comparison(stored, columns, today)
    rows = []
    for place, each in enumerate(said):
        if not each.is_empty:
            rows.append(comparison.planned(each))
        if place % TOLD_EVERY == 0:
            tell(place / len(table.rows))
    return PeoplePlan(
        reading=reading,
        rows=tuple(rows),
        totals_left_out=tuple(row.number for row in table.rows if row.is_total),
        new_groups=tuple(comparison.new_groups),
        new_sites=tuple(comparison.new_sites),
        new_characteristics=tuple(_new_characteristics(columns, comparison.stored)),
    )


def _read(table: Table, columns: Columns, stored: Stored, before: Reading | None) -> Reading:
    taken = [column for column in columns.columns if column.to != "leave"]
    kinds = {}
    for column in taken:
        known = stored.characteristic(column.header, column.characteristic_id)
        if column.is_characteristic:
            each = known or column
            kinds[column.header] = CharacteristicColumn(each.kind, tuple(each.choices), dict(each.codes))
    by = (table, columns, kinds)
    if before and before.by == by:
        return before
    return Reading(by, tuple(read_person(row, taken, kinds) for row in table.rows if columns.takes(row)))


def _new_characteristics(columns: Columns, stored: Stored) -> list[str]:
    new = [column.header for column in columns.columns if column.to == NEW_CHARACTERISTIC]
    return [header for header in new if folded(header) not in stored.characteristics]


@dataclass
class _Comparison:
    """Goes through the rows in their order and remembers what was seen."""

    stored: Stored
    columns: Columns
    today: date
    new_groups: dict[str, UUID] = field(default_factory=dict)
    new_sites: dict[str, UUID] = field(default_factory=dict)
    seen: dict[UUID | str, int] = field(default_factory=dict)
    provisional: dict[str, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        taken = [column for column in self.columns.columns if column.is_characteristic]
        known = {c.header: self.stored.characteristic(c.header, c.characteristic_id) for c in taken}
        self._keys = {header: each.id for header, each in known.items() if each}
        self._names = {each.id: each.name for each in self.stored.characteristics.values()}

    def planned(self, said: Said) -> PlannedPerson:
        """What would happen to a row."""
        problems = list(said.problems)
        person = self._find(said, problems)
        self._check_once(said, person, problems)
        listed = self._listed(said, person, problems)
        name = said.word("reference") or said.word("pseudonym")
        if problems or listed is None:
            return PlannedPerson(said.number, name, REFUSED, problems=tuple(problems))
        if person is None:
            return PlannedPerson(said.number, name, NEW, person=listed)
        changes = tuple(self._changes(listed, person))
        if not changes:
            return PlannedPerson(said.number, person.pseudonym, UNCHANGED)
        return PlannedPerson(said.number, person.pseudonym, CHANGED, changes=changes, person=listed)

    def _find(self, said: Said, problems: list[Problem]) -> StoredPerson | None:
        reference, pseudonym = said.word("reference"), said.word("pseudonym")
        found = self.stored.by_reference.get(reference) if reference else None
        if not pseudonym:
            return found
        named = self.stored.by_pseudonym.get(folded(pseudonym))
        if named is None:
            sentence = gettext_noop(
                "Nobody is called “%(text)s”; Concord gives the pseudonyms, so leave it empty for new people."
            )
            self._complain(said, "pseudonym", sentence, problems, text=pseudonym)
        elif (found and found.id != named.id) or (named.reference and reference not in ("", named.reference)):
            sentence = gettext_noop("“%(text)s” has another reference than this row.")
            self._complain(said, "pseudonym", sentence, problems, text=pseudonym)
        return found or named

    def _check_once(self, said: Said, person: StoredPerson | None, problems: list[Problem]) -> None:
        name = said.word("reference")
        key = person.id if person else name
        if not key:
            if not said.word("pseudonym"):
                sentence = gettext_noop("This row has no reference, so nobody could find the person again.")
                self._complain(said, "reference", sentence, problems)
            return
        if key in self.seen:
            sentence = gettext_noop("This person is in row %(row)s already.")
            self._complain(said, "reference" if name else "pseudonym", sentence, problems, row=self.seen[key])
        self.seen.setdefault(key, said.number)

    def _listed(
        self, said: Said, person: StoredPerson | None, problems: list[Problem]
    ) -> ListedPerson | None:
        group = self._group(said, person, problems)
        site = self._site(said, person, problems)
        values = tuple(self._values(said))
        interview = self._interview(said, person, problems)
        if group is None or site is None:
            return None
        return ListedPerson(
            group_id=group,
            site_id=site,
            reference=said.word("reference") or (person.reference if person else ""),
            note=said.word("note") or (person.note if person else ""),
            values=values,
            interview=interview,
            participant_id=person.id if person else None,
        )

    def _group(self, said: Said, person: StoredPerson | None, problems: list[Problem]) -> UUID | None:
        if person is None:
            return self._place("group", said, self.stored.groups, self.new_groups, problems)
        text = said.word("group")
        if text and self.stored.groups.get(folded(text)) != person.group_id:
            sentence = gettext_noop(
                "%(pseudonym)s belongs to another group; the group of a person cannot change."
            )
            self._complain(said, "group", sentence, problems, pseudonym=person.pseudonym)
        return person.group_id

    def _site(self, said: Said, person: StoredPerson | None, problems: list[Problem]) -> UUID | None:
        if person and not said.word("site"):
            return person.site_id
        return self._place("site", said, self.stored.sites, self.new_sites, problems)

    def _place(
        self,
        what: str,
        said: Said,
        known: dict[str, UUID],
        new: dict[str, UUID],
        problems: list[Problem],
    ) -> UUID | None:
        """The group or site of a row; one that does not exist is made only where that was allowed."""
        text = said.word(what)
        if not text:
            return self._of_every_row(what, said, problems)
        if found := known.get(folded(text)) or self.provisional.get(f"{what} {folded(text)}"):
            return found
        if not self.columns.makes_places:
            sentences = {
                "group": gettext_noop("The study has no group “%(text)s”."),
                "site": gettext_noop("The study has no site “%(text)s”."),
            }
            self._complain(said, what, sentences[what], problems, text=text)
            return None
        new[text] = self.provisional[f"{what} {folded(text)}"] = uuid4()
        return new[text]

    def _of_every_row(self, what: str, said: Said, problems: list[Problem]) -> UUID | None:
        key = self.columns.every_group if what == "group" else self.columns.every_site
        if key:
            return UUID(key)
        sentences = {
            "group": gettext_noop("A new person needs a group."),
            "site": gettext_noop("A new person needs a site."),
        }
        self._complain(said, what, sentences[what], problems)
        return None

    def _values(self, said: Said) -> Iterable[tuple[UUID, str, str]]:
        for header, (state, value) in said.values.items():
            yield self._keys.get(header) or uuid4(), state, value

    def _interview(
        self, said: Said, person: StoredPerson | None, problems: list[Problem]
    ) -> ListedInterview | None:
        stored = _same_interview(said, person)
        if not said.names_an_interview and not (stored and said.mode):
            return None
        listed = self._merged(said, stored)
        if listed.minutes and listed.held_on is None:
            sentence = gettext_noop("There is a duration but no date of the interview.")
            self._complain(said, "minutes", sentence, problems)
        elif listed.minutes and listed.status != Interview.Status.HELD:
            sentence = gettext_noop("The interview is still to come, so it has no duration yet.")
            self._complain(said, "minutes", sentence, problems)
        return listed

    def _merged(self, said: Said, stored: StoredInterview | None) -> ListedInterview:
        held_on = said.held_on or (stored.held_on if stored else None)
        name = said.word("interviewer")
        member = self.stored.team.get(folded(name)) if name else None
        listed = ListedInterview(
            status=self._status(said, stored),
            held_on=held_on,
            mode=said.mode or (stored.mode if stored else Interview.Mode.VIDEO.value),
            minutes=said.minutes or (stored.minutes if stored else None),
            interviewer_id=member,
            interviewer_name="" if member else name,
            interview_id=stored.id if stored else None,
        )
        if name or not stored:
            return listed
        return replace(listed, interviewer_id=stored.interviewer_id, interviewer_name=stored.interviewer_name)

    def _status(self, said: Said, stored: StoredInterview | None) -> str:
        if said.held_on is None:
            return stored.status if stored else Interview.Status.BOOKED.value
        is_held = said.held_on <= self.today
        return Interview.Status.HELD.value if is_held else Interview.Status.BOOKED.value

    def _changes(self, listed: ListedPerson, person: StoredPerson) -> Iterable[str]:
        """The columns whose stored values would become others."""
        for to, stored, wanted in (
            ("site", person.site_id, listed.site_id),
            ("reference", person.reference, listed.reference),
            ("note", person.note, listed.note),
        ):
            if stored != wanted:
                yield self.columns.header(to) or to
        for key, state, value in listed.values:
            if person.values.get(key) != (state, value):
                yield self._names.get(key) or gettext_noop("new characteristic")
        if listed.interview and not _is_stored(listed.interview, person):
            yield gettext_noop("interview")

    def _complain(
        self, said: Said, to: str, template: str, problems: list[Problem], **facts: str | int
    ) -> None:
        column = self.columns.header(to)
        # A cell that could not be read is one problem, not two.
        if not column or all(problem.column != column for problem in said.problems):
            problems.append(Problem(said.number, column, template, facts))


def _same_interview(said: Said, person: StoredPerson | None) -> StoredInterview | None:
    """The stored interview that a row speaks of: that of its date, or the only one."""
    interviews = person.interviews if person else []
    of_the_day = [each for each in interviews if said.held_on and each.held_on == said.held_on]
    if of_the_day:
        return of_the_day[0]
    return interviews[0] if len(interviews) == 1 else None


def _is_stored(listed: ListedInterview, person: StoredPerson) -> bool:
    stored = next((each for each in person.interviews if each.id == listed.interview_id), None)
    return stored is not None and all(
        getattr(stored, name) == getattr(listed, name) for name in INTERVIEW_FIELDS
    )
