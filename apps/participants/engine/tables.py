"""Tables of a paper from plain rows: by participant, the summary by group, and the interviews."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median

NOT_GIVEN = "–"
NOT_COLLECTED = "not_collected"


@dataclass(frozen=True)
class Described:
    """One person; `shown` by key of a characteristic, None where not given, "" where not asked."""

    pseudonym: str
    group: str
    shown: dict[str, str | None]
    states: dict[str, str]
    minutes: tuple[int, ...] = ()


@dataclass(frozen=True)
class PersonRow:
    pseudonym: str
    cells: tuple[str, ...]
    key: int


@dataclass(frozen=True)
class SummaryLine:
    """One value of a characteristic with its n and percentage in each group; None where it was not asked."""

    label: str
    counts: tuple[tuple[int, int] | None, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """As a table prints them: 12 (30 %)."""
        return tuple(NOT_GIVEN if pair is None else f"{pair[0]} ({pair[1]} %)" for pair in self.counts)


@dataclass(frozen=True)
class SummaryBlock:
    name: str
    lines: tuple[SummaryLine, ...]


@dataclass(frozen=True)
class InterviewLine:
    group: str
    people: int
    interviews: int
    mean: int | None
    median: int | None
    shortest: int | None
    longest: int | None


def person_rows(people: Sequence[Described], columns: Sequence[str], *, named: bool) -> list[PersonRow]:
    """In the order of pseudonyms; without them by what is shown, so that the place tells nothing."""
    rows = [
        PersonRow(
            each.pseudonym if named else "",
            tuple(each.shown.get(column) or NOT_GIVEN for column in columns),
            place,
        )
        for place, each in enumerate(people)
    ]
    return rows if named else sorted(rows, key=lambda row: row.cells)


def summary(
    people: Sequence[Described],
    groups: Sequence[str],
    columns: Sequence[tuple[str, str, Sequence[str], bool]],
    *,
    words: Mapping[str, str],
) -> list[SummaryBlock]:
    """For each (key, name, listed values, several at once) the values with n and % of each group.

    `words` names the states of not knowing; a state of which nobody is gets no line.
    """
    of_group: dict[str, list[Described]] = defaultdict(list)
    for each in people:
        of_group[each.group].append(each)
    return [_block(of_group, groups, *column, words=words) for column in columns]


def _block(
    of_group: Mapping[str, list[Described]],
    groups: Sequence[str],
    key: str,
    name: str,
    listed: Sequence[str],
    is_several: bool,
    *,
    words: Mapping[str, str],
) -> SummaryBlock:
    counted = {group: _counted(of_group[group], key, is_several) for group in groups}
    found = {label for counts in counted.values() for label in counts}
    order = [*listed, *sorted(found - set(listed) - set(words))]
    labels = [label for label in dict.fromkeys(order) if label in found]
    lines = [
        SummaryLine(label, tuple(_count(of_group[group], key, counted[group], label) for group in groups))
        for label in [*labels, *(state for state in words if state in found)]
    ]
    return SummaryBlock(
        name, tuple(SummaryLine(words.get(line.label, line.label), line.counts) for line in lines)
    )


def _counted(people: Sequence[Described], key: str, is_several: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    if not _is_asked(people, key):
        return counts
    for each in people:
        said = each.shown.get(key)
        if said:
            counts.update(said.split("; ") if is_several else [said])
        elif said is None:
            counts[each.states[key]] += 1
    return counts


def _count(people: Sequence[Described], key: str, counts: Counter[str], label: str) -> tuple[int, int] | None:
    if not _is_asked(people, key):
        return None
    return counts[label], percent(counts[label], len(people))


def _is_asked(people: Sequence[Described], key: str) -> bool:
    """Whether this was collected from anybody of a group."""
    return any(each.shown.get(key) or each.states.get(key, NOT_COLLECTED) != NOT_COLLECTED for each in people)


def percent(count: int, among: int) -> int:
    """Whole per cent, halves up, as papers round; 0 of nobody."""
    return (200 * count + among) // (2 * among) if among else 0


def interview_lines(people: Sequence[Described], groups: Sequence[str]) -> list[InterviewLine]:
    """Durations by group and of all."""
    lines = []
    for group in [*groups, ""]:
        mine = [each for each in people if not group or each.group == group]
        minutes = [each for person in mine for each in person.minutes if each]
        held = sum(len(person.minutes) for person in mine)
        lines.append(
            InterviewLine(
                group=group,
                people=len(mine),
                interviews=held,
                mean=round(mean(minutes)) if minutes else None,
                median=round(median(minutes)) if minutes else None,
                shortest=min(minutes, default=None),
                longest=max(minutes, default=None),
            )
        )
    return lines
