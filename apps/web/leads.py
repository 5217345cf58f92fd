"""Where a notice leads: to the path that it came with, or to the page on which its kind is dealt with."""

from django.urls import reverse

from apps.notices.models import Notice

# Pages of the study, and pages of the round that a notice is about.
OF_STUDY = {
    "round opened": "assignments",
    "opened again": "assignments",
    "open coding": "assignments",
    "text corrected": "assignments",
    "left to adjudicator": "adjudication",
    "codebook change": "codebook_changes",
    "second look": "second_looks",
}
OF_ROUND = {
    "ruling": "round",
    "round released": "round",
    "round closed": "round",
    "round voided": "round",
    "transcript withdrawn": "round",
    "unblinded": "round",
}


def leads_to(notice: Notice) -> str:
    """An address, or nothing where there is nothing more to see."""
    if notice.path:
        return notice.path
    if notice.kind in OF_STUDY:
        return reverse(OF_STUDY[notice.kind], args=[notice.study_id])
    if notice.about is not None and notice.kind in OF_ROUND:
        return reverse(OF_ROUND[notice.kind], args=[notice.study_id, notice.about])
    return ""
