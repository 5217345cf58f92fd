"""Boundary differences of a few words, united in one act."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.agreement import actions, queries
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.discrepancies import UniteForm
from apps.web.forms.report import as_id
from apps.web.refusals import in_words
from apps.web.views.discrepancies import round_of


@requires(Permission.DISCREPANCIES_CONFER)
def boundaries(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """All boundary differences of a few words: shown first, then united in one act."""
    found = round_of(request, round_id)
    form = UniteForm(request.POST if request.method == "POST" else request.GET or None)
    words = (form.cleaned_data["words"] if form.is_bound and form.is_valid() else None) or 5
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.unite_boundaries(round=found, words=words, by=request.user, now=timezone.now())
            _say_what_was_done(request, done)
            address = reverse("boundaries", args=[request.study.id, round_id])
            asked = {"words": words} | ({"done": done.id} if done.count else {})
            return redirect(f"{address}?{urlencode(asked)}")
        except Refused as refused:
            messages.error(request, in_words(refused))
    rows = queries.small_boundaries(round=found, words=words, user=request.user)
    shown = [each for each in rows if each.is_open_to_reader]
    facts = {
        "round": found,
        "form": form,
        "words": words,
        "done": as_id(request.GET.get("done", "")),
        "rows": shown,
        "left_out": len(rows) - len(shown),
    }
    return render(request, "agreement/boundaries.html", facts)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def boundaries_undo(request: StudyRequest, round_id: UUID, bulk_id: UUID) -> HttpResponse:
    """Undoes all that one press has united."""
    try:
        count = actions.undo_bulk(
            round=round_of(request, round_id), bulk=bulk_id, by=request.user, now=timezone.now()
        )
        undone = ngettext("%(count)s decision is undone.", "%(count)s decisions are undone.", count)
        messages.success(request, undone % {"count": count})
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("boundaries", request.study.id, round_id)


def _say_what_was_done(request: StudyRequest, done: actions.Bulk) -> None:
    if not done.count:
        messages.info(request, _("Nothing was united: none of these is yours to settle, or left open."))
        return
    sentence = _("Settled by the union: %(settled)s. Proposed: %(proposed)s.")
    messages.success(request, sentence % {"settled": done.settled, "proposed": done.proposed})
