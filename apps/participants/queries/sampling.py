"""The sampling board: groups by sites, and progress against the plan."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import TruncMonth

from apps.participants.engine.board import Standings, Target
from apps.participants.models import Interview, SamplingTarget
from apps.participants.queries.histories import History, histories
from apps.studies.models import Membership, ParticipantGroup, Site, Study

Key = tuple[UUID | None, UUID | None]
_FOUR_DAYS = timedelta(days=4)


@dataclass(frozen=True)
class BoardCell:
    """One cell of groups by sites; a total has no site, or no group."""

    group: ParticipantGroup | None
    site: Site | None
    standings: Standings
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class BoardRow:
    group: ParticipantGroup
    cells: tuple[BoardCell, ...]
    total: BoardCell

    @property
    def to_find(self) -> int:
        return max(self.total.standings.to_find, sum(cell.standings.to_find for cell in self.cells))


@dataclass(frozen=True)
class Board:
    """Rows with the largest shortfall first, then in the study's order."""

    sites: tuple[Site, ...]
    rows: tuple[BoardRow, ...]
    totals: tuple[BoardCell, ...]
    total: Standings

    @property
    def to_find(self) -> int:
        return sum(row.to_find for row in self.rows)

    @property
    def cells_short(self) -> int:
        return sum(cell.standings.to_find > 0 for row in self.rows for cell in row.cells)


def board(membership: Membership, told: list[History] | None = None) -> Board:
    """Groups by sites as the member may see them; a constant number of queries."""
    told = histories(membership) if told is None else told
    study = membership.study
    groups, sites = list(study.groups.all()), list(sites_seen_by(membership))
    counted = _counted(told)
    targets: dict[Key, Target] = {
        (each.group_id, each.site_id): target_of(each) for each in standing_targets(study, of_places=True)
    }
    rows = []
    for group in groups:
        cells = tuple(
            BoardCell(group, site, Standings.of(counted[group.id, site.id], targets.get((group.id, site.id))))
            for site in sites
        )
        rows.append(BoardRow(group, cells, _group_total(group, cells, targets, counted[group.id, None])))
    rows.sort(key=lambda row: -row.to_find)
    rows = [_numbered(row, number) for number, row in enumerate(rows)]
    totals = tuple(
        BoardCell(None, site, Standings.of(counted[None, site.id], _sum(row.cells[place] for row in rows)))
        for place, site in enumerate(sites)
    )
    return Board(tuple(sites), tuple(rows), totals, _all(rows, counted[None, None]))


def standing_targets(study: Study, *, of_places: bool | None = None) -> list[SamplingTarget]:
    """The newest target of each cell; of groups and sites only, of characteristics only, or all."""
    rows = study.targets.select_related("group", "site", "characteristic", "second_characteristic", "set_by")
    if of_places is not None:
        rows = rows.filter(characteristic__isnull=of_places)
    cell = ("group_id", "site_id", "characteristic_id", "value", "second_characteristic_id", "second_value")
    newest = rows.order_by(*cell, "-set_at", "-id").distinct(*cell)
    return sorted((each for each in newest if each.is_set), key=_in_order)


def _in_order(each: SamplingTarget) -> tuple[int, int, int, str]:
    """Groups as the study has them; in each the whole first, then its sites, then its characteristics."""
    by_characteristic = each.characteristic.position if each.characteristic else -1
    return each.group.position, by_characteristic, each.site.position if each.site else -1, each.value


@dataclass(frozen=True)
class Month:
    """Interviews held until the end of a month, and how many were planned then."""

    first_day: date
    held: int
    planned: int


def progress(membership: Membership) -> list[Month]:
    """Month by month, from the first interview to the last."""
    held = Interview.objects.filter(
        participant__in=membership.study.participants.visible_to(membership),
        status=Interview.Status.HELD,
    )
    months = Counter(held.annotate(month=TruncMonth("held_on")).values_list("month", flat=True))
    plans = list(
        membership.study.targets.filter(site=None, characteristic=None)
        .order_by("set_at")
        .values_list("set_at__date", "group_id", "minimum", "maximum")
    )
    now = {group.id: group.target for group in membership.study.groups.all()}
    return list(_months(months, plans, now))


def _months(
    months: Counter[date], plans: list[tuple[date, UUID, int | None, int | None]], now: dict[UUID, int]
) -> Iterable[Month]:
    if not months:
        return
    month, last, held = min(months), max(months), 0
    while month <= last:
        held += months[month]
        following = (month.replace(day=28) + _FOUR_DAYS).replace(day=1)
        planned = 0
        for group, target in now.items():
            of_group = [(day, low, high) for day, key, low, high in plans if key == group]
            before = [low or high or 0 for day, low, high in of_group if day < following]
            # What stood before the first target on record is not known: the first stands for it.
            first = next((low or high or 0 for _, low, high in of_group), target)
            planned += before[-1] if before else first
        yield Month(month, held, planned)
        month = following


def sites_seen_by(membership: Membership) -> QuerySet[Site]:
    """All of the study; recruiters see their own."""
    sites = Site.objects.filter(study=membership.study_id)
    mine = [membership.site_id] if membership.site_id else []
    return sites.filter(id__in=mine) if membership.is_bound_to_site else sites


def _counted(told: Iterable[History]) -> dict[Key, Counter[str]]:
    found: dict[Key, Counter[str]] = defaultdict(Counter)
    for each in told:
        group, site = UUID(each.group), UUID(each.site)
        for key in ((group, site), (group, None), (None, site), (None, None)):
            found[key][each.standing] += each.people
    return found


def target_of(each: SamplingTarget) -> Target:
    """The numbers of a stored target."""
    return Target(each.minimum, each.maximum)


def _group_total(
    group: ParticipantGroup,
    cells: tuple[BoardCell, ...],
    targets: Mapping[Key, Target],
    counted: Counter[str],
) -> BoardCell:
    """The plan of the whole group is the group's own number; without one its sites add up."""
    planned = targets.get((group.id, None)) or (Target(group.target) if group.target else _sum(cells))
    return BoardCell(group, None, Standings.of(counted, planned))


def _sum(cells: Iterable[BoardCell]) -> Target:
    minima = [cell.standings.target.minimum for cell in cells if cell.standings.target.minimum is not None]
    return Target(sum(minima)) if minima else Target()


def _all(rows: list[BoardRow], counted: Counter[str]) -> Standings:
    return Standings.of(counted, _sum(row.total for row in rows))


def _numbered(row: BoardRow, number: int) -> BoardRow:
    """Cells know their place, by which the keyboard goes from one to the next."""
    cells = tuple(replace(cell, row=number, column=place) for place, cell in enumerate(row.cells))
    return replace(row, cells=cells, total=replace(row.total, row=number, column=len(cells)))
