"""Who may settle a discrepancy of a transcript by themselves."""

from apps.accounts.models import User
from apps.agreement.models import Round, RoundTranscript
from apps.participants.models import Activity, Rule
from apps.participants.queries import tie_between
from apps.studies.models import Membership
from apps.studies.permissions import Permission


def may_decide(*, round_transcript: RoundTranscript, user: User) -> bool:
    """Nobody settles alone what differs in their own coding, nor where a tie keeps them from deciding."""
    if round_transcript.assignments.filter(assignment__coder=user).exists():
        return False
    person = round_transcript.transcript_version.transcript.interview.participant
    tie = tie_between(participant=person, member=user, activity=Activity.DECIDE)
    return tie is None or tie.decide != Rule.BLOCK


def is_asked_to_decide(
    *, round: Round, round_transcript: RoundTranscript, reader: User, membership: Membership
) -> bool:
    """Whether a reader may decide now: by role, the state of the round and the transcript, and who they are.

    One of a pair is not asked, whatever their roles: they see past decisions after their own proposal.
    """
    return (
        membership.may(Permission.DISCREPANCIES_SETTLE)
        and round.state in {Round.State.CONFERRING, Round.State.ADJUDICATING}
        and round_transcript.withdrawn_at is None
        and may_decide(round_transcript=round_transcript, user=reader)
    )
