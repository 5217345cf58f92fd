"""Which coders may not code which interviews of a round, and what is to be said of those who may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.agreement.models import Round
from apps.participants import queries as participants
from apps.participants.models import Activity, Interview, Rule, Tie


@dataclass(frozen=True)
class Barring:
    """The ties of the coders of a round, and what the plan says of coders who interviewed the person.

    Those of its adjudicator, by participant, bar no coder; they are only told.
    """

    coders: tuple[User, ...]
    ties: Mapping[participants.Pair, Tie]
    if_interviewed: str
    ties_of_adjudicator: Mapping[UUID, Tie] = field(default_factory=dict)

    def barred(self, interview: Interview) -> frozenset[str]:
        """The ids of the coders who may not code the interview."""
        return frozenset(str(coder.id) for coder in self.coders if self._is_barred(interview, coder))

    def remarks(self, interview: Interview, coders: Sequence[User]) -> tuple[str, ...]:
        """What the plan should say of the coders of an interview, and of who decides on it."""
        of_coders = [remark for coder in coders for remark in self._remarks(interview, coder)]
        return (*of_coders, *self._remarks_on_adjudicator(interview))

    def _is_barred(self, interview: Interview, coder: User) -> bool:
        tie = self.ties.get((interview.participant_id, coder.id))
        is_tied = tie is not None and tie.code == Rule.BLOCK
        is_interviewer = interview.interviewer_id == coder.id
        return is_tied or (is_interviewer and self.if_interviewed == Rule.BLOCK)

    def _remarks(self, interview: Interview, coder: User) -> list[str]:
        found = []
        tie = self.ties.get((interview.participant_id, coder.id))
        if tie is not None:
            words = {"name": coder.name, "tie": tie.get_kind_display(), "to": tie.to}
            found.append(_("%(name)s %(tie)s %(to)s") % words)
        if interview.interviewer_id == coder.id:
            found.append(_("%(name)s held the interview") % {"name": coder.name})
        return found

    def _remarks_on_adjudicator(self, interview: Interview) -> list[str]:
        tie = self.ties_of_adjudicator.get(interview.participant_id)
        if tie is None:
            return []
        words = {"name": tie.member.name, "tie": tie.get_kind_display(), "to": tie.to}
        if tie.decide == Rule.BLOCK:
            return [_("%(name)s, who adjudicates, %(tie)s %(to)s and may not decide") % words]
        return [_("%(name)s, who adjudicates, %(tie)s %(to)s") % words]


def barring(*, round: Round, coders: Sequence[User], interviews: Sequence[Interview]) -> Barring:
    """The register of ties as it bears on the coders of a round."""
    people = [interview.participant for interview in interviews]
    ties = participants.ties_between(
        study=round.study, participants=people, members=coders, activity=Activity.CODE
    )
    return Barring(tuple(coders), ties, round.if_interviewed)
