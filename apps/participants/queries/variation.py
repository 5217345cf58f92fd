"""Maximum variation: which values and combinations of a group are short, missing or over-represented."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from apps.core.row_keys import Keys, as_text
from apps.participants.engine.board import INTERVIEWED, Standings, represented
from apps.participants.engine.coarser import coarser
from apps.participants.engine.values import separate
from apps.participants.models import Characteristic, CharacteristicValue, Participant, SamplingTarget
from apps.participants.queries.histories import History, histories, values_said
from apps.participants.queries.people import characteristics
from apps.participants.queries.sampling import standing_targets, target_of
from apps.participants.queries.standings import Placed, placed
from apps.studies.models import Membership, ParticipantGroup

MOST_VALUES = 12


@dataclass(frozen=True)
class ValueCount:
    """How many interviews have a value, or two values together; `note` is missing, over or nothing."""

    values: tuple[tuple[Characteristic, str], ...]
    standings: Standings
    note: str = ""
    target: SamplingTarget | None = None

    @property
    def label(self) -> str:
        return " + ".join(value for _, value in self.values)


@dataclass(frozen=True)
class Variation:
    """One characteristic of a group, value by value; `more` are values that are not shown."""

    characteristic: Characteristic
    values: tuple[ValueCount, ...]
    most: int
    more: int
    not_said: int


@dataclass(frozen=True)
class Missing:
    """Who is missing in a group: single values, and combinations that have a target."""

    variations: tuple[Variation, ...]
    combinations: tuple[ValueCount, ...]


# Characteristic, value, where people stand -> how many.
Said = Mapping[UUID, Mapping[str, Counter[str]]]


def missing(membership: Membership, group: ParticipantGroup, told: list[History] | None = None) -> Missing:
    """Which values and combinations of a group are short, missing or over-represented."""
    asked = [each for each in characteristics(membership.study) if each.applies_to(group)]
    targets = [t for t in standing_targets(membership.study, of_places=False) if t.group_id == group.id]
    single = {(t.characteristic_id, t.value): t for t in targets if not (t.second_characteristic or t.site)}
    combined = [t for t in targets if t.second_characteristic or t.site]
    people = _people_of(membership, group) if combined else []
    together = {key.id: key for t in combined for key, _ in t.values}
    known = _known(group, list(together.values()), people) if combined else {}
    said = _said(membership, group)
    interviewed = sum(
        each.people
        for each in (histories(membership) if told is None else told)
        if each.group == str(group.id) and each.standing == INTERVIEWED
    )
    return Missing(
        variations=tuple(_variation(each, said.get(each.id, {}), interviewed, single) for each in asked),
        combinations=tuple(_combination(t, known, people) for t in combined),
    )


def _people_of(membership: Membership, group: ParticipantGroup) -> list[Placed]:
    return placed(membership, Participant.objects.visible_to(membership).filter(group=group))


def _said(membership: Membership, group: ParticipantGroup) -> Said:
    found: dict[UUID, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for key, value, standing, number in values_said(membership, group):
        found[key][value][standing] += number
    return found


def _known(
    group: ParticipantGroup, asked: list[Characteristic], placed: Iterable[Placed]
) -> Mapping[UUID, dict[UUID, tuple[str, ...]]]:
    """By characteristic and person the values said, their coarser word among them."""
    by_id, keys = {each.id: each for each in asked}, Keys()
    people = {str(each.id): each.id for each in placed}
    rows = CharacteristicValue.objects.filter(
        participant__group=group, characteristic__in=asked, state=CharacteristicValue.State.GIVEN
    )
    found: dict[UUID, dict[UUID, tuple[str, ...]]] = defaultdict(dict)
    words: dict[tuple[UUID, str], tuple[str, ...]] = {}
    for person, text, value in rows.order_by().values_list(
        as_text("participant_id"), as_text("characteristic_id"), "value"
    ):
        if person in people:
            key = keys[text]
            if (key, value) not in words:
                words[key, value] = _words(by_id[key], value)
            found[key][people[person]] = words[key, value]
    return found


def _words(characteristic: Characteristic, value: str) -> tuple[str, ...]:
    """The value, or each of several choices, and what it is in coarser words."""
    is_several = characteristic.kind == Characteristic.Kind.MULTIPLE
    parts = separate(value) if is_several else [value]
    coarse = coarser(
        value,
        kind=characteristic.kind,
        categories=characteristic.categories,
        bands=characteristic.bands,
    )
    return tuple(dict.fromkeys([*parts, *(separate(coarse) if is_several else [coarse])]))


def _variation(
    characteristic: Characteristic,
    said: Mapping[str, Counter[str]],
    interviewed: int,
    targets: Mapping[tuple[UUID | None, str], SamplingTarget],
) -> Variation:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    known = 0
    for text, standings in said.items():
        known += standings[INTERVIEWED]
        for value in _shown(characteristic, _words(characteristic, text)):
            counted[value].update(standings)
    wanted = [value for key, value in targets if key == characteristic.id]
    listed = list(dict.fromkeys([*characteristic.choices, *wanted]))
    others = sorted(
        (value for value in counted if value not in listed),
        key=lambda value: (-counted[value][INTERVIEWED], value),
    )
    shown = [*listed, *others[: max(MOST_VALUES - len(listed), 0)]]
    among = sum(counts[INTERVIEWED] for counts in counted.values())
    rows = tuple(
        _value_count(
            characteristic, value, counted[value], targets.get((characteristic.id, value)), among, len(shown)
        )
        for value in shown
    )
    return Variation(
        characteristic=characteristic,
        values=rows,
        most=max([row.standings.interviewed for row in rows] + [1]),
        more=len(listed) + len(others) - len(shown),
        not_said=interviewed - known,
    )


def _shown(characteristic: Characteristic, values: tuple[str, ...]) -> tuple[str, ...]:
    """Free text and numbers are shown in coarser words where there are any; lists by what was chosen."""
    if not characteristic.choices:
        return values[-1:]
    return values if characteristic.kind == Characteristic.Kind.MULTIPLE else values[:1]


def _value_count(
    characteristic: Characteristic,
    value: str,
    counted: Counter[str],
    target: SamplingTarget | None,
    among: int,
    values: int,
) -> ValueCount:
    standings = Standings.of(counted, target_of(target) if target else None)
    is_list = bool(characteristic.choices)
    note = "" if target or not is_list else represented(standings.interviewed, among=among, values=values)
    return ValueCount(((characteristic, value),), standings, note, target)


def _combination(
    target: SamplingTarget,
    known: Mapping[UUID, Mapping[UUID, tuple[str, ...]]],
    people: list[Placed],
) -> ValueCount:
    """A cell of two values, or of values at a site."""
    counted: Counter[str] = Counter()
    for each in people:
        is_here = not target.site_id or each.site_id == target.site_id
        if is_here and all(value in known[key.id].get(each.id, ()) for key, value in target.values):
            counted[each.standing] += 1
    return ValueCount(tuple(target.values), Standings.of(counted, target_of(target)), target=target)


@dataclass(frozen=True)
class CrossTable:
    """Interviews by the values of two characteristics; nobody in a cell is a combination that is missing."""

    first: Characteristic
    second: Characteristic
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


def cross_table(
    membership: Membership, group: ParticipantGroup, first: Characteristic, second: Characteristic
) -> CrossTable:
    """How two characteristics go together among those of a group who were interviewed."""
    interviewed = [each for each in _people_of(membership, group) if each.standing == INTERVIEWED]
    known = _known(group, [first, second], interviewed)
    counted: Counter[tuple[str, str]] = Counter()
    for person, values in known[first.id].items():
        for row in _shown(first, values):
            for column in _shown(second, known[second.id].get(person, ())):
                counted[row, column] += 1
    rows = _axis(first, (row for row, _ in counted))
    columns = _axis(second, (column for _, column in counted))
    return CrossTable(
        first,
        second,
        columns,
        tuple((row, tuple(counted[row, column] for column in columns)) for row in rows),
    )


def _axis(characteristic: Characteristic, found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*characteristic.choices, *sorted(set(found))]))[:MOST_VALUES]
