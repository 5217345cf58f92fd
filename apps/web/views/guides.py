"""Topic guides: what the people of each group are asked, version by version."""

from http import HTTPStatus
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.codebooks.models import Code
from apps.core.refusal import Refused
from apps.participants import actions
from apps.participants.models import TopicGuide
from apps.participants.queries import guides as queries
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.guides import GuideForm, NewGuideForm, ReviewForm
from apps.web.refusals import put_on_form

_FIELDS = {
    "GuideIsUsed": "questions",
    "NoQuestion": "questions",
    "OfAnotherStudy": "group",
    "ReviewedInTheFuture": "reviewed_on",
}


@requires(Permission.PARTICIPANTS_VIEW)
def guides(request: StudyRequest) -> HttpResponse:
    """Every version of every group's guide."""
    facts = {
        "guides": queries.guides(request.study),
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
    }
    return render(request, "participants/guide_list.html", facts)


@requires(Permission.PARTICIPANTS_EDIT)
def guide_add(request: StudyRequest) -> HttpResponse:
    """Begins the next version of a group's guide, from a version that is named in the address if any is."""
    begin = _begin(request)
    form = NewGuideForm(request.POST or None, study=request.study, codes=_codes(request), begin=begin)
    if begin:
        form.initial = {**form.initial, "group": begin.group_id, "used_from": None, "note": ""}
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.begin_guide(
                study=request.study, **form.cleaned_data, by=request.user, now=timezone.now()
            )
            return redirect("guide", request.study.id, made.id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    return render(request, "participants/guide_edit.html", {"form": form}, status=_status(form))


@requires(Permission.PARTICIPANTS_VIEW)
def guide(request: StudyRequest, guide_id: UUID) -> HttpResponse:
    """One version: its questions, what they ask about, and what reviewers said."""
    found = get_object_or_404(queries.guides(request.study), id=guide_id)
    return _page(request, found, ReviewForm())


@requires(Permission.PARTICIPANTS_EDIT)
def guide_change(request: StudyRequest, guide_id: UUID) -> HttpResponse:
    """Puts a version right; its questions only while no interview has followed it."""
    found = get_object_or_404(queries.guides(request.study), id=guide_id)
    form = GuideForm(request.POST or None, codes=_codes(request), begin=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_guide(guide=found, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("guide", request.study.id, found.id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    facts = {"form": form, "guide": found}
    return render(request, "participants/guide_edit.html", facts, status=_status(form))


@requires(Permission.PARTICIPANTS_EDIT)
@require_POST
def guide_review(request: StudyRequest, guide_id: UUID) -> HttpResponse:
    """Writes down what people from outside said of a guide."""
    found = get_object_or_404(queries.guides(request.study), id=guide_id)
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            actions.review_guide(guide=found, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("guide", request.study.id, found.id)
        except Refused as refused:
            put_on_form(form, refused, **_FIELDS)
    return _page(request, found, form)


def _page(request: StudyRequest, found: TopicGuide, form: ReviewForm) -> HttpResponse:
    codes = {code.lineage: code for code in _codes(request)}
    questions = [
        (each, [codes[idea] for idea in each.constructs if idea in codes]) for each in found.questions.all()
    ]
    facts = {
        "guide": found,
        "questions": questions,
        "form": form,
        "may_edit": request.membership.may(Permission.PARTICIPANTS_EDIT),
    }
    return render(request, "participants/guide.html", facts, status=_status(form))


def _codes(request: StudyRequest) -> list[Code]:
    """Of the newest version of the codebook."""
    found = Code.objects.filter(version__codebook__study=request.study).order_by(
        "-version__number", "position"
    )
    newest = found.values_list("version_id", flat=True).first()
    return list(found.filter(version_id=newest))


def _begin(request: StudyRequest) -> TopicGuide | None:
    """The version that the address names; None where it names none of the study's."""
    try:
        return request.study.topic_guides.filter(id=UUID(request.GET.get("from", ""))).first()
    except ValueError:
        return None


def _status(form: BaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
