from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from apps.studies.permissions import Permission
from apps.transcripts import queries
from apps.web.access import StudyRequest, requires
from apps.web.forms.search import FindForm

ON_A_PAGE = 20


@requires(Permission.TRANSCRIPTS_VIEW)
def find(request: StudyRequest) -> HttpResponse:
    """Full-text search over the transcripts that the member may read."""
    form = FindForm(request.GET or None, membership=request.membership)
    is_asked = form.is_valid()
    asked = form.cleaned_data["find"] if is_asked else ""
    found = queries.find(request.membership, asked, **form.filters) if is_asked else None
    # Beside hits, the keys are theirs.
    form.fields["find"].widget.attrs["autofocus"] = not found
    facts: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "is_narrowed": is_asked and bool(form.filters),
        "found": found,
        "page": Paginator(cast(Any, found), ON_A_PAGE).get_page(request.GET.get("page")) if found else None,
    }
    return render(request, "transcripts/find.html", facts)
