from apps.agreement.models.discrepancies import Discrepancy, Resolution
from apps.agreement.models.rounds import Round, RoundAssignment, RoundCoder, RoundTranscript
from apps.agreement.models.rulings import Ruling
from apps.agreement.models.runs import AgreementResult, AgreementRun

__all__ = [
    "AgreementResult",
    "AgreementRun",
    "Discrepancy",
    "Resolution",
    "Round",
    "RoundAssignment",
    "RoundCoder",
    "RoundTranscript",
    "Ruling",
]
