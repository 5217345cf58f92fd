from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.coding import actions as coding
from apps.core.refusal import Refused
from apps.studies import actions
from apps.studies.models import Study
from apps.studies.permissions import Permission
from apps.web.access import PersonRequest, StudyRequest, public, requires, signed_in
from apps.web.forms.studies import GroupForm, SettingsForm, SiteForm, StudyForm
from apps.web.refusals import in_words, put_on_form


@public
def health(request: HttpRequest) -> HttpResponse:
    """For the load balancer: the process answers and reaches the database."""
    connection.ensure_connection()
    return HttpResponse("ok", content_type="text/plain")


@signed_in
def studies(request: PersonRequest) -> HttpResponse:
    """The person's studies."""
    mine = Study.objects.visible_to(request.user)
    memberships = request.user.memberships.current().filter(study__in=mine).select_related("study")
    return render(request, "studies/study_list.html", {"memberships": memberships.order_by("study__name")})


@signed_in
def study_open(request: PersonRequest) -> HttpResponse:
    """Opens a study; its first PI is the person who does so."""
    if not request.user.may_open_studies:
        raise PermissionDenied
    form = StudyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        study = actions.open_study(**form.cleaned_data, by=request.user, now=timezone.now())
        return redirect("study_today", study.id)
    return render(request, "studies/study_open.html", {"form": form}, status=_status(form))


@requires(Permission.STUDY_EDIT)
def study_settings(request: StudyRequest) -> HttpResponse:
    """Name and question of the study, its sites and its groups."""
    form = SettingsForm(request.POST or None, instance=request.study)
    if request.method == "POST" and form.is_valid():
        actions.change_study(request.study, **form.cleaned_data, by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("study_settings", request.study.id)
    return _settings(request, form=form)


@requires(Permission.CODING_OPEN)
@require_POST
def open_coding(request: StudyRequest) -> HttpResponse:
    """Opens primary coding to all who code the same text, or closes it."""
    coding.choose_open_coding(
        study=request.study, is_open="is_open" in request.POST, by=request.user, now=timezone.now()
    )
    messages.success(request, _("Saved."))
    return redirect(_settings_at(request, "coding"))


@requires(Permission.STUDY_EDIT)
@require_POST
def site_add(request: StudyRequest) -> HttpResponse:
    """Adds a site from the form of the settings page."""
    form = SiteForm(request.POST, auto_id="site_%s")
    if form.is_valid():
        try:
            actions.add_site(request.study, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect(_settings_at(request, "sites"))
        except Refused as refused:
            put_on_form(form, refused, NameIsTaken="name")
    return _settings(request, site_form=form)


@requires(Permission.STUDY_EDIT)
def site(request: StudyRequest, site_id: UUID) -> HttpResponse:
    """Renames a site."""
    site = get_object_or_404(request.study.sites, id=site_id)
    form = SiteForm(request.POST or None, instance=site)
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_site(site, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect(_settings_at(request, "sites"))
        except Refused as refused:
            put_on_form(form, refused, NameIsTaken="name")
    return render(request, "studies/site_edit.html", {"form": form, "site": site}, status=_status(form))


@requires(Permission.STUDY_EDIT)
@require_POST
def site_remove(request: StudyRequest, site_id: UUID) -> HttpResponse:
    """Removes a site that nobody belongs to."""
    site = get_object_or_404(request.study.sites, id=site_id)
    try:
        actions.remove_site(site, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect(_settings_at(request, "sites"))


@requires(Permission.STUDY_EDIT)
@require_POST
def group_add(request: StudyRequest) -> HttpResponse:
    """Adds a participant group from the form of the settings page."""
    form = GroupForm(request.POST, auto_id="group_%s")
    if form.is_valid():
        try:
            actions.add_group(request.study, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect(_settings_at(request, "groups"))
        except Refused as refused:
            put_on_form(form, refused)
    return _settings(request, group_form=form)


@requires(Permission.STUDY_EDIT)
def group(request: StudyRequest, group_id: UUID) -> HttpResponse:
    """Changes a participant group."""
    group = get_object_or_404(request.study.groups, id=group_id)
    form = GroupForm(request.POST or None, instance=group)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_group(group, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect(_settings_at(request, "groups"))
        except Refused as refused:
            put_on_form(form, refused, PseudonymsAreMinted="stem")
    return render(request, "studies/group_edit.html", {"form": form, "group": group}, status=_status(form))


@requires(Permission.STUDY_EDIT)
@require_POST
def group_remove(request: StudyRequest, group_id: UUID) -> HttpResponse:
    """Removes a group that never had anybody."""
    group = get_object_or_404(request.study.groups, id=group_id)
    try:
        actions.remove_group(group, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect(_settings_at(request, "groups"))


def _settings(
    request: StudyRequest,
    *,
    form: SettingsForm | None = None,
    site_form: SiteForm | None = None,
    group_form: GroupForm | None = None,
) -> HttpResponse:
    forms = (form, site_form, group_form)
    facts = {
        "may_open_coding": request.membership.may(Permission.CODING_OPEN),
        "form": form or SettingsForm(instance=request.study),
        "site_form": site_form or SiteForm(auto_id="site_%s"),
        "group_form": group_form or GroupForm(auto_id="group_%s"),
        "sites": request.study.sites.all(),
        "groups": request.study.groups.all(),
    }
    failed = any(_status(form) != HTTPStatus.OK for form in forms if form)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    return render(request, "studies/study_settings.html", facts, status=status)


def _settings_at(request: StudyRequest, part: str) -> str:
    return f"{reverse('study_settings', args=[request.study.id])}#{part}"


def _status(form: BaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
