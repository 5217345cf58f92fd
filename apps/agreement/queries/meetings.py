"""Who confers with whom at the moment."""

from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.agreement.models import Attendance, Discrepancy, Meeting, Proposal, Resolution, Round


def meetings_under_way(*, round: Round) -> QuerySet[Meeting]:
    """Meetings of the round that are not over."""
    return Meeting.objects.filter(round=round, ended_at=None).select_related("driver")


def meeting_of(*, round: Round, person: User) -> Meeting | None:
    """The meeting of the round in which the person is present."""
    here = Attendance.objects.filter(person=person, left_at=None).values("meeting")
    return meetings_under_way(round=round).filter(id__in=here).first()


def present(*, meeting: Meeting) -> list[User]:
    """Those who are there, in the order in which they came."""
    rows = Attendance.objects.filter(meeting=meeting, left_at=None).select_related("person")
    return [each.person for each in rows.order_by("joined_at", "created_at")]


def both_present(*, meeting: Meeting, discrepancy: Discrepancy) -> bool:
    """Whether both who differ are in the meeting."""
    coders = {discrepancy.first_assignment.coder_id, discrepancy.second_assignment.coder_id}
    here = Attendance.objects.filter(meeting=meeting, left_at=None, person__in=coders)
    return here.count() == len(coders)


def recorded_for(*, meeting: Meeting, reader: User) -> UUID | None:
    """The discrepancy on which the other has recorded something that waits for the reader's yes."""
    settled = Resolution.objects.filter(undone_at=None).values("discrepancy")
    recorded = Proposal.objects.filter(meeting=meeting, withdrawn_at=None).exclude(proposed_by=reader)
    waiting = recorded.exclude(discrepancy__in=settled).order_by("-proposed_at")
    mine = [
        each
        for each in waiting.select_related("discrepancy__first_assignment", "discrepancy__second_assignment")
        if reader.id
        in (each.discrepancy.first_assignment.coder_id, each.discrepancy.second_assignment.coder_id)
    ]
    return mine[0].discrepancy_id if mine else None
