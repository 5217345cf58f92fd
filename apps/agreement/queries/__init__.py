"""Questions about rounds."""

from apps.agreement.engine.consensus import Passage
from apps.agreement.queries.boundaries import BoundaryDifference, codes_in, small_boundaries
from apps.agreement.queries.case import Case, case, find_words
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
    Tally,
    discrepancies,
    still_open,
    tallies,
    tally,
)
from apps.agreement.queries.frozen import BlindRoleError, frozen_study
from apps.agreement.queries.meetings import (
    both_present,
    mark_of,
    meeting_of,
    meetings_under_way,
    present,
    recorded_for,
)
from apps.agreement.queries.naming import as_stored, hides_names, in_words, is_turned, names_of, words_for
from apps.agreement.queries.past import Past, past
from apps.agreement.queries.progress import progress
from apps.agreement.queries.queue import RoundQueue, left_open, queue
from apps.agreement.queries.report import ReportTable, latest_run, parameters, report, results, tolerance
from apps.agreement.queries.walk import STATES, Step, steps, steps_of

__all__ = [
    "STATES",
    "BlindRoleError",
    "BoundaryDifference",
    "Case",
    "Passage",
    "Past",
    "ReportTable",
    "RoundQueue",
    "Step",
    "Tally",
    "Wish",
    "as_stored",
    "asking_the_same",
    "both_present",
    "case",
    "claims",
    "codes_in",
    "consensus",
    "consensus_by_transcript",
    "contests",
    "discrepancies",
    "find_words",
    "frozen_study",
    "hides_names",
    "in_words",
    "is_turned",
    "latest_run",
    "left_open",
    "mark_of",
    "may_decide",
    "meeting_of",
    "meetings_under_way",
    "names_of",
    "parameters",
    "past",
    "present",
    "progress",
    "queue",
    "recorded_for",
    "report",
    "results",
    "sides",
    "small_boundaries",
    "steps",
    "steps_of",
    "still_open",
    "tallies",
    "tally",
    "tolerance",
    "what_would_stand",
    "wish_of",
    "words_for",
]
