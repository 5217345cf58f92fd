from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.agreement import actions, queries
from apps.agreement.models import Round
from apps.core.refusal import Refused
from apps.jobs import actions as jobs
from apps.jobs.models import Run
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.agreement import RoundForm
from apps.web.forms.report import as_id
from apps.web.refusals import in_words, put_on_form
from apps.web.views.rounds import plan_facts
from apps.web.views.trail import trail_facts


@requires(Permission.ROUNDS_VIEW)
def rounds(request: StudyRequest) -> HttpResponse:
    """All rounds of the study, the newest first."""
    rows = (
        request.study.rounds.select_related("adjudicator", "codebook_version__codebook")
        .annotate(transcript_count=Count("transcripts", filter=Q(transcripts__withdrawn_at=None)))
        .order_by("-number")
    )
    may_plan = request.membership.may(Permission.ROUNDS_PLAN)
    facts = {
        "rounds": rows,
        "may_plan": may_plan,
        "coders": queries.coders_with_record(study=request.study, reader=request.user, is_for_all=may_plan),
    }
    return render(request, "agreement/round_list.html", facts)


@requires(Permission.ROUNDS_PLAN)
def round_open(request: StudyRequest) -> HttpResponse:
    """Plans a round and opens it in one act."""
    form = RoundForm(request.POST or None, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            opened = _open(request, form)
            return redirect("round", request.study.id, opened.id)
        except Refused as refused:
            put_on_form(
                form,
                refused,
                AdjudicatorCodes="adjudicator",
                NotADecider="adjudicator",
                TooFewCoders="coders",
            )
    return render(request, "agreement/round_open.html", {"form": form}, status=_status(form))


def _open(request: StudyRequest, form: RoundForm) -> Round:
    plan = form.cleaned_data
    return actions.open_round(
        study=request.study,
        transcript_versions=[each.versions.first() for each in plan["transcripts"]],
        coders=list(plan["coders"]),
        adjudicator=plan["adjudicator"],
        codebook_version=plan["codebook_version"],
        kind=Round.Kind(plan["kind"]),
        rationale=plan["rationale"],
        hold_minutes=plan["hold_minutes"],
        by=request.user,
        now=timezone.now(),
    )


@requires(Permission.ROUNDS_VIEW)
def round(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Where the round stands: who has submitted, what was computed, what is open."""
    found = _round(request, round_id)
    progress = queries.progress(round=found)
    tallies = queries.tallies(round=found)
    facts = {
        "round": found,
        "progress": progress,
        "taken_out": sum(bool(each.withdrawn_reason) for each in progress),
        "run": _run(found),
        "taken_out_since": queries.taken_out_since(round=found),
        "since_withdrawn": queries.since_withdrawn(round=found),
        "computed": queries.latest_run(round=found),
        "tally": queries.tally_of(tallies),
        "tallies": tallies,
        "may_plan": request.membership.may(Permission.ROUNDS_PLAN),
        "left_to_others": _left_to_others(request, found),
        "may_read": request.membership.may(Permission.DISCREPANCIES_VIEW),
        "may_read_codings": request.membership.may(Permission.CODINGS_VIEW),
        "is_coder": found.coders.filter(coder=request.user).exists(),
        **plan_facts(request, found),
    }
    if request.htmx:
        return _progress(request, facts)
    return render(request, "agreement/round.html", {**facts, **trail_facts(request, found)})


def _progress(request: StudyRequest, facts: dict[str, Any]) -> HttpResponse:
    """How far the worker is; once it is done the whole page is read again, for all of it says more then."""
    answer = render(request, "agreement/_round.html", facts)
    if facts["run"] is not None and facts["run"].is_over:
        answer["HX-Refresh"] = "true"
    return answer


def _left_to_others(request: StudyRequest, found: Round) -> list[queries.LeftToOthers]:
    """For whoever plans or decides: what the adjudicator may not decide, and who can."""
    rights = (Permission.ROUNDS_PLAN, Permission.DISCREPANCIES_SETTLE)
    if not any(request.membership.may(each) for each in rights):
        return []
    return queries.left_to_others(round=found, reader=request.user)


@requires(Permission.ROUNDS_PLAN)
@require_POST
def round_release(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Releases a held round, or one of its batches, at once."""
    found = _round(request, round_id)
    asked = as_id(request.POST.get("batch", ""))
    batch = get_object_or_404(found.batches, id=asked) if asked else None
    sentence = _("%(what)s is released.") % {"what": batch or found}
    return _act(request, round_id, actions.release_now, sentence, batch=batch)


@requires(Permission.ROUNDS_PLAN)
@require_POST
def round_close(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Writes the consensus and freezes the round."""
    return _act(request, round_id, actions.close, _("The round is closed; its consensus is written."))


def _act(request: StudyRequest, round_id: UUID, action: Any, sentence: str, **about: Any) -> HttpResponse:
    try:
        action(round=_round(request, round_id), **about, by=request.user, now=timezone.now())
        messages.success(request, sentence)
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("round", request.study.id, round_id)


@requires(Permission.CODINGS_VIEW)
def consensus(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """What the round has agreed on, transcript by transcript."""
    found = _round(request, round_id)
    transcripts = queries.consensus_by_transcript(round=found, user=request.user)
    return render(request, "agreement/consensus.html", {"round": found, "transcripts": transcripts})


@requires(Permission.ROUNDS_PLAN)
@require_POST
def round_retry(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Gives a failed computation another try."""
    run = _run(_round(request, round_id))
    if run is None:
        raise Http404
    try:
        jobs.retry(run=run)
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("round", request.study.id, round_id)


def _round(request: StudyRequest, round_id: UUID) -> Round:
    rounds = request.study.rounds.select_related("adjudicator", "codebook_version__codebook", "closed_by")
    return get_object_or_404(rounds, id=round_id)


def _run(round: Round) -> Run | None:
    return Run.objects.filter(kind="agreement", arguments__round=str(round.id)).first()


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
