"""Where each person stands on the way to an interview; all counts of recruitment begin here."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from apps.participants.engine.board import INTERVIEWED, WITHDREW, standing
from apps.participants.models import Interview, Participant, RecruitmentEvent, Withdrawal
from apps.participants.queries.keys import Keys, as_text
from apps.studies.models import Membership

_SAYS_NOTHING_NEW = (RecruitmentEvent.Step.REMINDED, RecruitmentEvent.Step.OTHER)


@dataclass(frozen=True)
class Placed:
    """A person in a group at a site, and how far they came."""

    id: UUID
    group_id: UUID
    site_id: UUID
    standing: str


def placed(membership: Membership) -> list[Placed]:
    """Everybody whom the member may see; four queries.

    Whoever withdrew stays counted as interviewed if their completed analysis was kept.
    """
    visible = Participant.objects.visible_to(membership).order_by()
    interviews, keys = interview_states(membership), Keys()
    last, withdrawn = last_steps(membership), withdrawals(membership)

    def stands(key: str) -> str:
        states = interviews.get(key, ())
        if key not in withdrawn:
            return standing(last.get(key, ""), states)
        is_kept = "held" in states and withdrawn[key] == Withdrawal.Codings.KEEP
        return INTERVIEWED if is_kept else WITHDREW

    return [
        Placed(UUID(key), keys[group], keys[site], stands(key))
        for key, group, site in visible.values_list(as_text("id"), as_text("group_id"), as_text("site_id"))
    ]


def withdrawals(membership: Membership) -> Mapping[str, str]:
    """Those who withdrew, and what became of their codings."""
    rows = Withdrawal.objects.filter(participant__study=membership.study_id).order_by()
    return dict(rows.values_list(as_text("participant_id"), "codings"))


def interview_states(membership: Membership) -> Mapping[str, list[str]]:
    """The states of everybody's interviews."""
    found: dict[str, list[str]] = defaultdict(list)
    interviews = Interview.objects.filter(study=membership.study_id).order_by()
    for key, status in interviews.values_list(as_text("participant_id"), "status"):
        found[key].append(status)
    return found


def last_steps(membership: Membership) -> Mapping[str, str]:
    """The last step of everybody that says where they stand."""
    events = RecruitmentEvent.objects.filter(study=membership.study_id, participant__isnull=False)
    newest = (
        events.exclude(step__in=_SAYS_NOTHING_NEW)
        .order_by("participant_id", "-happened_on", "-recorded_at", "-id")
        .distinct("participant_id")
    )
    return dict(newest.values_list(as_text("participant_id"), "step"))
