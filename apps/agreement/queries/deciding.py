"""Who may settle a discrepancy of a transcript by themselves."""

from apps.accounts.models import User
from apps.agreement.models import RoundTranscript
from apps.participants.models import Activity, Rule
from apps.participants.queries import tie_between


def may_decide(*, round_transcript: RoundTranscript, user: User) -> bool:
    """Nobody settles alone what differs in their own coding, nor where a tie keeps them from deciding."""
    if round_transcript.assignments.filter(assignment__coder=user).exists():
        return False
    person = round_transcript.transcript_version.transcript.interview.participant
    tie = tie_between(participant=person, member=user, activity=Activity.DECIDE)
    return tie is None or tie.decide != Rule.BLOCK
