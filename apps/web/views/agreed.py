"""The passages behind the diagonal of a report: what both coders gave the same code."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from apps.accounts.models import User
from apps.agreement import queries
from apps.coding.queries import in_context
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.report import as_id, choice_in, in_address
from apps.web.views.discrepancies import round_of

ON_A_PAGE = 20


@requires(Permission.CODINGS_VIEW)
def agreed(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Of one code and two coders, in the transcripts for which the report was asked."""
    round = round_of(request, round_id)
    run = queries.latest_run(round=round)
    if run is None or queries.is_blind_again(round=round, user=request.user):
        raise Http404
    code = get_object_or_404(round.codebook_version.codes, id=as_id(request.GET.get("code", "")))
    first, second = (_coder(request, name) for name in ("first", "second"))
    with_sites = queries.may_see_sites(membership=request.membership)
    choice = choice_in(request.GET, run=run, with_sites=with_sites)
    rows = queries.agreed(
        run=run, choice=choice, code=code, coders=(first.id, second.id), reader=request.user
    )
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    report = reverse("agreement", args=[request.study.id, round.id])
    facts = {
        "round": round,
        "code": code,
        "first": first,
        "second": second,
        "page": page,
        "passages": in_context(page, reader=request.user),
        "back_url": f"{report}?{in_address(choice)}#heat",
    }
    return render(request, "agreement/agreed.html", facts)


def _coder(request: StudyRequest, name: str) -> User:
    members = request.study.memberships.values("user")
    return get_object_or_404(User.objects.filter(id__in=members), id=as_id(request.GET.get(name, "")))
