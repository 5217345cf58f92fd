"""Who may settle a discrepancy of a transcript by themselves."""

from apps.accounts.models import User
from apps.agreement.models import RoundTranscript


def may_decide(*, round_transcript: RoundTranscript, user: User) -> bool:
    """Nobody settles alone what differs in their own coding, whatever their role: the pair confers."""
    return not round_transcript.assignments.filter(assignment__coder=user).exists()
