"""Contact details from a spreadsheet: sealed as it arrives, compared, written as a whole, and forgotten."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.contacts import actions
from apps.contacts.models import ContactList
from apps.core.refusal import Refused
from apps.core.uploads import too_large
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.contacts import ContactListForm, MeaningsForm
from apps.web.refusals import in_words, put_on_form
from apps.web.views.contacts import reason_of, status_of, vault

ROWS_SHOWN = 500
SAMPLES = 2


@vault
def contacts_import(request: StudyRequest) -> HttpResponse:
    """Takes a list of contact details; it is sealed before it is stored."""
    if not reason_of(request):
        raise actions.NoReason
    is_sent = request.method == "POST"
    stopped = next(iter(too_large(request.META)), "")
    form = ContactListForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, too_large=stopped
    )
    if is_sent and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            begun = actions.begin_list(
                file_name=sent.name,
                content=bytes(sent.read()),
                membership=request.membership,
                by=request.user,
                now=timezone.now(),
            )
            return redirect("contacts_check", request.study.id, begun.id)
        except Refused as refused:
            put_on_form(form, refused, **{refused.code: "file"})
    return render(request, "contacts/import_file.html", {"form": form}, status=status_of(form))


@vault
def contacts_check(request: StudyRequest, list_id: UUID) -> HttpResponse:
    """What the columns stand for, and what writing the list would do."""
    begun, now = _begun(request, list_id), timezone.now()
    try:
        opened = actions.open_list(begun=begun, now=now)
        form = MeaningsForm(request.POST or None, meanings=opened.meanings)
        if request.method == "POST" and form.is_valid():
            actions.say_meanings(begun=begun, meanings=form.meanings, now=now)
            return redirect("contacts_check", request.study.id, list_id)
        plan = actions.compare_list(
            begun=begun,
            membership=request.membership,
            reason=reason_of(request),
            by=request.user,
            now=now,
        )
    except (actions.ListIsGone, actions.CannotBeRead) as refused:
        messages.error(request, in_words(refused))
        return redirect("contacts_import", request.study.id)
    facts = {"list_id": list_id, "form": form, "columns": _columns(form, opened), **_counted(plan)}
    return render(request, "contacts/import_check.html", facts, status=status_of(form))


@vault
@require_POST
def contacts_write(request: StudyRequest, list_id: UUID) -> HttpResponse:
    """Writes all of it or nothing; the list is forgotten."""
    try:
        people = actions.write_list(
            begun=_begun(request, list_id),
            membership=request.membership,
            reason=reason_of(request),
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refused:
        if isinstance(refused, actions.NoReason):
            raise
        messages.error(request, in_words(refused))
        return redirect("contacts_check", request.study.id, list_id)
    words = ngettext(
        "The details of %(n)s person were written.", "The details of %(n)s people were written.", people
    )
    messages.success(request, words % {"n": people})
    return redirect("contacts", request.study.id)


@requires(Permission.CONTACTS_OPEN)
@require_POST
def contacts_leave(request: StudyRequest, list_id: UUID) -> HttpResponse:
    """Throws the list away."""
    actions.forget_list(begun=_begun(request, list_id))
    messages.success(request, _("The list was forgotten; nothing was written."))
    return redirect("contacts", request.study.id)


def _begun(request: StudyRequest, list_id: UUID) -> ContactList:
    return get_object_or_404(ContactList, id=list_id, study=request.study, begun_by=request.user)


def _columns(form: MeaningsForm, opened: actions.Opened) -> list[tuple[object, list[str]]]:
    """For each column its field and what is in it."""
    rows = opened.table.rows
    samples = {
        header: list(dict.fromkeys(text for row in rows if (text := row.values.get(header, ""))))[:SAMPLES]
        for header in opened.meanings
    }
    return list(zip(form, samples.values(), strict=True))


def _in_place(column: str, sentence: str) -> str:
    return f"{column}: {sentence}" if column else sentence


def _counted(plan: list[actions.PlannedDetails]) -> dict[str, object]:
    statuses = [row.status for row in plan]
    complaints = [each for row in plan for each in row.complaints]
    names = {
        "name": _("name"),
        "email": _("e-mail"),
        "telephone": _("telephone"),
        "employer": _("employer"),
        "note": _("note"),
    }
    rows = [
        (
            row,
            [names[each] for each in row.changed],
            [_in_place(each.column, _(each.template) % each.facts) for each in row.complaints],
        )
        for row in plan[:ROWS_SHOWN]
    ]
    return {
        "counts": [
            (_(label), statuses.count(key))
            for key, label in (
                ("new", "New"),
                ("changed", "Changed"),
                ("unchanged", "Unchanged"),
                ("refused", "Refused"),
            )
        ],
        "rows": rows,
        "rows_not_shown": max(len(plan) - ROWS_SHOWN, 0),
        "problems": len(complaints),
        "can_be_written": not complaints and any(row.status in ("new", "changed") for row in plan),
    }
