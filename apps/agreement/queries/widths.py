"""How exact the agreement of a round will be."""

from apps.agreement.engine.planning import assumed_widths
from apps.agreement.models import Round

OFTEN, SELDOM = 1 / 10, 1 / 30
AGREEMENT = 0.8


def expected_width(*, round: Round, transcripts: int, prevalence: float) -> float | None:
    """The width of the interval for alpha to expect for a code that this share of the answers carries.

    None for fewer transcripts than an interval is given for.
    """
    planned = assumed_widths([transcripts], prevalence=prevalence, agreement=AGREEMENT, seed=round.seed)
    return planned[0].width
