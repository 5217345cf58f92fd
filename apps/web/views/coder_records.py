"""A coder's record: for that coder, and for whoever plans the rounds."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from apps.accounts.models import User
from apps.agreement import queries
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires

ON_A_PAGE = 50


@requires(Permission.DISCREPANCIES_VIEW)
def coder_record(request: StudyRequest, coder_id: UUID) -> HttpResponse:
    """Rounds, agreement with others, and the decisions that left something else standing, and why."""
    is_mine = coder_id == request.user.id
    if not is_mine and not request.membership.may(Permission.ROUNDS_PLAN):
        raise PermissionDenied
    coder = get_object_or_404(User, id__in=request.study.memberships.filter(user=coder_id).values("user"))
    found = queries.coder_record(study=request.study, coder=coder, reader=request.user)
    page = Paginator(found.against, ON_A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "record": found,
        "is_mine": is_mine,
        "page": page,
        "decisions": queries.decisions_against(ids=page.object_list, coder=coder, reader=request.user),
    }
    return render(request, "agreement/coder_record.html", facts)
