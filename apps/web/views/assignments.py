from collections import defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.agreement import actions as agreement
from apps.coding import actions, queries
from apps.coding.models import Coding, CodingAssignment
from apps.core.compiled import Compiled
from apps.core.refusal import Refused
from apps.participants.models import Activity, Tie
from apps.participants.queries import ties_between
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion
from apps.web.access import StudyRequest, requires
from apps.web.forms.coding import AssignForm
from apps.web.refusals import in_words, put_on_form

ROUND = "in_round__round_transcript__round"


@dataclass(frozen=True)
class Choice:
    """A transcript that can be given, who has it already, and who of the coders has a tie to it."""

    version: TranscriptVersion
    is_chosen: bool
    given_to: list[CodingAssignment]
    ties: list[Tie]


@requires(Permission.CODING_CODE)
def assignments(request: StudyRequest) -> HttpResponse:
    """The person's own transcripts, how far they are, and how long the rest may take."""
    facts = {
        "queue": queries.queue(study=request.study, coder=request.user, related=[ROUND]),
        "today": timezone.localdate(),
        "may_assign": request.membership.may(Permission.CODING_ASSIGN),
    }
    return render(request, "coding/assignment_list.html", facts)


@requires(Permission.CODING_ASSIGN)
def assignments_of_team(request: StudyRequest) -> HttpResponse:
    """Who codes what, and whether it is started or submitted: nothing else is shown of anybody's coding."""
    work = queries.work_of_team(study=request.study).select_related(ROUND)
    facts = {
        "page": Paginator(work, 100).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
        "may_code": request.membership.may(Permission.CODING_CODE),
    }
    return render(request, "coding/assignment_team.html", facts)


@requires(Permission.CODING_ASSIGN)
def assignment_new(request: StudyRequest) -> HttpResponse:
    """Gives ready transcripts to a coder."""
    form = AssignForm(request.POST or None, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            given = _assign(request, form)
        except Refused as refused:
            put_on_form(form, refused, AlreadyAssigned="transcripts", NotACoder="coder")
        else:
            messages.success(request, _given(given))
            return redirect("assignments_of_team", request.study.id)
    facts = {"form": form, "choices": _choices(request, form)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "coding/assignment_new.html", facts, status=status)


@requires(Permission.CODING_CODE)
def assignment_submit(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """Asks once more, with what the coder may have forgotten; then hands the coding in."""
    assignment = own(request, assignment_id)
    if request.method == "POST":
        try:
            agreement.submit(assignment=assignment, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, in_words(refused))
            return redirect("assignment", request.study.id, assignment.id)
        name = assignment.transcript_version.transcript
        messages.success(request, _("%(transcript)s is submitted.") % {"transcript": name})
        return redirect("assignments", request.study.id)
    facts = {
        "assignment": assignment,
        "codings": Coding.objects.standing().filter(assignment=assignment).count(),
        "to_explain": queries.to_explain(assignment),
        "unread": queries.long_unread(assignment),
    }
    return render(request, "coding/assignment_submit.html", facts)


@requires(Permission.CODING_CODE)
@require_POST
def assignment_take_back(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """Opens a submitted coding again, as long as it was not released."""
    assignment = own(request, assignment_id)
    try:
        agreement.take_back(assignment=assignment, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("assignment", request.study.id, assignment.id)


def own(request: StudyRequest, assignment_id: UUID) -> CodingAssignment:
    """The assignment, if it is the person's own; to everybody else there is none."""
    found = _own.first(study=request.study.id, coder=request.user.id, assignment=assignment_id)
    if found is None:
        raise Http404
    return found


_own = Compiled(
    lambda study, coder, assignment: queries.own_work(
        study=study, coder=coder, also=[f"{ROUND}__number"]
    ).filter(id=assignment),
    study=UUID,
    coder=UUID,
    assignment=UUID,
)


def _assign(request: StudyRequest, form: AssignForm) -> list[CodingAssignment]:
    return actions.assign_each(
        study=request.study,
        coder=form.cleaned_data["coder"],
        transcript_versions=form.cleaned_data["transcripts"],
        codebook_version=form.cleaned_data["codebook_version"],
        due_on=form.cleaned_data["due_on"],
        by=request.user,
        now=timezone.now(),
    )


def _given(assignments: list[CodingAssignment]) -> str:
    count = len(assignments)
    sentence = ngettext(
        "%(coder)s has one more transcript.", "%(coder)s has %(count)d more transcripts.", count
    )
    return sentence % {"coder": assignments[0].coder.name, "count": count}


def _choices(request: StudyRequest, form: AssignForm) -> list[Choice]:
    given: dict[UUID, list[CodingAssignment]] = defaultdict(list)
    for assignment in queries.work_of_team(study=request.study):
        given[assignment.transcript_version.transcript_id].append(assignment)
    versions = list(queries.assignable(study=request.study))
    people = [each.transcript.interview.participant for each in versions]
    members = list(form.fields["coder"].queryset)  # type: ignore[attr-defined]
    known: dict[UUID, list[Tie]] = defaultdict(list)
    ties = ties_between(study=request.study, participants=people, members=members, activity=Activity.CODE)
    for (person, _member), tie in ties.items():
        known[person].append(tie)
    asked = request.POST.getlist("transcripts") if form.is_bound else request.GET.getlist("transcript")
    return [
        Choice(
            version,
            str(version.id) in asked,
            given[version.transcript_id],
            known[version.transcript.interview.participant_id],
        )
        for version in versions
    ]
