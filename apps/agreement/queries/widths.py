"""How exact the agreement of a round will be."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from apps.accounts.models import User
from apps.agreement import engine
from apps.agreement.engine.bootstrap import FEWEST_TRANSCRIPTS
from apps.agreement.engine.planning import PlannedWidth, assumed_widths, expected_widths
from apps.agreement.models import AgreementRun, Round
from apps.agreement.queries.computing import FEWEST_UNITS
from apps.agreement.queries.report import is_blind_again, latest_run
from apps.codebooks.models import Code

OFTEN, SELDOM = 1 / 10, 1 / 30
AGREEMENT = 0.8


@dataclass(frozen=True)
class ExpectedWidths:
    """The widths of the intervals for alpha to expect, from what was coded in an earlier round.

    Half of the codes have at most `typical`; of `untold` codes it cannot be told, as they are too rare.
    """

    earlier: Round
    coded: int
    typical: float
    widest: float
    widest_code: Code
    untold: int


def expected_width(*, round: Round, transcripts: int, prevalence: float) -> float | None:
    """The width of the interval for alpha to expect for a code that this share of the answers carries.

    None for fewer transcripts than an interval is given for.
    """
    planned = assumed_widths([transcripts], prevalence=prevalence, agreement=AGREEMENT, seed=round.seed)
    return planned[0].width


def expected_from_earlier(*, round: Round, transcripts: int, user: User) -> ExpectedWidths | None:
    """The same for the codes of the study, by resampling the newest round that has enough transcripts."""
    level = next((level for level in engine.LEVELS if level in round.levels), None)
    computed = Round.objects.filter(study=round.study, agreement_runs__isnull=False, has_coefficients=True)
    for earlier in computed.exclude(state=Round.State.VOID).distinct().order_by("-number"):
        run = latest_run(round=earlier)
        if run is None or level not in earlier.levels or is_blind_again(round=earlier, user=user):
            continue
        tables = engine.unpack(bytes(run.tables), levels=[level])
        if len(tables.transcripts) >= FEWEST_TRANSCRIPTS:
            found = expected_widths(
                tables, [transcripts], level=level, seed=round.seed, min_units=FEWEST_UNITS
            )
            return _summed_up(run, len(tables.transcripts), found)
    return None


def _summed_up(run: AgreementRun, coded: int, found: Sequence[PlannedWidth]) -> ExpectedWidths | None:
    used = [each for each in found if each.kind == "code" and each.reason != "not_used"]
    told = {each.code: each.width for each in used if each.width is not None}
    if not told:
        return None
    widest = max(told, key=lambda code: told[code])
    return ExpectedWidths(
        earlier=run.round,
        coded=coded,
        typical=median(told.values()),
        widest=told[widest],
        widest_code=Code.objects.get(id=UUID(widest)),
        untold=len(used) - len(told),
    )
