from typing import Any

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
    page = pages.get_page(request.GET.get("page"))
    lines = [(event, _more(event.detail)) for event in page]
    facts = {"form": form, "page": page, "lines": lines, "is_narrowed": any(wanted.values())}
    return render(request, "audit/event_list.html", facts)


def _more(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """The particulars of an event as words."""
    return [(key.replace("_", " "), _words(value)) for key, value in detail.items()]


def _words(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"from", "to"}:
        return f"{_words(value['from'])} → {_words(value['to'])}"
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_words(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_words(inner) for inner in value)
    return "–" if value in (None, "") else str(value)
