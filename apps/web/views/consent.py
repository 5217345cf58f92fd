"""Consent forms of the study, and what people have answered to them."""

from collections.abc import Collection
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.core.refusal import Refused
from apps.participants import actions
from apps.participants.models import ConsentVersion, ContactPermission, Participant
from apps.participants.queries import consent as queries
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.consent import ConsentForm, ConsentsForm, PermissionForm, VersionForm
from apps.web.forms.participants import FilterForm
from apps.web.refusals import put_on_form

_FIELDS = {"VersionExists": "label", "GivenInTheFuture": "given_on"}


@requires(Permission.PARTICIPANTS_VIEW)
def consents(request: StudyRequest) -> HttpResponse:
    """The versions of the consent form, and of how many people each is recorded."""
    facts = {
        "versions": queries.versions(request.membership),
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
    }
    return render(request, "consent/version_list.html", facts)


@requires(Permission.PARTICIPANTS_EDIT)
def consent_version_add(request: StudyRequest) -> HttpResponse:
    """Begins a version of the consent form, with the usual clauses ticked."""
    form = VersionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_consent_version(
                study=request.study,
                label=form.cleaned_data["label"],
                used_from=form.cleaned_data["used_from"],
                clauses=form.clauses,
                by=request.user,
                now=timezone.now(),
            )
            return redirect("consents", request.study.id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    return render(request, "consent/version_edit.html", {"form": form}, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
def consent_version(request: StudyRequest, consent_version_id: UUID) -> HttpResponse:
    """Puts a version right; its clauses only while nobody has answered them."""
    version = get_object_or_404(request.study.consent_versions, id=consent_version_id)
    form = VersionForm(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_consent_version(
                version=version,
                label=form.cleaned_data["label"],
                used_from=form.cleaned_data["used_from"],
                clauses=form.clauses,
                by=request.user,
                now=timezone.now(),
            )
            return redirect("consents", request.study.id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    facts = {"form": form, "version": version, "people": version.consents.count()}
    return render(request, "consent/version_edit.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_VIEW)
def consent_people(request: StudyRequest, consent_version_id: UUID) -> HttpResponse:
    """Who has answered what to one version, a line for each person."""
    version = get_object_or_404(request.study.consent_versions, id=consent_version_id)
    return _people_page(request, version, ConsentsForm(row=queries.empty_row(version)))


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def consents_record(request: StudyRequest, consent_version_id: UUID) -> HttpResponse:
    """What everybody who was ticked has answered alike; somebody whom the member may not see is not found."""
    version = get_object_or_404(request.study.consent_versions, id=consent_version_id)
    chosen = set(request.POST.getlist("person"))
    mine = Participant.objects.visible_to(request.membership).select_related("group")
    people = [each for each in mine if str(each.id) in chosen]
    if len(people) < len(chosen):
        raise Http404
    form = ConsentsForm(request.POST, row=queries.empty_row(version))
    if form.is_valid():
        try:
            done = actions.record_consents(
                participants=people,
                version=version,
                answers=form.answers,
                by=request.user,
                now=timezone.now(),
            )
            said = ngettext("%(n)s consent was recorded.", "%(n)s consents were recorded.", done)
            messages.success(request, said % {"n": done})
            return redirect("consent_people", request.study.id, version.id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    return _people_page(request, version, form, chosen)


@requires(Permission.PARTICIPANTS_EDIT)
def participant_consent(request: StudyRequest, participant_id: UUID) -> HttpResponse:
    """What one person has answered to one version of the form, and whether they may be contacted."""
    person = get_object_or_404(Participant.objects.visible_to(request.membership), id=participant_id)
    versions = list(request.study.consent_versions.all())
    version = _chosen(request, versions)
    form = _form(request, person, version) if version else None
    if version and form and request.method == "POST" and form.is_valid():
        try:
            actions.record_consent(
                participant=person, version=version, answers=form.answers, by=request.user, now=timezone.now()
            )
            messages.success(request, _("Recorded."))
            return redirect(_next(request, person, version))
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    permission = PermissionForm(instance=_permission(person))
    return _page(request, person, versions, version, form, permission)


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def participant_permission(request: StudyRequest, participant_id: UUID) -> HttpResponse:
    """Whether one person may be contacted, which is another matter than taking part."""
    person = get_object_or_404(Participant.objects.visible_to(request.membership), id=participant_id)
    permission = PermissionForm(request.POST, instance=_permission(person))
    if permission.is_valid():
        try:
            actions.permit_contact(
                participant=person, **permission.cleaned_data, by=request.user, now=timezone.now()
            )
            messages.success(request, _("Recorded."))
            return redirect("participant_consent", request.study.id, person.id)
        except Refused as refused:
            put_on_form(permission, refused, **_FIELDS)
    versions = list(request.study.consent_versions.all())
    version = _chosen(request, versions)
    form = _form(request, person, version, is_bound=False) if version else None
    return _page(request, person, versions, version, form, permission)


def _people_page(
    request: StudyRequest, version: ConsentVersion, form: ConsentsForm, ticked: Collection[str] = ()
) -> HttpResponse:
    filters = FilterForm(request.GET, study=request.study)
    people = Participant.objects.visible_to(request.membership).select_related("group", "site")
    if filters.is_valid():
        people = people.filter(**{name: row for name, row in filters.cleaned_data.items() if row})
    facts = {
        "version": version,
        "clauses": version.clauses.all(),
        "rows": queries.rows(version, list(people)),
        "filters": filters,
        "form": form,
        "ticked": ticked,
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
    }
    return render(request, "consent/version_people.html", facts, status=_status(form))


def _chosen(request: StudyRequest, versions: list[ConsentVersion]) -> ConsentVersion | None:
    """The version that the address names, else the latest."""
    wanted = request.POST.get("version") or request.GET.get("version")
    return next((each for each in versions if str(each.id) == wanted), versions[0] if versions else None)


def _form(
    request: StudyRequest, person: Participant, version: ConsentVersion, *, is_bound: bool = True
) -> ConsentForm:
    [row] = queries.rows(version, [person])
    return ConsentForm(request.POST if is_bound and request.method == "POST" else None, row=row)


def _permission(person: Participant) -> ContactPermission:
    return ContactPermission.objects.filter(participant=person).first() or ContactPermission(
        participant=person
    )


def _next(request: StudyRequest, person: Participant, version: ConsentVersion) -> str:
    """The person's page, or the next one of whom nothing is recorded."""
    if "again" in request.POST:
        following = queries.without_consent(request.membership, version, after=person)
        if following:
            return reverse("participant_consent", args=[request.study.id, following.id])
    return reverse("participant", args=[request.study.id, person.id])


def _page(
    request: StudyRequest,
    person: Participant,
    versions: list[ConsentVersion],
    version: ConsentVersion | None,
    form: ConsentForm | None,
    permission: PermissionForm,
) -> HttpResponse:
    facts = {
        "participant": person,
        "versions": versions,
        "version": version,
        "form": form,
        "permission": permission,
    }
    return render(request, "consent/consent.html", facts, status=_status(form, permission))


def _status(*forms: BaseForm | None) -> int:
    has_errors = any(form and form.is_bound and form.errors for form in forms)
    return HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
