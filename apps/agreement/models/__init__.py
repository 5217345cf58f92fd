from apps.agreement.models.batches import Batch
from apps.agreement.models.changes import CodebookChange
from apps.agreement.models.comments import Comment
from apps.agreement.models.decisions import Decision
from apps.agreement.models.discrepancies import Discrepancy
from apps.agreement.models.meetings import Attendance, Meeting
from apps.agreement.models.own_numbers import OwnNumber
from apps.agreement.models.proposals import Escalation, Proposal
from apps.agreement.models.resolutions import Resolution, StandingPassage
from apps.agreement.models.rounds import Round, RoundAssignment, RoundCoder, RoundTranscript
from apps.agreement.models.rulings import Ruling
from apps.agreement.models.runs import AgreementResult, AgreementRun

__all__ = [
    "AgreementResult",
    "AgreementRun",
    "Attendance",
    "Batch",
    "CodebookChange",
    "Comment",
    "Decision",
    "Discrepancy",
    "Escalation",
    "Meeting",
    "OwnNumber",
    "Proposal",
    "Resolution",
    "Round",
    "RoundAssignment",
    "RoundCoder",
    "RoundTranscript",
    "Ruling",
    "StandingPassage",
]
