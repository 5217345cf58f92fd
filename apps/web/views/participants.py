from collections.abc import Iterable
from http import HTTPStatus
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.refusal import Refused
from apps.participants import actions, queries
from apps.participants.models import Participant
from apps.participants.queries.consent import standings
from apps.participants.queries.recruitment import events_of, reasons_used
from apps.studies.permissions import Permission
from apps.transcripts.models import Transcript
from apps.web.access import StudyRequest, requires
from apps.web.forms.participants import ChangePersonForm, FilterForm, KnownForm, PersonForm
from apps.web.forms.recruitment import StepForm
from apps.web.refusals import in_words, put_on_form

PEOPLE_ON_A_PAGE = 100


@requires(Permission.PARTICIPANTS_VIEW)
def participants(request: StudyRequest) -> HttpResponse:
    """The study's people, group by group."""
    form = FilterForm(request.GET, study=request.study)
    narrowed = {name: row.id for name, row in form.cleaned_data.items() if row} if form.is_valid() else {}
    found = queries.people(request.membership, **narrowed)
    page = Paginator(found, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    characteristics, sizes = queries.characteristics(request.study), queries.group_sizes(found)
    lines = _with_transcripts(request, [queries.person(each, characteristics) for each in page])
    facts = {
        "form": form,
        "is_narrowed": bool(narrowed),
        "page": page,
        "groups": [(group, sizes[group.id], list(rows)) for group, rows in groupby(lines, _group)],
        "can_begin": request.study.groups.exists() and request.study.sites.exists(),
        "may_open_contacts": request.membership.may(Permission.CONTACTS_OPEN),
        "may_read": request.membership.may(Permission.TRANSCRIPTS_VIEW),
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
        "may_set_up": request.membership.may(Permission.STUDY_EDIT),
    }
    return render(request, "participants/participant_list.html", facts)


@requires(Permission.PARTICIPANTS_VIEW)
def participant(request: StudyRequest, participant_id: UUID) -> HttpResponse:
    """One person: what is known, the interviews, the transcripts."""
    found = get_object_or_404(queries.people(request.membership), id=participant_id)
    person = queries.person(found, queries.characteristics(request.study))
    transcripts = _transcripts(request, person.interviews)
    facts = {
        "person": person,
        "participant": found,
        "interviews": [(each, transcripts.get(each.id)) for each in person.interviews],
        "standings": standings(found),
        "events": events_of(found),
        "step_form": StepForm(study=request.study),
        "reasons": reasons_used(request.membership),
        "may_record": request.membership.may(Permission.RECRUITMENT_RECORD),
        "may_open_contacts": request.membership.may(Permission.CONTACTS_OPEN),
        "may_read": request.membership.may(Permission.TRANSCRIPTS_VIEW),
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
    }
    return render(request, "participants/participant.html", facts)


@requires(Permission.PARTICIPANTS_EDIT)
def participant_add(request: StudyRequest) -> HttpResponse:
    """Adds a person; the pseudonym is minted."""
    begin = {name: request.GET.get(name) for name in ("group", "site")}
    form = PersonForm(request.POST or None, initial=begin, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add(study=request.study, **form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, _("%(pseudonym)s was added.") % {"pseudonym": made.pseudonym})
            return redirect(_after_adding(request, made))
        except Refused as refused:
            put_on_form(form, refused, ReferenceIsTaken="reference")
    return render(request, "participants/participant_add.html", {"form": form}, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
def participant_change(request: StudyRequest, participant_id: UUID) -> HttpResponse:
    """Changes what is stored of a person, and what is known of them."""
    found = get_object_or_404(queries.people(request.membership), id=participant_id)
    person = queries.person(found, queries.characteristics(request.study))
    pseudonym = found.pseudonym
    form = ChangePersonForm(request.POST or None, instance=found, study=request.study)
    known = KnownForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid() and known.is_valid():
        now = timezone.now()
        try:
            actions.change(participant=found, **form.cleaned_data, by=request.user, now=now)
            actions.describe(participant=found, values=known.values, by=request.user, now=now)
            return redirect("participant", request.study.id, found.id)
        except Refused as refused:
            put_on_form(form, refused, ReferenceIsTaken="reference")
    facts = {"form": form, "known": known, "participant": found, "pseudonym": pseudonym}
    return render(request, "participants/participant_change.html", facts, status=_status(form, known))


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def participant_remove(request: StudyRequest, participant_id: UUID) -> HttpResponse:
    """Removes a person who was added by mistake."""
    found = get_object_or_404(Participant.objects.visible_to(request.membership), id=participant_id)
    try:
        actions.remove(participant=found, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
        return redirect("participant", request.study.id, participant_id)
    messages.success(request, _("%(pseudonym)s was removed.") % {"pseudonym": found.pseudonym})
    return redirect("participants", request.study.id)


Line = tuple[queries.Person, Transcript | None]


def _group(line: Line) -> Any:
    return line[0].participant.group


def _with_transcripts(request: StudyRequest, people: list[queries.Person]) -> list[Line]:
    found = _transcripts(request, [person.interview for person in people if person.interview])
    return [(each, found.get(each.interview.id) if each.interview else None) for each in people]


def _transcripts(request: StudyRequest, interviews: Iterable[Any]) -> dict[UUID, Transcript]:
    """By interview; nothing for those who may not see transcripts."""
    if not request.membership.may(Permission.TRANSCRIPTS_VIEW):
        return {}
    rows: QuerySet[Transcript] = request.study.transcripts.filter(interview__in=interviews)
    return {row.interview_id: row for row in rows}


def _after_adding(request: StudyRequest, made: Participant) -> str:
    """The person's page, or the form once more with the same group and site."""
    if "again" not in request.POST:
        return reverse("participant", args=[request.study.id, made.id])
    form = reverse("participant_add", args=[request.study.id])
    return f"{form}?group={made.group_id}&site={made.site_id}"


def _status(*forms: BaseForm) -> int:
    has_errors = any(form.is_bound and form.errors for form in forms)
    return HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
