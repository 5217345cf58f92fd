"""The codes that a coder keeps at hand."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from apps.coding import actions
from apps.coding.models import CodingAssignment
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.coding import PinForm


@requires(Permission.CODING_CODE)
@require_POST
def code_pin(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """Pins a code, or lets it go."""
    mine = CodingAssignment.objects.filter(study=request.study, coder=request.user)
    assignment = get_object_or_404(mine, id=assignment_id)
    form = PinForm(request.POST, assignment=assignment)
    if not form.is_valid():
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    act = actions.pin if form.cleaned_data["is_pinned"] else actions.unpin
    act(assignment=assignment, code=form.cleaned_data["code"], by=request.user)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
