"""How exact the agreement of a round will be, by how many transcripts it has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from apps.accounts.models import User
from apps.agreement import engine
from apps.agreement.engine.bootstrap import FEWEST_TRANSCRIPTS
from apps.agreement.engine.planning import PlannedWidth, assumed_widths, expected_widths
from apps.agreement.models import Round
from apps.agreement.queries.computing import FEWEST_UNITS
from apps.agreement.queries.report import is_blind_again, latest_run

NUMBERS = (8, 13, 20, 40)
OFTEN, SELDOM = 1 / 10, 1 / 30
AGREEMENT = 0.8


@dataclass(frozen=True)
class Widths:
    """The widths of 95 % intervals for alpha to expect from so many transcripts (None: no interval).

    `often` and `seldom` are those of a code that one answer in ten or in thirty carries, if coders agree
    well; `typical` and `widest` those of the study's own codes, by resampling an earlier round.
    """

    transcripts: int
    is_planned: bool
    often: float | None
    seldom: float | None
    typical: float | None = None
    widest: float | None = None


@dataclass(frozen=True)
class WidthTable:
    """Widths by number of transcripts, and the earlier round that was resampled, where there is one."""

    lines: list[Widths]
    earlier: Round | None = None
    coded: int = 0


@dataclass(frozen=True)
class _Own:
    """What an earlier round lets expect: the widths of its codes by number of transcripts."""

    earlier: Round
    coded: int
    of: dict[int, list[float]] = field(default_factory=dict)


def widths(*, round: Round, planned: int, user: User) -> WidthTable:
    """The widths to expect from the planned number of transcripts, and from others to choose between."""
    numbers = sorted({*NUMBERS, planned})
    often, seldom = (_assumed(numbers, prevalence, round.seed) for prevalence in (OFTEN, SELDOM))
    own = _own(round, numbers, user)
    lines = []
    for number in numbers:
        codes = own.of.get(number) if own else None
        of_codes = (median(codes), max(codes)) if codes else (None, None)
        lines.append(Widths(number, number == planned, often[number], seldom[number], *of_codes))
    return WidthTable(lines, own.earlier, own.coded) if own else WidthTable(lines)


def _assumed(numbers: Sequence[int], prevalence: float, seed: int) -> dict[int, float | None]:
    found = assumed_widths(numbers, prevalence=prevalence, agreement=AGREEMENT, seed=seed)
    return {each.transcripts: each.width for each in found}


def _own(round: Round, numbers: Sequence[int], user: User) -> _Own | None:
    """From the newest round of the study with enough transcripts, neither void nor blind to the person."""
    level = next(level for level in engine.LEVELS if level in round.levels)
    computed = Round.objects.filter(study=round.study, agreement_runs__isnull=False, has_coefficients=True)
    for earlier in computed.exclude(state=Round.State.VOID).distinct().order_by("-number"):
        run = latest_run(round=earlier)
        if run is None or level not in earlier.levels or is_blind_again(round=earlier, user=user):
            continue
        tables = engine.unpack(bytes(run.tables), levels=[level])
        if len(tables.transcripts) >= FEWEST_TRANSCRIPTS:
            found = expected_widths(tables, numbers, level=level, seed=round.seed, min_units=FEWEST_UNITS)
            return _Own(earlier, len(tables.transcripts), _by_number(found))
    return None


def _by_number(found: Sequence[PlannedWidth]) -> dict[int, list[float]]:
    by_number: dict[int, list[float]] = {}
    for each in found:
        if each.kind == "code" and each.width is not None:
            by_number.setdefault(each.transcripts, []).append(each.width)
    return by_number
