from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from apps.audit.queries import choices, events
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.audit import TrailForm

PER_PAGE = 50


@requires(Permission.AUDIT_VIEW)
def audit(request: StudyRequest) -> HttpResponse:
    """Who did what, the newest first, narrowed by the filters of the address."""
    form = TrailForm(request.GET, choices=choices(request.study.id))
    wanted = form.cleaned_data if form.is_valid() else {}
    pages = Paginator(events(request.study.id, **wanted), PER_PAGE)
    facts = {
        "form": form,
        "page": pages.get_page(request.GET.get("page")),
        "is_narrowed": any(wanted.values()),
    }
    return render(request, "audit/event_list.html", facts)
