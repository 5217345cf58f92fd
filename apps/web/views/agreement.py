from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.agreement import actions, queries
from apps.agreement.models import Discrepancy, Resolution, Round
from apps.core.refusal import Refused
from apps.jobs import actions as jobs
from apps.jobs.models import Run
from apps.studies.models import ParticipantGroup
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.agreement import DecisionForm, RoundForm
from apps.web.refusals import in_words, put_on_form

LEVELS = (
    ("answer", gettext_lazy("Answers")),
    ("sentence", gettext_lazy("Sentences")),
    ("turn", gettext_lazy("Turns")),
    ("character", gettext_lazy("Characters")),
)


@requires(Permission.ROUNDS_VIEW)
def rounds(request: StudyRequest) -> HttpResponse:
    """All rounds of the study, the newest first."""
    rows = (
        request.study.rounds.select_related("adjudicator", "codebook_version__codebook")
        .annotate(transcript_count=Count("transcripts"))
        .order_by("-number")
    )
    facts = {"rounds": rows, "may_plan": request.membership.may(Permission.ROUNDS_PLAN)}
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
    facts = {
        "round": found,
        "progress": queries.progress(round=found),
        "run": _run(found),
        "computed": queries.latest_run(round=found),
        "tally": queries.tally(round=found),
        "tallies": queries.tallies(round=found),
        "may_plan": request.membership.may(Permission.ROUNDS_PLAN),
        "may_read": request.membership.may(Permission.DISCREPANCIES_VIEW),
        "may_read_codings": request.membership.may(Permission.CODINGS_VIEW),
    }
    template = "agreement/_round.html" if request.htmx else "agreement/round.html"
    return render(request, template, facts)


