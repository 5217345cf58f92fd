"""The memos of the coding page: why this code, and the note on the whole transcript."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.coding import actions, queries
from apps.coding.models import Coding, CodingAssignment, Memo
from apps.studies.permissions import Permission
from apps.web import gestures
from apps.web.access import StudyRequest, requires
from apps.web.forms.coding import MemoForm
from apps.web.refusals import in_words
from apps.web.saving import coding_of, page_of, partial, refused, saving


@requires(Permission.CODING_CODE)
@saving
def coding_memo(request: StudyRequest, assignment: CodingAssignment, coding_id: UUID) -> HttpResponse:
    """Writes the memo of a coding."""
    return _write_memo(request, assignment, coding_of(assignment, coding_id))


@requires(Permission.CODING_CODE)
@saving
def assignment_memo(request: StudyRequest, assignment: CodingAssignment) -> HttpResponse:
    """Writes the memo on the transcript as a whole."""
    return _write_memo(request, assignment, None)


def _write_memo(request: StudyRequest, assignment: CodingAssignment, coding: Coding | None) -> HttpResponse:
    form = MemoForm(request.POST)
    if not form.is_valid():
        return refused(request, assignment, _("This memo cannot be saved: it is too long or has no version."))
    try:
        memo = actions.write_memo(assignment=assignment, coding=coding, **form.cleaned_data, by=request.user)
    except actions.Changed as changed:
        if not request.htmx:
            raise
        facts = memo_facts(assignment, coding, memo_of(assignment, coding))
        facts |= {"mine": form.cleaned_data["text"], "problem": in_words(changed)}
        facts["about"] = coding.code if coding else None
        return partial("coding/_memo.html", facts, status=HTTPStatus.CONFLICT)
    if not request.htmx:
        return redirect(page_of(assignment, coding))
    ledger = queries.ledger(assignment)
    # A memo draws no turn, so the page still has to ask for what else was done meanwhile.
    known = gestures.known(request.POST, ledger)
    saved = render_to_string("coding/_memo.html", {**memo_facts(assignment, coding, memo), "is_saved": True})
    since = known if known < ledger.number - 1 else None
    return HttpResponse(saved + gestures.redrawn(ledger, since=since))


def memo_facts(assignment: CodingAssignment, coding: Coding | None, memo: Memo | None) -> dict[str, Any]:
    """What templates/coding/_memo.html shows."""
    ids = [assignment.study_id, assignment.id, *([coding.id] if coding else [])]
    address = reverse("coding_memo" if coding else "assignment_memo", args=ids)
    label = _("Why this code?") if coding else _("Note on the whole transcript")
    name = f"memo-{coding.id if coding else assignment.id}"
    return {
        "assignment": assignment,
        "memo": memo,
        "memo_id": name,
        "memo_url": address,
        "memo_label": label,
    }


def memo_of(assignment: CodingAssignment, coding: Coding | None) -> Memo | None:
    """Of a coding, or of the whole transcript."""
    if coding is None:
        return queries.memo_of_text(assignment)
    return Memo.objects.filter(assignment=assignment, coding=coding).first()
