"""Rulings that are given while a coder has the text before them."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.agreement import queries
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.views.assignments import own


@requires(Permission.CODING_CODE)
def rulings(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """The rulings of the round that the page does not show yet: it says how many it `known`s."""
    assignment = own(request, assignment_id)
    if not request.htmx:
        return redirect("assignment", request.study.id, assignment.id)
    known = request.GET.get("known", "")
    given = queries.rulings(assignment=assignment).select_related("code", "given_by")
    fresh = given[int(known) if known.isdecimal() else 0 :]
    return render(request, "coding/_rulings.html", {"rulings": fresh})
