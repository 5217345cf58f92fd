"""Questions about rounds."""

from apps.agreement.engine.consensus import Passage
from apps.agreement.queries.boundaries import BoundaryDifference, codes_in, small_boundaries
from apps.agreement.queries.consensus import consensus, consensus_by_transcript
from apps.agreement.queries.contests import (
    Wish,
    asking_the_same,
    claims,
    contests,
    sides,
    what_would_stand,
    wish_of,
)
from apps.agreement.queries.deciding import may_decide
from apps.agreement.queries.differences import (
    Comparison,
    Tally,
    comparison,
    discrepancies,
    still_open,
    tallies,
    tally,
)
from apps.agreement.queries.frozen import BlindRoleError, frozen_study
from apps.agreement.queries.naming import as_stored, hides_names, in_words, is_turned, names_of, words_for
from apps.agreement.queries.progress import progress
from apps.agreement.queries.report import ReportTable, latest_run, parameters, report, results, tolerance

__all__ = [
    "BlindRoleError",
    "BoundaryDifference",
    "Comparison",
    "Passage",
    "ReportTable",
    "Tally",
    "Wish",
    "as_stored",
    "asking_the_same",
    "claims",
    "codes_in",
    "comparison",
    "consensus",
    "consensus_by_transcript",
    "contests",
    "discrepancies",
    "frozen_study",
    "hides_names",
    "in_words",
    "is_turned",
    "latest_run",
    "may_decide",
    "names_of",
    "parameters",
    "progress",
    "report",
    "results",
    "sides",
    "small_boundaries",
    "still_open",
    "tallies",
    "tally",
    "tolerance",
    "what_would_stand",
    "wish_of",
    "words_for",
]
