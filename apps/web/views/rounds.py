"""A round planned, previewed, drawn and given out, and what comes between."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.agreement import actions, queries
from apps.agreement.models import Round, RoundTranscript
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.rounds import AdjudicatorForm, PlanForm, ReasonForm, ReopenForm, ReplaceForm, RulingForm
from apps.web.refusals import in_words, put_on_form

AT_FIELD = {
    "AdjudicatorCodes": "adjudicator",
    "NotADecider": "adjudicator",
    "TooFewCoders": "coders",
    "NotACoder": "coders",
    "InAnotherRound": "picked",
    "BatchesUnclear": "batches",
    "BatchTooSmall": "batches",
    "NotDrawnFrom": "strata",
}
AT_WHO_TAKES_OVER = {"NobodyToCode": "instead", "AdjudicatorCodes": "instead"}


@requires(Permission.ROUNDS_PLAN)
def round_plan(request: StudyRequest) -> HttpResponse:
    """Writes down a plan; what it would draw is shown next, before anything is drawn."""
    form = PlanForm(request.POST or None, study=request.study)
    if request.method == "POST" and form.is_valid():
        try:
            planned = actions.plan_round(
                study=request.study,
                plan=form.plan,
                picked=form.versions_picked,
                by=request.user,
                now=timezone.now(),
            )
            return redirect("round", request.study.id, planned.id)
        except Refused as refused:
            put_on_form(form, refused, **AT_FIELD)
    return render(request, "agreement/plan_edit.html", {"form": form}, status=status_of(form))


@requires(Permission.ROUNDS_PLAN)
def round_plan_change(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Changes a plan that has not been drawn."""
    found = _round(request, round_id)
    if found.state != Round.State.PLANNED:
        messages.error(request, in_words(actions.PlanStays()))
        return redirect("round", request.study.id, found.id)
    form = PlanForm(request.POST or None, study=request.study, round=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_plan(
                round=found, plan=form.plan, picked=form.versions_picked, by=request.user, now=timezone.now()
            )
            return redirect("round", request.study.id, found.id)
        except Refused as refused:
            put_on_form(form, refused, **AT_FIELD)
    facts = {"form": form, "round": found}
    return render(request, "agreement/plan_edit.html", facts, status=status_of(form))


@requires(Permission.ROUNDS_PLAN)
@require_POST
def round_plan_discard(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Throws away a plan that has not been drawn."""
    try:
        actions.discard_plan(round=_round(request, round_id), by=request.user, now=timezone.now())
        messages.success(request, _("The plan is thrown away."))
    except Refused as refused:
        messages.error(request, in_words(refused))
        return redirect("round", request.study.id, round_id)
    return redirect("rounds", request.study.id)


@requires(Permission.ROUNDS_PLAN)
@require_POST
def round_draw(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Draws what the preview showed, gives it out, and tells the coders."""
    try:
        drawn = actions.draw(
            round=_round(request, round_id),
            shown=request.POST.get("shown", ""),
            by=request.user,
            now=timezone.now(),
        )
        sentence = ngettext(
            "%(count)d transcript is given out; its coders are told.",
            "%(count)d transcripts are given out; their coders are told.",
            len(drawn),
        )
        messages.success(request, sentence % {"count": len(drawn)})
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("round", request.study.id, round_id)


@requires(Permission.ROUNDS_PLAN)
@require_POST
def round_draw_end(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Says that no more is drawn, so that the round can be released."""
    try:
        actions.end_draw(round=_round(request, round_id), by=request.user, now=timezone.now())
        messages.success(request, _("No more is drawn for this round."))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("round", request.study.id, round_id)


@requires(Permission.ROUNDS_PLAN)
@require_POST
def round_draw_again(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Takes back that no more is drawn, until the release."""
    try:
        actions.take_up_draw(round=_round(request, round_id), by=request.user, now=timezone.now())
        messages.success(request, _("The draw goes on; the round waits for more transcripts."))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("round", request.study.id, round_id)


@requires(Permission.ROUNDS_PLAN)
def round_coder_replace(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Gives the unfinished work of a coder who leaves to somebody else."""
    found = _round(request, round_id)
    form = ReplaceForm(request.POST or None, round=found)
    title = _("A coder leaves %(round)s") % {"round": found}
    lede = _("What they have submitted stays. What is unfinished is set aside and begun anew by another.")
    facts = {"title": title, "lede": lede, "label": _("Hand it over")}
    return _asked(request, found, form, actions.replace_coder, facts, round=found)


@requires(Permission.ROUNDS_PLAN)
def round_adjudicator_replace(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Names another adjudicator, until the close."""
    found = _round(request, round_id)
    facts = {
        "title": _("Another adjudicator for %(round)s") % {"round": found},
        "lede": _("What %(person)s has decided stays as it is. The new one is told.")
        % {"person": found.adjudicator.name},
        "label": _("Name them"),
    }
    form = AdjudicatorForm(request.POST or None, round=found)
    return _asked(request, found, form, actions.replace_adjudicator, facts, round=found)


@requires(Permission.ROUNDS_PLAN)
def round_transcript_withdraw(request: StudyRequest, round_id: UUID, member_id: UUID) -> HttpResponse:
    """Takes a transcript out of the round, with the reason."""
    found = _round(request, round_id)
    member = get_object_or_404(found.transcripts, id=member_id)
    words = {"transcript": member.transcript_version.transcript, "round": found}
    title = _("Take %(transcript)s out of %(round)s") % words
    lede = _("What was coded blind is set aside. Figures that were computed already stay as they were.")
    facts = {"title": title, "lede": lede, "label": _("Take it out"), "is_grave": True}
    return _asked(
        request, found, ReasonForm(request.POST or None), actions.withdraw_transcript, facts, member=member
    )


@requires(Permission.ROUNDS_PLAN)
def round_transcript_unblind(request: StudyRequest, round_id: UUID, member_id: UUID) -> HttpResponse:
    """Opens blind work in an emergency, after the password was given again, with the reason."""
    found = _round(request, round_id)
    answer: HttpResponse = _unblind(request, found, get_object_or_404(found.transcripts, id=member_id))
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def _unblind(request: StudyRequest, found: Round, member: RoundTranscript) -> HttpResponse:
    facts = {
        "title": _("Unblind %(transcript)s in an emergency")
        % {"transcript": member.transcript_version.transcript},
        "lede": _(
            "Its codings can be read at once. It is no longer independent, is left out of agreement, "
            "and its coders are told. This cannot be undone."
        ),
        "label": _("Unblind it"),
        "is_grave": True,
    }
    return _asked(request, found, ReasonForm(request.POST or None), actions.unblind, facts, member=member)


@requires(Permission.ROUNDS_PLAN)
def round_transcript_reopen(request: StudyRequest, round_id: UUID, member_id: UUID) -> HttpResponse:
    """Gives a released transcript to one of its coders anew: a pass that is not counted."""
    found = _round(request, round_id)
    member = get_object_or_404(found.transcripts, id=member_id)
    form = ReopenForm(request.POST or None, member=member)
    facts = {
        "title": _("Open %(transcript)s again") % {"transcript": member.transcript_version.transcript},
        "lede": _(
            "One of its coders goes over it once more, from the beginning and knowing what the other coded. "
            "It is not independent and in no agreement; what this round holds stays as it is."
        ),
        "label": _("Open it again"),
    }
    return _asked(request, found, form, actions.reopen, facts, member=member)


@requires(Permission.ROUNDS_PLAN)
def round_void(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Ends a round without a result, after the password was given again, with the reason."""
    answer: HttpResponse = _void(request, _round(request, round_id))
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def _void(request: StudyRequest, found: Round) -> HttpResponse:
    facts = {
        "title": _("Void %(round)s") % {"round": found},
        "lede": _(
            "For a round in which a code had to change its scope, or that went wrong. Work that was not "
            "released is set aside, nothing of the round is counted, and no consensus is written. Before the "
            "release its transcripts can be drawn again. Its coders are told. This cannot be undone."
        ),
        "label": _("Void the round"),
        "is_grave": True,
    }
    return _asked(request, found, ReasonForm(request.POST or None), actions.void, facts, round=found)


@requires(Permission.ROUNDS_PLAN)
def ruling_give(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """Clarifies a definition for all coders at once, while the round is being coded."""
    found = _round(request, round_id)
    form = RulingForm(request.POST or None, round=found)
    facts = {
        "title": _("Give a ruling"),
        "lede": _(
            "All coders of the round and its adjudicator are told at once. It stands beside the definition."
        ),
        "label": _("Give the ruling"),
    }
    return _asked(request, found, form, actions.give_ruling, facts, round=found)


def plan_facts(request: StudyRequest, round: Round) -> dict[str, Any]:
    """What the page of a round says of its plan, its draw, its coders and its rulings."""
    preview = None
    may_plan = request.membership.may(Permission.ROUNDS_PLAN)
    is_open = round.state == Round.State.PLANNED or round.is_being_coded
    if is_open and round.drawn_at is None and may_plan:
        preview = queries.preview(round=round)
    batches = queries.batches(round=round)
    return {
        "preview": preview,
        "widths": queries.widths(round=round, planned=preview.wanted, user=request.user)
        if preview and "width" in request.GET
        else None,
        "coders": queries.coders(round=round),
        "codes_again": queries.is_blind_again(round=round, user=request.user),
        "batches": batches,
        "waits_for_draw": queries.waits_for_draw(round, batches),
        "was_ended_early": may_plan and queries.was_ended_early(round=round),
        "empty_work": queries.empty_work(round=round, user=request.user),
        "rulings": round.rulings.select_related("code", "given_by"),
        "share": int(round.share * 100 + 0.5),
        "sample": queries.sample(round=round),
        "wants_draw": queries.wants_draw(round),
        "levels": [str(Round.Level(level).label) for level in round.levels],
        "own_numbers": queries.own_numbers(
            round=round, with_sites=queries.may_see_sites(membership=request.membership)
        ),
    }


def _asked(
    request: StudyRequest, page_of: Round, form: Any, action: Any, facts: dict[str, Any], **about: Any
) -> HttpResponse:
    """A page that asks one thing about a round, and does it."""
    if request.method == "POST" and form.is_valid():
        try:
            action(**about, **form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("round", request.study.id, page_of.id)
        except Refused as refused:
            put_on_form(form, refused, **AT_WHO_TAKES_OVER)
    context = {"form": form, "round": page_of, **facts}
    return render(request, "agreement/round_ask.html", context, status=status_of(form))


def _round(request: StudyRequest, round_id: UUID) -> Round:
    return get_object_or_404(request.study.rounds.select_related("study", "adjudicator"), id=round_id)


def status_of(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
