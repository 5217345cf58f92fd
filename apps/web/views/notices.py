from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.notices import actions
from apps.notices.models import Notice
from apps.web.access import PersonRequest, signed_in
from apps.web.leads import leads_to

PER_PAGE = 50


@signed_in
def notices(request: PersonRequest) -> HttpResponse:
    """What one was told, the newest first."""
    mine = Notice.objects.visible_to(request.user).select_related("study")
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    facts = {"page": page, "unread": mine.unread().count()}
    return render(request, "notices/notice_list.html", facts)


@signed_in
@require_POST
def notice_read(request: PersonRequest, notice_id: UUID) -> HttpResponse:
    """Marks one notice as read and goes to what it speaks of."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), id=notice_id)
    actions.read(notice, now=timezone.now())
    return redirect(leads_to(notice) or "notices")


@signed_in
@require_POST
def notices_read(request: PersonRequest) -> HttpResponse:
    """Marks everything as read."""
    actions.read_all(by=request.user, now=timezone.now())
    return redirect("notices")
