"""Where each person stands on the way to an interview; all counts of recruitment begin here."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from apps.participants.engine.board import standing
from apps.participants.models import Interview, Participant, RecruitmentEvent
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
    """Everybody whom the member may see; three queries."""
    visible = Participant.objects.visible_to(membership)
    interviews = interview_states(membership)
    last = last_steps(membership)
    return [
        Placed(key, group, site, standing(last.get(key, ""), interviews.get(key, ())))
        for key, group, site in visible.order_by().values_list("id", "group_id", "site_id")
    ]


def interview_states(membership: Membership) -> Mapping[UUID, list[str]]:
    """The states of everybody's interviews."""
    found: dict[UUID, list[str]] = defaultdict(list)
    interviews = Interview.objects.filter(study=membership.study_id).order_by()
    for key, status in interviews.values_list("participant_id", "status"):
        found[key].append(status)
    return found


def last_steps(membership: Membership) -> Mapping[UUID, str]:
    """The last step of everybody that says where they stand."""
    events = RecruitmentEvent.objects.filter(study=membership.study_id, participant__isnull=False)
    newest = (
        events.exclude(step__in=_SAYS_NOTHING_NEW)
        .order_by("participant_id", "-happened_on", "-recorded_at", "-id")
        .distinct("participant_id")
    )
    return dict(newest.values_list("participant_id", "step"))
