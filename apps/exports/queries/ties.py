"""The register of ties for the reflexivity statement; sites are numbered, for no output names them."""

from uuid import UUID

from apps.exports.engine.writing import Sheet, Value
from apps.participants.models import Interview, Tie
from apps.participants.queries import ties
from apps.studies.models import Study

HEADINGS = (
    "Who", "Tie", "To", "In what way", "Interviewing", "Coding", "Deciding", "Interviews held with them",
)  # fmt: skip
_Held = list[tuple[UUID, UUID, UUID, UUID]]


def ties_sheet(study: Study) -> Sheet:
    """Tie by tie, with how many interviews the member held with those whom it touches."""
    number = {key: f"Site {place}" for place, key in enumerate(study.sites.values_list("id", flat=True), 1)}
    held = study.interviews.filter(status=Interview.Status.HELD, interviewer__isnull=False).order_by()
    where = ("interviewer_id", "participant_id", "participant__group_id", "participant__site_id")
    talks = list(held.values_list(*where))
    rows: list[list[Value]] = [
        [
            tie.member.name,
            tie.get_kind_display(),
            number[tie.site_id] if tie.site_id else tie.to,
            tie.note,
            tie.get_interview_display(),
            tie.get_code_display(),
            tie.get_decide_display(),
            _talks(tie, talks),
        ]
        for tie in ties(study=study)
    ]
    return Sheet("Ties of the team", HEADINGS, rows)


def _talks(tie: Tie, talks: _Held) -> int:
    touched = {tie.participant_id, tie.group_id, tie.site_id} - {None}
    return sum(member == tie.member_id and bool(touched & set(places)) for member, *places in talks)
