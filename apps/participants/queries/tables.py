"""The tables that the paper needs, live; sites are in none of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from apps.core.records import Privacy
from apps.core.row_keys import any_of, as_text
from apps.participants.engine.coarser import coarser
from apps.participants.engine.disclosure import DEFAULT_THRESHOLD, Assessment, assess
from apps.participants.engine.tables import (
    Described,
    InterviewLine,
    PersonRow,
    SummaryBlock,
    interview_lines,
    person_rows,
    summary,
)
from apps.participants.models import (
    Characteristic,
    CharacteristicValue,
    Interview,
    Participant,
)
from apps.participants.queries.histories import History, histories, interviewed
from apps.participants.queries.people import characteristics
from apps.studies.models import Membership, ParticipantGroup, Study

State = CharacteristicValue.State
MOST_VALUES_OF_A_TEXT = 20


@dataclass(frozen=True)
class TableOptions:
    """What the tables show: characteristics, some in coarser words, and whether rows bear pseudonyms.

    `told` are characteristics that quotations give away though the table does not show them.
    """

    columns: tuple[UUID, ...]
    banded: frozenset[UUID] = frozenset()
    told: frozenset[UUID] = frozenset()
    named: bool = True
    threshold: int = DEFAULT_THRESHOLD

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": [str(key) for key in self.columns],
            "banded": sorted(str(key) for key in self.banded),
            "told": sorted(str(key) for key in self.told),
            "named": self.named,
            "threshold": self.threshold,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "TableOptions":
        return cls(
            columns=tuple(UUID(key) for key in value["columns"]),
            banded=frozenset(UUID(key) for key in value["banded"]),
            told=frozenset(UUID(key) for key in value["told"]),
            named=value["named"],
            threshold=value["threshold"],
        )


@dataclass(frozen=True)
class GroupRows:
    group: ParticipantGroup
    rows: tuple[tuple[PersonRow, Assessment], ...]


@dataclass(frozen=True)
class PaperTables:
    """Tables 1 and 2 and the interviews, with their footnotes and the disclosure check of each row."""

    columns: tuple[Characteristic, ...]
    groups: tuple[ParticipantGroup, ...]
    sizes: tuple[int, ...]
    by_person: tuple[GroupRows, ...]
    summary: tuple[SummaryBlock, ...]
    interviews: tuple[InterviewLine, ...]
    footnotes: tuple[str, ...]
    named: bool
    parts: tuple["StatedPart", ...] = field(default=(), compare=False)

    def at(self, risk: str) -> int:
        """How many rows have this risk."""
        return sum(each.risk == risk for block in self.by_person for _, each in block.rows)

    @property
    def people(self) -> int:
        return sum(len(block.rows) for block in self.by_person)

    @property
    def digest(self) -> str:
        """Of everything that a reader would see: another value somewhere makes another digest."""
        seen = [
            [each.name for each in self.columns],
            [[row.pseudonym, *row.cells] for block in self.by_person for row, _ in block.rows],
            [[line.label, line.counts] for block in self.summary for line in block.lines],
            [repr(line) for line in self.interviews],
            self.footnotes,
        ]
        return sha256(repr(seen).encode()).hexdigest()


@dataclass(frozen=True)
class StatedPart:
    """A population of which the size is asked: a whole group, or its people with a value."""

    group: ParticipantGroup
    characteristic: Characteristic | None
    value: str
    size: int | None


def default_options(study: Study) -> TableOptions:
    """All characteristics but those that identify somebody."""
    shown = study.characteristics.exclude(privacy_class=Privacy.IDENTIFYING)
    return TableOptions(columns=tuple(shown.values_list("id", flat=True)))


def paper_tables(
    membership: Membership, options: TableOptions, told: list[History] | None = None
) -> PaperTables:
    """Tables of everybody who was interviewed and did not withdraw; a constant number of queries."""
    study = membership.study
    every = {each.id: each for each in characteristics(study)}
    columns = [every[key] for key in options.columns if key in every]
    hinted = [every[key] for key in options.told if key in every and key not in options.columns]
    groups = list(study.groups.all())
    kept = interviewed(histories(membership) if told is None else told)
    people = _described(kept, [*columns, *hinted], groups, options.banded)
    sizes = _sizes(study)
    blocks = [_block(group, people, columns, hinted, sizes, options) for group in groups]
    shown = [each for each in groups if any(person.group == each.name for person in people)]
    names = [group.name for group in shown]
    counted = [each for each in columns if _is_countable(each, people)]
    return PaperTables(
        columns=tuple(columns),
        groups=tuple(shown),
        sizes=tuple(sum(person.group == name for person in people) for name in names),
        by_person=tuple(block for block in blocks if block.rows),
        summary=tuple(summary(people, names, [_column(each, options) for each in counted], words=_words())),
        interviews=tuple(interview_lines(people, names)),
        footnotes=tuple(_footnotes(people, columns, counted, options)),
        named=options.named,
        parts=tuple(_parts(people, [*columns, *hinted], shown, sizes)),
    )


def _described(
    kept: list[str],
    columns: list[Characteristic],
    groups: list[ParticipantGroup],
    banded: frozenset[UUID],
) -> list[Described]:
    """Everybody of `kept` by group and number, first as if nothing had been collected."""
    shown: dict[str, dict[str, str | None]] = {}
    states: dict[str, dict[str, str]] = {}
    for group in groups:
        asked = {str(each.id): each.applies_to(group) for each in columns}
        shown[str(group.id)] = {key: None if is_asked else "" for key, is_asked in asked.items()}
        states[str(group.id)] = {key: State.NOT_COLLECTED for key, is_asked in asked.items() if is_asked}
    names = {str(group.id): group.name for group in groups}
    minutes = _minutes(kept)
    rows = Participant.objects.filter(id__in=any_of(kept)).order_by("group__position", "group_id", "number")
    people = {
        key: Described(
            pseudonym, names[group], shown[group].copy(), states[group].copy(), tuple(minutes.get(key, ()))
        )
        for key, pseudonym, group in rows.values_list(as_text("id"), "pseudonym", as_text("group_id"))
    }
    for person, key, state, value in _values(kept, columns, banded):
        described = people[person]
        if key in described.states:
            described.states[key] = state
            described.shown[key] = value if state == State.GIVEN else None
    return list(people.values())


def _minutes(kept: list[str]) -> dict[str, list[int]]:
    """How long each interview of these people took; 0 where nobody wrote it down."""
    minutes: dict[str, list[int]] = {}
    held = Interview.objects.filter(participant__in=any_of(kept), status=Interview.Status.HELD).order_by()
    for person, length in held.values_list(as_text("participant_id"), "minutes"):
        minutes.setdefault(person, []).append(length or 0)
    return minutes


def _values(
    kept: list[str], columns: list[Characteristic], banded: frozenset[UUID]
) -> Iterable[tuple[str, str, str, str]]:
    """Person, characteristic, state, and what is shown."""
    rows = CharacteristicValue.objects.filter(
        characteristic__in=columns, participant__in=any_of(kept)
    ).order_by()
    plain = rows.values_list(as_text("participant_id"), as_text("characteristic_id"), "state", "value")
    coarse = {str(each.id): each for each in columns if each.id in banded}
    if not coarse:
        return plain
    words: dict[tuple[str, str], str] = {}
    return ((person, key, state, _word(coarse, words, key, value)) for person, key, state, value in plain)


def _word(
    coarse: Mapping[str, Characteristic], known: dict[tuple[str, str], str], key: str, value: str
) -> str:
    if key not in coarse or not value:
        return value
    if (key, value) not in known:
        each = coarse[key]
        known[key, value] = coarser(value, kind=each.kind, categories=each.categories, bands=each.bands)
    return known[key, value]


def _block(
    group: ParticipantGroup,
    people: list[Described],
    columns: list[Characteristic],
    told: list[Characteristic],
    sizes: Mapping[tuple[UUID, str, str], int],
    options: TableOptions,
) -> GroupRows:
    mine = [each for each in people if each.group == group.name]
    rows = person_rows(mine, [str(each.id) for each in columns], named=options.named)
    keys = [str(each.id) for each in (*columns, *told)]
    of_group = {(key, value): size for (owner, key, value), size in sizes.items() if owner == group.id}
    population = of_group.pop(("", ""), None)

    def judged(row: PersonRow) -> Assessment:
        shown = mine[row.key].shown
        values = [(key, value) for key in keys if (value := shown.get(key))]
        return assess(
            values,
            sizes=of_group,
            population=population,
            threshold=options.threshold,
            is_linked=options.named,
        )

    return GroupRows(group, tuple((row, judged(row)) for row in rows))


def _sizes(study: Study) -> dict[tuple[UUID, str, str], int]:
    stated = study.populations.values_list("group_id", "characteristic_id", "value", "size")
    return {(group, str(key or ""), value): size for group, key, value, size in stated}


def _parts(
    people: list[Described],
    columns: list[Characteristic],
    groups: list[ParticipantGroup],
    sizes: Mapping[tuple[UUID, str, str], int],
) -> Iterable[StatedPart]:
    for group in groups:
        mine = [each for each in people if each.group == group.name]
        yield StatedPart(group, None, "", sizes.get((group.id, "", "")))
        for each in columns:
            key = str(each.id)
            values = sorted({value for person in mine if (value := person.shown.get(key))})
            for value in values:
                yield StatedPart(group, each, value, sizes.get((group.id, key, value)))


def _column(each: Characteristic, options: TableOptions) -> tuple[str, str, list[str], bool]:
    is_banded = each.id in options.banded
    listed = list(dict.fromkeys(each.categories.values())) if is_banded else list(each.choices)
    return str(each.id), each.name, listed, each.kind == Characteristic.Kind.MULTIPLE


def _is_countable(characteristic: Characteristic, people: list[Described]) -> bool:
    """Free text that nearly everybody says in other words makes no summary, unless in broader categories."""
    key = str(characteristic.id)
    values = {each.shown[key] for each in people}
    return characteristic.kind != Characteristic.Kind.TEXT or len(values) <= MOST_VALUES_OF_A_TEXT


def _words() -> dict[str, str]:
    return {state.value: str(state.label) for state in (State.PREFER_NOT, State.UNKNOWN, State.NOT_COLLECTED)}


def _footnotes(
    people: list[Described],
    columns: list[Characteristic],
    counted: list[Characteristic],
    options: TableOptions,
) -> Iterable[str]:
    sizes = Counter(person.group for person in people)
    for each in columns:
        key = str(each.id)
        said = Counter((person.group, person.states.get(key, "")) for person in people)
        never = [
            name for name, size in sizes.items() if said[name, ""] + said[name, State.NOT_COLLECTED] == size
        ]
        if never:
            yield f"{each.name} was not collected from: {', '.join(never)}."
        some = sum(said[name, State.NOT_COLLECTED] for name in sizes if name not in never)
        if some:
            yield f"{each.name} was not collected from {some} of the other participants."
        refused = sum(said[name, State.PREFER_NOT] for name in sizes)
        if refused:
            yield f"{each.name}: {refused} preferred not to say."
        if each not in counted:
            yield f"{each.name} is given participant by participant in Table 1 only."
        if each.id in options.banded:
            yield f"{each.name} is given in broader categories to protect participants."
