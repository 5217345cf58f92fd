from apps.agreement.models.discrepancies import Discrepancy, Resolution
from apps.agreement.models.rounds import Round, RoundAssignment, RoundTranscript
from apps.agreement.models.runs import AgreementResult, AgreementRun

__all__ = [
    "AgreementResult",
    "AgreementRun",
    "Discrepancy",
    "Resolution",
    "Round",
    "RoundAssignment",
    "RoundTranscript",
]
