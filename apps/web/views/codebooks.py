from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.agreement import actions as agreement
from apps.agreement import queries as agreement_queries
from apps.codebooks import actions, queries
from apps.codebooks.models import Code, CodebookVersion
from apps.coding import actions as coding
from apps.coding import queries as coding_queries
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.codebooks import (
    CodeForm,
    EmptyStartForm,
    NewCodeForm,
    NewVersionForm,
    PlaceForm,
    RenameForm,
)
from apps.web.refusals import in_words, put_on_form


@requires(Permission.CODEBOOK_VIEW)
def codebook(request: StudyRequest) -> HttpResponse:
    """The newest version, or the ways to begin."""
    version = queries.current_version(request.study)
    return _beginning(request, EmptyStartForm()) if version is None else _version(request, version)


@requires(Permission.CODEBOOK_VIEW)
def codebook_version(request: StudyRequest, version_id: UUID) -> HttpResponse:
    """Any version, as it stands."""
    return _version(request, get_object_or_404(_versions(request), id=version_id))


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def codebook_start_preset(request: StudyRequest, preset: str) -> HttpResponse:
    """Begins with a framework that Concord brings along."""
    if preset not in {each.key for each in queries.presets()}:
        raise Http404
    try:
        actions.create_from_preset(study=request.study, preset=preset, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("codebook", request.study.id)


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def codebook_start_empty(request: StudyRequest) -> HttpResponse:
    """Begins with nothing but a name."""
    form = EmptyStartForm(request.POST)
    if form.is_valid():
        try:
            actions.create(study=request.study, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("codebook", request.study.id)
        except Refused as refused:
            put_on_form(form, refused)
    return _beginning(request, form)


@requires(Permission.CODEBOOK_VIEW)
def codebook_versions(request: StudyRequest) -> HttpResponse:
    """All versions, and what each of them changed."""
    newest = queries.current_version(request.study)
    form = RenameForm(instance=newest.codebook) if newest else None
    return _version_list(request, form)


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def codebook_rename(request: StudyRequest) -> HttpResponse:
    """Gives the codebook another name; opens or closes it to new codes."""
    codebook = get_object_or_404(request.study.codebooks)
    form = RenameForm(request.POST)
    if not form.is_valid():
        return _version_list(request, form)
    acting: dict[str, Any] = {"codebook": codebook, "by": request.user, "now": timezone.now()}
    actions.rename(name=form.cleaned_data["name"], **acting)
    actions.take_new_codes(may_grow=form.cleaned_data["takes_new_codes"], **acting)
    return redirect("codebook_versions", request.study.id)


@requires(Permission.CODEBOOK_EDIT)
def codebook_version_add(request: StudyRequest) -> HttpResponse:
    """Makes a draft from the newest version."""
    newest = queries.current_version(request.study)
    if newest is None:
        return redirect("codebook", request.study.id)
    waiting = agreement_queries.changes_seen_by(study=request.study, reader=request.user).open()
    form = NewVersionForm(request.POST or None, waiting=waiting)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            agreement.open_version(codebook=newest.codebook, **given, by=request.user, now=timezone.now())
            return redirect("codebook", request.study.id)
        except Refused as refused:
            put_on_form(form, refused)
    changes = agreement_queries.in_full(waiting, reader=request.user)
    facts = {"form": form, "newest": newest, "changes": changes, "chosen": request.POST.getlist("changes")}
    return render(request, "codebooks/version_add.html", facts, status=_status(form))


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def codebook_freeze(request: StudyRequest, version_id: UUID) -> HttpResponse:
    """Takes a version into use before anybody codes with it."""
    version = get_object_or_404(_versions(request), id=version_id)
    try:
        coding.take_into_use(version=version, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("codebook_version", request.study.id, version.id)


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def codebook_discard(request: StudyRequest, version_id: UUID) -> HttpResponse:
    """Throws a draft away."""
    version = get_object_or_404(_versions(request), id=version_id)
    try:
        actions.discard(version=version, by=request.user, now=timezone.now())
        messages.success(request, _("Version %(number)s is gone.") % {"number": version.number})
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("codebook", request.study.id)


@requires(Permission.CODEBOOK_EDIT)
def code_add(request: StudyRequest, version_id: UUID) -> HttpResponse:
    """Adds a construct, or a code outside the framework."""
    version = get_object_or_404(_versions(request), id=version_id)
    return _adding(request, version, None, NewCodeForm(request.POST or None))


@requires(Permission.CODEBOOK_EDIT)
def code_add_under(request: StudyRequest, code_id: UUID) -> HttpResponse:
    """Adds a code below another."""
    parent = get_object_or_404(_codes(request), id=code_id)
    return _adding(request, parent.version, parent, CodeForm(request.POST or None))


@requires(Permission.CODEBOOK_EDIT)
def code(request: StudyRequest, code_id: UUID) -> HttpResponse:
    """Changes the words of a code."""
    code = get_object_or_404(_codes(request), id=code_id)
    form = CodeForm(request.POST or None, instance=code)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_code(code=code, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect(_at(request, code))
        except Refused as refused:
            put_on_form(form, refused, NameIsTaken="name")
    return _editing(request, code_id, form=form)


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def code_move(request: StudyRequest, code_id: UUID) -> HttpResponse:
    """Puts a code under another one."""
    code = get_object_or_404(_codes(request), id=code_id)
    form = PlaceForm(request.POST, nodes=queries.tree(code.version), code=code)
    if form.is_valid():
        parent_id = form.cleaned_data["parent"]
        parent = code.version.codes.get(id=parent_id) if parent_id else None
        try:
            actions.move(code=code, parent=parent, by=request.user, now=timezone.now())
            return redirect(_at(request, code))
        except Refused as refused:
            put_on_form(form, refused)
    return _editing(request, code_id, place=form)


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def code_shift(request: StudyRequest, code_id: UUID) -> HttpResponse:
    """Moves a code up or down among its siblings."""
    code = get_object_or_404(_codes(request), id=code_id)
    siblings = list(code.version.codes.filter(parent=code.parent))
    place = siblings.index(code) + (-1 if request.POST.get("to") == "up" else 1)
    try:
        actions.move(code=code, parent=code.parent, place=place, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect(_at(request, code))


@requires(Permission.CODEBOOK_EDIT)
@require_POST
def code_remove(request: StudyRequest, code_id: UUID) -> HttpResponse:
    """Takes a code out of a draft, with those under it."""
    code = get_object_or_404(_codes(request), id=code_id)
    try:
        actions.remove(code=code, by=request.user, now=timezone.now())
        messages.success(request, _("“%(name)s” was removed.") % {"name": code.name})
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("codebook_version", request.study.id, code.version_id)


def _versions(request: StudyRequest) -> QuerySet[CodebookVersion]:
    versions = CodebookVersion.objects.filter(codebook__study=request.study)
    return versions.select_related("codebook", "frozen_by")


def _codes(request: StudyRequest) -> QuerySet[Code]:
    codes = Code.objects.filter(version__codebook__study=request.study)
    return codes.select_related("version__codebook", "parent")


def _beginning(request: StudyRequest, form: BaseForm) -> HttpResponse:
    facts = {
        "form": form,
        "presets": queries.presets(),
        "may_edit": request.membership.may(Permission.CODEBOOK_EDIT),
    }
    return render(request, "codebooks/codebook_start.html", facts, status=_status(form))


def _version_list(request: StudyRequest, form: BaseForm | None) -> HttpResponse:
    in_order = _versions(request).order_by("-codebook__created_at", "-number")
    versions = in_order.annotate(codes_held=Count("codes"))
    facts = {
        "rows": [(version, queries.changes(version)) for version in versions],
        "form": form,
        "may_edit": request.membership.may(Permission.CODEBOOK_EDIT),
    }
    status = _status(form) if form else HTTPStatus.OK
    return render(request, "codebooks/version_list.html", facts, status=status)


def _adding(
    request: StudyRequest, version: CodebookVersion, parent: Code | None, form: BaseForm
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        given = {"version": version, "parent": parent, **form.cleaned_data}
        try:
            code = actions.add_code(**given, by=request.user, now=timezone.now())
            return redirect(_at(request, code))
        except Refused as refused:
            put_on_form(form, refused, NameIsTaken="name")
    facts = {"form": form, "version": version, "parent": parent}
    return render(request, "codebooks/code_add.html", facts, status=_status(form))


def _version(request: StudyRequest, version: CodebookVersion) -> HttpResponse:
    newest = queries.current_version(request.study)
    may_edit = request.membership.may(Permission.CODEBOOK_EDIT)
    facts = {
        "version": version,
        "nodes": queries.tree(version),
        "is_newest": version == newest,
        "newest": newest,
        "may_edit": may_edit,
        "may_see_codings": request.membership.may(Permission.CODINGS_VIEW),
        "may_change": may_edit and not version.is_frozen,
        **_because(request, version),
        "relook": _relook(request) if version == newest else None,
    }
    return render(request, "codebooks/codebook.html", facts)


def _because(request: StudyRequest, version: CodebookVersion) -> dict[str, Any]:
    """Which discrepancies the version was made for, and how many wait, for those who may read them."""
    if not request.membership.may(Permission.DISCREPANCIES_VIEW):
        return {}
    study, reader = request.study, request.user
    return {
        "changes": agreement_queries.codebook_changes(study=study, reader=reader, version=version),
        "waiting": agreement_queries.changes_seen_by(study=study, reader=reader).open().count(),
        "may_read_changes": True,
    }


def _relook(request: StudyRequest) -> coding_queries.Relook | None:
    """What the reader is to look at again since the version in use redefined it."""
    if not request.membership.may(Permission.CODING_CODE):
        return None
    return coding_queries.relook(
        study=request.study,
        reader=request.user,
        with_consensus=request.membership.may(Permission.ROUNDS_PLAN),
    )


def _editing(request: StudyRequest, code_id: UUID, **forms: BaseForm) -> HttpResponse:
    """The page of one code, read anew: a form that failed has written into the row that it was given."""
    code = _codes(request).get(id=code_id)
    nodes = queries.tree(code.version)
    facts: dict[str, Any] = {
        "code": code,
        "version": code.version,
        "form": CodeForm(instance=code),
        "place": PlaceForm(initial={"parent": code.parent_id}, nodes=nodes, code=code),
        "codes_below": next(node for node in queries.flat(nodes) if node.id == code.id).children,
    }
    return render(request, "codebooks/code_edit.html", facts | forms, status=_status(*forms.values()))


def _at(request: StudyRequest, code: Code) -> str:
    """The code's place on the page of its version."""
    page = reverse("codebook_version", args=[request.study.id, code.version_id])
    return f"{page}#code-{code.id}"


def _status(*forms: BaseForm) -> int:
    has_errors = any(form.is_bound and form.errors for form in forms)
    return HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
