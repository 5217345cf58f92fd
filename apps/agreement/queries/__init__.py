"""Questions about rounds."""

from apps.agreement.queries.consensus import consensus, consensus_by_transcript
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
from apps.agreement.queries.progress import progress
from apps.agreement.queries.report import ReportTable, latest_run, parameters, report, results, tolerance

__all__ = [
    "BlindRoleError",
    "Comparison",
    "ReportTable",
    "Tally",
    "comparison",
    "consensus",
    "consensus_by_transcript",
    "discrepancies",
    "frozen_study",
    "latest_run",
    "may_decide",
    "parameters",
    "progress",
    "report",
    "results",
    "still_open",
    "tallies",
    "tally",
    "tolerance",
]
