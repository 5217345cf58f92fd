"""Making a code from a passage, where the codebook is open."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.new_codes import NewCodeForm, PassageForm
from apps.web.refusals import in_words, put_on_form
from apps.web.views.assignments import own

SHORT = 60
"""Characters of a passage that still make a name."""


@requires(Permission.CODING_CODE)
def code_make(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """A new code for the passage that the address names; it is applied there at once."""
    assignment = own(request, assignment_id)
    passage = PassageForm(request.POST or request.GET)
    page = reverse("assignment", args=[request.study.id, assignment.id])
    if not passage.is_valid():
        return redirect(page)
    try:
        actions.must_take_new_codes(assignment)
    except Refused as refused:
        messages.error(request, in_words(refused))
        return redirect(page)
    start, end = (passage.cleaned_data[edge] for edge in ("start", "end"))
    words = assignment.transcript_version.text[start:end]
    # Named in the words of the person, where nothing was typed.
    beginning = request.GET.dict() | {"name": request.GET.get("name") or words[:SHORT].strip()}
    form = NewCodeForm(request.POST or None, version=assignment.codebook_version, initial=beginning)
    if form.is_valid() and (coding := _made(request, assignment, form)):
        return redirect(f"{page}?coding={coding.id}")
    facts = {"assignment": assignment, "form": form, "words": words, "page": page}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "coding/code_make.html", facts, status=status)


@transaction.atomic
def _applied(request: StudyRequest, assignment: CodingAssignment, form: NewCodeForm) -> Coding:
    asked = dict(form.cleaned_data)
    passage = {name: asked.pop(name) for name in PassageForm.base_fields}
    acting: dict[str, Any] = {"assignment": assignment, "by": request.user, "now": timezone.now()}
    code = actions.make_code(**asked, **acting)
    coding, _is_new = actions.add(code=code, **passage, client_id=uuid4(), **acting)
    return coding


def _made(request: StudyRequest, assignment: CodingAssignment, form: NewCodeForm) -> Coding | None:
    try:
        return _applied(request, assignment, form)
    except Refused as refused:
        put_on_form(form, refused, NoName="name", NameIsTaken="name", MuchLike="name", TooDeep="parent")
        if isinstance(refused, actions.MuchLike):
            form.ask_whether_sure()
        return None
