"""Codings under a definition that a later version changed, one after the other, by the keyboard."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from apps.coding import actions, queries
from apps.coding.models import Coding
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.coding import SecondLookForm
from apps.web.refusals import in_words, put_on_form

KEYS = (
    ("j k", gettext_lazy("next, previous")),
    ("n", gettext_lazy("next that waits")),
    ("y ↵", gettext_lazy("it still fits")),
    ("x", gettext_lazy("it does not fit: take it away")),
    ("a", gettext_lazy("another code")),
    ("u", gettext_lazy("undo")),
)


@requires(Permission.CODING_CODE)
def second_looks(request: StudyRequest) -> HttpResponse:
    """Transcript by transcript, how much is looked at again, and what can be taken over."""
    found = _relook(request)
    return render(request, "coding/second_look_list.html", {"relook": found})


@requires(Permission.CODING_CODE)
def second_look(request: StudyRequest, coding_id: UUID) -> HttpResponse:
    """One coding in its context, with the definition as it was and as it is."""
    found, item = _item(request, coding_id)
    form = SecondLookForm(request.POST or None, version=found.version, before=item.definition)
    if request.method == "POST" and form.is_valid():
        try:
            actions.look(
                coding=item.coding,
                version=found.version,
                **form.cleaned_data,
                by=request.user,
                now=timezone.now(),
            )
            return _go_on(request, coding_id)
        except Refused as refused:
            put_on_form(form, refused, OtherCodeMissing="code")
    return _shown(request, found, item, form)


@requires(Permission.CODING_CODE)
@require_POST
def second_look_undo(request: StudyRequest, coding_id: UUID) -> HttpResponse:
    """It waits again."""
    found, item = _item(request, coding_id)
    try:
        actions.undo_look(coding=item.coding, version=found.version, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("second_look", request.study.id, coding_id)


@requires(Permission.CODING_CODE)
@require_POST
def second_looks_take_over(request: StudyRequest) -> HttpResponse:
    """Brings what was looked through into the version in use: the transcripts that were chosen."""
    found = _relook(request)
    chosen = set(request.POST.getlist("assignment"))
    ready = [each.assignment for each in found.transcripts if str(each.assignment.id) in chosen]
    try:
        for assignment in ready:
            actions.take_over(
                assignment=assignment, version=found.version, by=request.user, now=timezone.now()
            )
        sentence = ngettext(
            "%(count)d transcript is under version %(number)d now.",
            "%(count)d transcripts are under version %(number)d now.",
            len(ready),
        )
        messages.success(request, sentence % {"count": len(ready), "number": found.version.number})
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("second_looks", request.study.id)


def _relook(request: StudyRequest) -> queries.Relook:
    found = queries.relook(
        study=request.study,
        reader=request.user,
        with_consensus=request.membership.may(Permission.ROUNDS_PLAN),
    )
    if found is None:
        raise Http404
    return found


def _item(request: StudyRequest, coding_id: UUID) -> tuple[queries.Relook, queries.ToLook]:
    found = _relook(request)
    item = next((each for each in found.items if each.coding.id == coding_id), None)
    if item is None:
        raise Http404
    return found, item


def _go_on(request: StudyRequest, coding_id: UUID) -> HttpResponse:
    """To the next that waits, from the start again after the last; to the list once none does."""
    items = _relook(request).items
    waiting = _next_waiting(items, coding_id)
    if waiting is None:
        messages.success(request, _("All is looked at again. Now take it over."))
        return redirect("second_looks", request.study.id)
    return redirect("second_look", request.study.id, waiting)


def _next_waiting(items: list[queries.ToLook], coding_id: UUID) -> UUID | None:
    at = [item.coding.id for item in items].index(coding_id) + 1
    return next((item.coding.id for item in [*items[at:], *items[:at]] if not item.is_done), None)


def _shown(
    request: StudyRequest, found: queries.Relook, item: queries.ToLook, form: SecondLookForm
) -> HttpResponse:
    ids = [each.coding.id for each in found.items]
    at = ids.index(item.coding.id)
    rows = Coding.objects.visible_to(request.user).filter(id=item.coding.id)
    passages = queries.in_context(
        rows.select_related("code", "assignment__coder", f"{queries.PERSON}__group", "memo"),
        reader=request.user,
    )
    facts: dict[str, Any] = {
        "relook": found,
        "item": item,
        "passage": passages[0],
        "form": form,
        "place": at + 1,
        "previous": ids[at - 1] if at else None,
        "following": ids[at + 1] if at + 1 < len(ids) else None,
        "next_waiting": _next_waiting(found.items, item.coding.id),
        "may_undo": item.look is not None,
        "keys": KEYS,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "coding/second_look.html", facts, status=status)