@requires(Permission.ROUNDS_PLAN)
@require_POST
def round_release(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Releases a held round at once."""
    return _act(request, round_id, actions.release_now, _("The round is released."))


@requires(Permission.ROUNDS_PLAN)
@require_POST
def round_close(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Writes the consensus and freezes the round."""
    return _act(request, round_id, actions.close, _("The round is closed; its consensus is written."))


def _act(request: StudyRequest, round_id: UUID, action: Any, sentence: str) -> HttpResponse:
    try:
        action(round=_round(request, round_id), by=request.user, now=timezone.now())
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


@requires(Permission.AGREEMENT_VIEW)
def report(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """The stored figures of the round at one level."""
    found = _round(request, round_id)
    run = queries.latest_run(round=found)
    if run is None:
        return render(request, "agreement/report_waiting.html", {"round": found, "run": _run(found)})
    level = request.GET.get("level", "answer")
    level = level if level in dict(LEVELS) else "answer"
    table = queries.report(run=run, level=level, group=_group(request))
    facts = {
        "round": found,
        "report": table,
        "coders": get_text_list([coder.name for coder in table.coders], _("and")),
        "groups": request.study.groups.filter(
            participants__interviews__transcript__versions__in=found.transcripts.values("transcript_version")
        ).distinct(),
        "tally": queries.tally(round=found),
        "levels": LEVELS,
        "may_read": request.membership.may(Permission.DISCREPANCIES_VIEW),
    }
    return render(request, "agreement/report.html", facts)


@requires(Permission.DISCREPANCIES_VIEW)
def discrepancies(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """All discrepancies of the round, or those of a kind, a code or a transcript, or those still open."""
    found = _round(request, round_id)
    rows = _filtered(queries.discrepancies(round=found, user=request.user), request)
    facts = {
        "round": found,
        "discrepancies": rows,
        "kinds": Discrepancy.Kind.choices,
        "tally": queries.tally(round=found),
        "tallies": queries.tallies(round=found),
        "chosen": request.GET,
    }
    return render(request, "agreement/discrepancy_list.html", facts)


@requires(Permission.DISCREPANCIES_VIEW)
def discrepancy(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """One discrepancy with both codings in their context, and the decision on it."""
    return _resolver(request, _round(request, round_id), discrepancy_id, DecisionForm())


@requires(Permission.DISCREPANCIES_SETTLE)
@require_POST
def discrepancy_settle(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Decides a discrepancy and goes on to the next open one."""
    found = _round(request, round_id)
    row = get_object_or_404(queries.discrepancies(round=found, user=request.user), id=discrepancy_id)
    form = DecisionForm(request.POST)
    if form.is_valid():
        decision = {**form.cleaned_data, "outcome": Resolution.Outcome(form.cleaned_data["outcome"])}
        try:
            actions.settle(discrepancy=row, **decision, by=request.user, now=timezone.now())
            return redirect("discrepancy", request.study.id, round_id, _next_open(request, found, row))
        except Refused as refused:
            put_on_form(form, refused, ReasonMissing="reason")
    return _resolver(request, found, discrepancy_id, form)


@requires(Permission.DISCREPANCIES_SETTLE)
@require_POST
def discrepancy_undo(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Opens a settled discrepancy again."""
    rows = queries.discrepancies(round=_round(request, round_id), user=request.user)
    row = get_object_or_404(rows, id=discrepancy_id)
    try:
        actions.undo(discrepancy=row, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("discrepancy", request.study.id, round_id, discrepancy_id)


def _resolver(request: StudyRequest, round: Round, discrepancy_id: UUID, form: DecisionForm) -> HttpResponse:
    rows = queries.discrepancies(round=round, user=request.user)
    row = get_object_or_404(rows, id=discrepancy_id)
    beside = list(rows.filter(round_transcript=row.round_transcript_id))
    place = next(number for number, each in enumerate(beside, start=1) if each.id == row.id)
    facts = {
        "round": round,
        "discrepancy": row,
        "resolution": row.resolutions.filter(undone_at=None).select_related("decided_by").first(),
        "comparison": queries.comparison(discrepancy=row),
        "beside": beside,
        "place": place,
        "previous": beside[place - 2] if place > 1 else None,
        "following": beside[place] if place < len(beside) else None,
        "open_count": sum(each.outcome is None for each in beside),  # type: ignore[attr-defined]
        "form": form,
        "may_settle": request.membership.may(Permission.DISCREPANCIES_SETTLE)
        and round.state in {Round.State.CONFERRING, Round.State.ADJUDICATING},
    }
    return render(request, "agreement/discrepancy.html", facts, status=_status(form))


def _next_open(request: StudyRequest, round: Round, row: Discrepancy) -> UUID:
    """The next open one in reading order, from the start again after the last; else the same."""
    rows = queries.still_open(queries.discrepancies(round=round, user=request.user))
    open_ones = list(rows.values_list("position", "id"))
    later = [id for position, id in open_ones if position > row.position]
    return next(iter([*later, *(id for _position, id in open_ones), row.id]))


def _filtered(rows: QuerySet[Discrepancy], request: StudyRequest) -> QuerySet[Discrepancy]:
    chosen = request.GET
    if chosen.get("kind") in Discrepancy.Kind.values:
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("open"):
        rows = queries.still_open(rows)
    for name in ("transcript", "code"):
        try:
            wanted = UUID(chosen.get(name, ""))
        except ValueError:
            continue
        if name == "transcript":
            rows = rows.filter(round_transcript=wanted)
        else:
            first = Q(first_code=wanted) | Q(first_code__parent=wanted)
            second = Q(second_code=wanted) | Q(second_code__parent=wanted)
            rows = rows.filter(first | second)
    return rows


def _group(request: StudyRequest) -> ParticipantGroup | None:
    try:
        return request.study.groups.filter(id=UUID(request.GET.get("group", ""))).first()
    except ValueError:
        return None


def _round(request: StudyRequest, round_id: UUID) -> Round:
    rounds = request.study.rounds.select_related("adjudicator", "codebook_version__codebook", "closed_by")
    return get_object_or_404(rounds, id=round_id)


def _run(round: Round) -> Run | None:
    return Run.objects.filter(kind="agreement", arguments__round=str(round.id)).first()


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
