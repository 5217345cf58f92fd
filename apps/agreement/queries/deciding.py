"""Who may settle a discrepancy of a transcript by themselves, and what is to be known of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.agreement.models import Round, RoundAssignment, RoundTranscript
from apps.agreement.queries.choosing import may_see_sites
from apps.participants.models import Activity, Rule, Tie
from apps.participants.queries import tie_between, ties_between
from apps.studies.models import Membership
from apps.studies.permissions import Permission

PERSON = "transcript_version__transcript__interview__participant"


@dataclass(frozen=True)
class Deciding:
    """Whether a reader may decide now; `remark` says why not, or what is known of who may."""

    may: bool
    remark: str = ""


def may_decide(*, round_transcript: RoundTranscript, user: User) -> bool:
    """Nobody settles alone what differs in their own coding, nor where a tie keeps them from deciding."""
    if has_coded(round_transcript=round_transcript, user=user):
        return False
    return not _bars(tie_in_deciding(round_transcript=round_transcript, user=user))


def has_coded(*, round_transcript: RoundTranscript, user: User) -> bool:
    """Whether somebody is, or was, one of the coders of a transcript in its round."""
    return round_transcript.assignments.filter(assignment__coder=user).exists()


def tie_in_deciding(*, round_transcript: RoundTranscript, user: User) -> Tie | None:
    """The tie that warns of, or blocks, somebody's decisions on a transcript."""
    person = round_transcript.transcript_version.transcript.interview.participant
    return tie_between(participant=person, member=user, activity=Activity.DECIDE)


def deciding(
    *, round: Round, round_transcript: RoundTranscript, reader: User, membership: Membership
) -> Deciding:
    """Whether a reader may decide now: by role, the state of the round and the transcript, and who they are.

    One of a pair is not asked, whatever their roles: they see past decisions after their own proposal.
    """
    is_open = round.state in {Round.State.CONFERRING, Round.State.ADJUDICATING}
    is_open = is_open and round_transcript.withdrawn_at is None
    if not is_open or not membership.may(Permission.DISCREPANCIES_SETTLE):
        return Deciding(False)
    if has_coded(round_transcript=round_transcript, user=reader):
        return Deciding(False, _("You have coded this transcript too. So somebody else decides on it."))
    tie = tie_in_deciding(round_transcript=round_transcript, user=reader)
    if tie is None:
        return Deciding(True)
    known = {"known": _known(tie, reader, membership)}
    if _bars(tie):
        return Deciding(False, _("%(known)s. So somebody else decides on this transcript.") % known)
    return Deciding(True, _("%(known)s. You may decide; it is written down with your decision.") % known)


def barred_from(user: User) -> QuerySet[RoundTranscript]:
    """The transcripts in rounds that a tie keeps somebody from deciding on."""
    ties = Tie.objects.filter(member=user, decide=Rule.BLOCK)
    return RoundTranscript.objects.filter(
        Q(**{f"{PERSON}__in": ties.values("participant")})
        | Q(**{f"{PERSON}__group__in": ties.values("group")})
        | Q(**{f"{PERSON}__site__in": ties.values("site")})
    )


def barred_to_adjudicator() -> Q:
    """Of discrepancies: those that the adjudicator of their round may not decide."""
    adjudicator, person = OuterRef("agreement_run__round__adjudicator"), f"round_transcript__{PERSON}"
    touching = (
        Q(participant=OuterRef(person))
        | Q(group=OuterRef(f"{person}__group"))
        | Q(site=OuterRef(f"{person}__site"))
    )
    ties = Tie.objects.filter(touching, member=adjudicator, decide=Rule.BLOCK)
    deciders = Membership.objects.current().holding(Permission.DISCREPANCIES_SETTLE)
    in_study = deciders.filter(user=adjudicator, study=OuterRef("agreement_run__round__study"))
    return Q(Exists(ties)) | ~Q(Exists(in_study))


def who_can_decide(*, round: Round, members: Sequence[RoundTranscript]) -> dict[UUID, list[User]]:
    """For each of these transcripts of a round: who holds the role, has not coded it and is not barred."""
    team = round.study.memberships.current().holding(Permission.DISCREPANCIES_SETTLE)
    people = list(User.objects.filter(id__in=team.values("user")).order_by("name"))
    persons = {each.id: each.transcript_version.transcript.interview.participant for each in members}
    ties = ties_between(
        study=round.study, participants=persons.values(), members=people, activity=Activity.DECIDE
    )
    coded = set(
        RoundAssignment.objects.filter(round_transcript__in=members).values_list(
            "round_transcript", "assignment__coder"
        )
    )
    return {
        id: [
            each
            for each in people
            if (id, each.id) not in coded and not _bars(ties.get((person.id, each.id)))
        ]
        for id, person in persons.items()
    }


def _bars(tie: Tie | None) -> bool:
    return tie is not None and tie.decide == Rule.BLOCK


def _known(tie: Tie, reader: User, membership: Membership) -> str:
    """The tie in words; a site goes unnamed before whom sites are hidden from."""
    is_named = tie.site_id is None or may_see_sites(membership=membership)
    words = {"name": reader.name, "tie": tie.get_kind_display(), "to": tie.to if is_named else _("the site")}
    return _("%(name)s %(tie)s %(to)s") % words
