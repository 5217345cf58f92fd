"""How people were found: routes, the steps of each person, the funnel, and the day list."""

from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.core.refusal import Refused
from apps.participants import actions, queries
from apps.participants.models import RecruitmentEvent
from apps.participants.queries.day_list import day_list
from apps.participants.queries.recruitment import (
    numbers_of,
    reasons_used,
    recruitment,
    route_counts,
)
from apps.studies.permissions import Permission
from apps.transcripts.queries import untranscribed
from apps.web.access import StudyRequest, requires
from apps.web.forms.recruitment import NumberForm, RouteForm, StepForm
from apps.web.refusals import in_words, put_on_form

_REFUSED = {
    "HappensInTheFuture": "happened_on",
    "DueBeforeItHappened": "due_on",
    "StepWithoutName": "detail",
    "ReasonWithoutExit": "reason",
    "RoundIsClosed": "round",
}


@requires(Permission.PARTICIPANTS_VIEW)
def recruitment_day(request: StudyRequest) -> HttpResponse:
    """What waits today: reminders, steps that are due, the interviews of the week, transcripts to come."""
    today = timezone.localdate()
    may_transcribe = request.membership.may(Permission.TRANSCRIPTS_EDIT)
    facts = {
        "list": day_list(request.membership, today=today),
        "untranscribed": untranscribed(request.membership, today=today) if may_transcribe else [],
        "today": today,
        "may_record": request.membership.may(Permission.RECRUITMENT_RECORD),
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
    }
    return render(request, "participants/recruitment_day.html", facts)


@requires(Permission.PARTICIPANTS_VIEW)
def recruitment_funnel(request: StudyRequest) -> HttpResponse:
    """From contact to interview, by group, site and route, with the reasons of those who left."""
    found = recruitment(request.membership)
    facts = {
        "recruitment": found,
        "may_record": request.membership.may(Permission.RECRUITMENT_RECORD),
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
    }
    return render(request, "participants/recruitment_funnel.html", facts)


@requires(Permission.RECRUITMENT_RECORD)
@require_POST
def steps_record(request: StudyRequest) -> HttpResponse:
    """Records a step of everybody who was ticked; people of other sites are not found."""
    form = StepForm(request.POST, study=request.study)
    chosen = set(request.POST.getlist("person"))
    mine = queries.people(request.membership).prefetch_related(None)
    people = [each for each in mine if str(each.id) in chosen]
    if len(people) < len(chosen):
        raise Http404
    if form.is_valid():
        try:
            made = actions.record_steps(
                participants=people, happened=form.happened, by=request.user, now=timezone.now()
            )
            said = ngettext("%(n)s step was recorded.", "%(n)s steps were recorded.", len(made))
            messages.success(request, said % {"n": len(made)})
            return redirect(_after(request, made))
        except Refused as refused:
            put_on_form(form, refused, **_REFUSED)
    facts = {
        "form": form,
        "people": people,
        "back": _back(request),
        "reasons": reasons_used(request.membership),
    }
    return render(request, "participants/step_record.html", facts, status=_status(form))


@requires(Permission.RECRUITMENT_RECORD)
@require_POST
def step_remove(request: StudyRequest, event_id: UUID) -> HttpResponse:
    """Takes back a step that was recorded by mistake."""
    mine = RecruitmentEvent.objects.visible_to(request.membership)
    event = get_object_or_404(mine.select_related("participant"), id=event_id)
    actions.remove_step(event=event, by=request.user, now=timezone.now())
    messages.success(request, _("The step was taken back."))
    return redirect(_back(request))


@requires(Permission.RECRUITMENT_RECORD)
def recruitment_numbers(request: StudyRequest) -> HttpResponse:
    """Numbers of people who are not on the list, such as those who never replied."""
    form = NumberForm(request.POST or None, study=request.study, membership=request.membership)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("people", "group", "site")}
        try:
            actions.record_number(
                study=request.study, happened=form.happened, **given, by=request.user, now=timezone.now()
            )
            messages.success(request, _("The number was recorded."))
            return redirect("recruitment_numbers", request.study.id)
        except Refused as refused:
            put_on_form(form, refused, **_REFUSED)
    facts = {
        "form": form,
        "numbers": numbers_of(request.membership),
        "reasons": reasons_used(request.membership),
    }
    return render(request, "participants/recruitment_numbers.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
def routes(request: StudyRequest) -> HttpResponse:
    """The contact routes with what permits them, and a form for another one."""
    form = RouteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_route(study=request.study, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("routes", request.study.id)
        except Refused as refused:
            put_on_form(form, refused, RouteExists="name")
    found = list(request.study.routes.all())
    counts = route_counts(found)
    facts = {"form": form, "rows": [(each, counts[each.id]) for each in found]}
    return render(request, "participants/route_list.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
def route(request: StudyRequest, route_id: UUID) -> HttpResponse:
    """Changes a contact route."""
    stored = get_object_or_404(request.study.routes, id=route_id)
    name = stored.name
    form = RouteForm(request.POST or None, instance=stored)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_route(route=stored, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("routes", request.study.id)
        except Refused as refused:
            put_on_form(form, refused, RouteExists="name")
    facts = {"form": form, "route": stored, "name": name}
    return render(request, "participants/route_edit.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def route_remove(request: StudyRequest, route_id: UUID) -> HttpResponse:
    """Removes a route by which nobody was reached."""
    stored = get_object_or_404(request.study.routes, id=route_id)
    try:
        actions.remove_route(route=stored, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("routes", request.study.id)


def _after(request: StudyRequest, made: list[RecruitmentEvent]) -> str:
    """Where the form was sent from; a person who withdrew has wishes, which are asked for next."""
    [first, *more] = made
    may_carry_out = request.membership.may(Permission.PARTICIPANTS_EDIT)
    if first.step == RecruitmentEvent.Step.WITHDREW and may_carry_out and not more:
        page = reverse("withdrawal", args=[request.study.id, first.participant_id])
        said = {"asked_on": first.happened_on.isoformat(), "reason": first.reason}
        return f"{page}?{urlencode(said)}"
    return _back(request)


def _back(request: StudyRequest) -> str:
    """The page from which the form was sent, if it is one of ours."""
    page = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts=None) and page.startswith("/studies/")
    return page if is_ours else f"/studies/{request.study.id}/sampling/"


def _status(form: BaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
