"""The pair's page: discrepancies of a transcript in reading order, each with both codings in the text."""

from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.agreement import actions, queries
from apps.agreement.models import Decision, Discrepancy, Round
from apps.coding.models import Coding
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web.access import StudyRequest, requires
from apps.web.forms.discrepancies import CommentForm, DecisionForm
from apps.web.forms.report import NARROWING, as_id, choice_in
from apps.web.refusals import in_words, put_on_form

FILTERS = ("kind", "code", "with", "side", "discuss", "open", *NARROWING)
# Each cause with the key that says it.
CAUSES = [(cause.value, cause.label, key) for cause, key in zip(Decision.Cause, "sdotrx", strict=True)]
KEYS = (
    ("j k", gettext_lazy("next, previous")),
    ("n", gettext_lazy("next open one")),
    ("1 2 3", gettext_lazy("the first, the second, both: decides and goes on")),
    ("4", gettext_lazy("neither; a reason is needed")),
    ("b i e", gettext_lazy("the union, what both marked, new boundaries")),
    ("/ p", gettext_lazy("another code; the codebook must change")),
    ("s d o t r x", gettext_lazy("the cause, before the decision")),
    ("y", gettext_lazy("agree with what the other proposes or has recorded")),
    ("a", gettext_lazy("leave it to the adjudicator")),
    ("u", gettext_lazy("undo")),
    ("g", gettext_lazy("go where something waits for your yes")),
    ("v", gettext_lazy("side by side, or overlaid")),
    ("m", gettext_lazy("write to the other")),
    ("w", gettext_lazy("whole transcript")),
)


@dataclass(frozen=True)
class Place:
    """Where a person stands in a round: one discrepancy, and what they may do with it."""

    request: StudyRequest
    round: Round
    row: Discrepancy

    @property
    def hides(self) -> bool:
        return queries.hides_names(round=self.round, discrepancy=self.row, reader=self.request.user)

    @property
    def is_turned(self) -> bool:
        return self.hides and queries.is_turned(self.row.id)

    @property
    def is_of_pair(self) -> bool:
        coders = (self.row.first_assignment.coder_id, self.row.second_assignment.coder_id)
        return self.request.user.id in coders

    @property
    def may_decide(self) -> bool:
        return self.deciding.may

    @cached_property
    def deciding(self) -> queries.Deciding:
        return queries.deciding(
            round=self.round,
            round_transcript=self.row.round_transcript,
            reader=self.request.user,
            membership=self.request.membership,
        )

    def form(self, *given: Any) -> DecisionForm:
        return DecisionForm(*given, discrepancy=self.row, round=self.round, is_turned=self.is_turned)

    def steps(self) -> list[queries.Step]:
        """Those of the same two coders on the same transcript, as far as the filters let them through."""
        given: Any = {"round": self.round, "reader": self.request.user, "hides": self.hides}
        if any(self.request.GET.get(name) for name in FILTERS):
            return queries.steps(filtered(queries.beside(self.row), self.request, self.round), **given)
        return queries.steps_beside(self.row, **given)


def place_of(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> Place:
    round = round_of(request, round_id)
    row = queries.discrepancy(discrepancy_id, round=round, user=request.user)
    if row is None:
        raise Http404
    return Place(request, round, row)


def round_of(request: StudyRequest, round_id: UUID) -> Round:
    round = queries.round_of(study=request.study, round=round_id)
    if round is None:
        raise Http404
    return round


@requires(Permission.DISCREPANCIES_VIEW)
def discrepancies(request: StudyRequest, round_id: UUID) -> HttpResponse:
    """All discrepancies of the round, or those of a kind, a code or a transcript, or those still open."""
    found = round_of(request, round_id)
    rows = filtered(queries.discrepancies(round=found, user=request.user), request, found)
    page = Paginator(rows.values_list("id", flat=True), 100).get_page(request.GET.get("page"))
    # What stands in a line is read of these lines only.
    shown = list(queries.listed(rows.filter(id__in=list(page.object_list))))
    _hide_names(shown, found, request)
    tallies = queries.tallies(round=found)
    facts = {
        "round": found,
        "page": page,
        "discrepancies": shown,
        "kinds": Discrepancy.Kind.choices,
        "codes": found.codebook_version.codes.order_by("label"),
        "tally": queries.tally_of(tallies),
        "tallies": tallies,
        "chosen": request.GET,
        "query": query_of(request),
        "may_unite": found.state in {Round.State.CONFERRING, Round.State.ADJUDICATING}
        and request.membership.may(Permission.DISCREPANCIES_CONFER),
    }
    return render(request, "agreement/discrepancy_list.html", facts)


@requires(Permission.DISCREPANCIES_VIEW)
def discrepancy(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """One discrepancy with both codings in their context, what was proposed, and the decision on it."""
    return show(place_of(request, round_id, discrepancy_id))


@requires(Permission.DISCREPANCIES_SETTLE)
@require_POST
def discrepancy_settle(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Decides a discrepancy alone and goes on to the next open one."""
    return choose(place_of(request, round_id, discrepancy_id), actions.settle)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def discrepancy_undo(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Opens a settled discrepancy again."""
    return act(place_of(request, round_id, discrepancy_id), actions.undo)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def comment(request: StudyRequest, round_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Writes a line in the thread."""
    place = place_of(request, round_id, discrepancy_id)
    form = CommentForm(request.POST)
    if form.is_valid():
        here = reverse("discrepancy", args=[request.study.id, round_id, discrepancy_id])
        return act(place, actions.comment, text=form.cleaned_data["text"], path=here)
    return show(place, comment_form=form)


@requires(Permission.DISCREPANCIES_CONFER)
@require_POST
def comment_remove(
    request: StudyRequest, round_id: UUID, discrepancy_id: UUID, comment_id: UUID
) -> HttpResponse:
    """Takes back what one has written."""
    place = place_of(request, round_id, discrepancy_id)
    found = get_object_or_404(place.row.comments.filter(removed_at=None), id=comment_id)
    try:
        actions.remove_comment(comment=found, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    return go(place)


def _hide_names(rows: list[Any], round: Round, request: StudyRequest) -> None:
    """Gives rows whose coders the reader may not know their codes in the order of their page."""
    for row in rows:
        row.hides = queries.hides_names(round=round, discrepancy=row, reader=request.user)
    hidden = [row for row in rows if row.hides]
    if hidden:
        steps = {step.id: step for step in queries.steps_of(hidden, round=round, reader=request.user)}
        for row in hidden:
            row.tags = steps[str(row.id)].tags


# --- what every page of a discrepancy shares


def show(
    place: Place,
    *,
    form: DecisionForm | None = None,
    comment_form: CommentForm | None = None,
    before: UUID | None = None,
) -> HttpResponse:
    """The page, or only its part about this discrepancy where htmx asks for that."""
    request, round, row = place.request, place.round, place.row
    steps = place.steps()
    ids = [step.id for step in steps]
    at = ids.index(str(row.id)) if str(row.id) in ids else -1
    case = queries.case(
        discrepancy=row, round=round, reader=request.user, is_asked_to_decide=place.may_decide
    )
    facts = {
        "round": round,
        "discrepancy": row,
        "case": case,
        "steps": steps,
        "changed": [step for step in steps if step.id in {str(row.id), str(before)}],
        "place": at + 1,
        "previous": ids[at - 1] if at > 0 else None,
        "following": ids[at + 1] if 0 <= at < len(ids) - 1 else None,
        "next_open": (following := next_open(place, steps)),
        "elsewhere": None if following else _elsewhere(place),
        "open_count": sum(step.is_open for step in steps),
        "settled_count": sum(step.state == "settled" for step in steps),
        "form": form or place.form(),
        "comment_form": comment_form or CommentForm(),
        "may_decide": place.may_decide,
        "deciding": place.deciding,
        "may_propose": place.is_of_pair
        and round.state == Round.State.CONFERRING
        and row.round_transcript.withdrawn_at is None,
        "may_comment": round.state not in {Round.State.CLOSED, Round.State.VOID}
        and request.membership.may(Permission.DISCREPANCIES_CONFER),
        "is_overlaid": request.GET.get("view") == "overlaid",
        "here": reverse("discrepancy", args=[request.study.id, round.id, row.id]),
        "all_url": reverse("discrepancies", args=[request.study.id, round.id]),
        "query": query_of(request),
        "query_sides": query_of(request, view=""),
        "query_overlaid": query_of(request, view="overlaid"),
        "chosen": request.GET,
        "causes": CAUSES,
        **meeting_facts(place, case.said),
    }
    facts["may_undo"] = _may_undo(place, case)
    if not request.htmx:
        codes = round.codebook_version.codes.order_by("label")
        facts |= {"kinds": Discrepancy.Kind.choices, "codes": codes, "keys": KEYS}
    template = "agreement/_case.html" if request.htmx else "agreement/discrepancy.html"
    wrong = (form is not None and form.errors) or (comment_form is not None and comment_form.errors)
    return render(
        request, template, facts, status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    )


def meeting_facts(place: Place, said: queries.Said) -> dict[str, Any]:
    """Who is present, who drives, and what waits for the reader's yes."""
    reader, round = place.request.user, place.round
    meetings = list(queries.meetings_under_way(round=round)) if "meeting" in said.kinds else []
    meeting = queries.meeting_of(round=round, person=reader) if meetings else None
    waiting = queries.recorded_for(meeting=meeting, reader=reader) if meeting else None
    return {
        "meeting": meeting,
        "meetings": [] if place.hides else meetings,
        "present": queries.present(meeting=meeting) if meeting else [],
        "is_driver": meeting is not None and meeting.driver_id == reader.id,
        "both_present": meeting is not None and queries.both_present(meeting=meeting, discrepancy=place.row),
        "waiting": waiting if waiting != place.row.id else None,
        "mark": said.mark,
    }


def _may_undo(place: Place, case: queries.Case) -> bool:
    is_open = place.round.state in {Round.State.CONFERRING, Round.State.ADJUDICATING}
    is_own = case.is_of_pair and case.resolution is not None and case.resolution.is_by_pair
    return is_open and (place.may_decide or is_own)


def choose(place: Place, action: Any, **more: Any) -> HttpResponse:
    """Reads the decision from the form, acts, and goes on to the next open one."""
    form = place.form(place.request.POST)
    if form.is_valid():
        try:
            action(discrepancy=place.row, by=place.request.user, now=timezone.now(), **form.wish(), **more)
            return go_on(place)
        except Refused as refused:
            fields = {"ReasonMissing": "reason", "CodeMissing": "code", "InfluenceMissing": "influence"}
            put_on_form(form, refused, **fields)
    return show(place, form=form)


def act(place: Place, action: Any, **more: Any) -> HttpResponse:
    """Does something with the discrepancy and stays with it."""
    try:
        action(discrepancy=place.row, by=place.request.user, now=timezone.now(), **more)
    except Refused as refused:
        messages.error(place.request, in_words(refused))
    return go(place)


def go(place: Place) -> HttpResponse:
    """Shows the discrepancy anew, as a part where htmx asked."""
    if place.request.htmx:
        return show(place)
    return redirect(address(place.request, place.round, place.row.id))


def go_on(place: Place) -> HttpResponse:
    """Shows the next open one in reading order."""
    steps = place.steps()
    following = UUID(next_open(place, steps) or str(place.row.id))
    if not place.request.htmx:
        return redirect(address(place.request, place.round, following))
    response = show(place_of(place.request, place.round.id, following), before=place.row.id)
    response["HX-Push-Url"] = address(place.request, place.round, following)
    return response


def next_open(place: Place, steps: list[queries.Step]) -> str | None:
    """After this one in reading order, from the start again after the last."""
    waiting = _waiting_for(place)
    ids = [step.id for step in steps]
    here = str(place.row.id)
    at = ids.index(here) + 1 if here in ids else 0
    return next((step.id for step in [*steps[at:], *steps[:at]] if step.state in waiting), None)


def _waiting_for(place: Place) -> set[str]:
    """The states that ask the reader: an adjudicator is not led to what the pair still confers on."""
    if place.is_of_pair:
        return {"open", "answer", "differ"}
    is_adjudicator = place.round.adjudicator_id == place.request.user.id
    if is_adjudicator and place.round.state == Round.State.CONFERRING:
        return {"differ", "escalated"}
    return {"open", "answer", "differ", "escalated", "proposed"}


def _elsewhere(place: Place) -> queries.Elsewhere | None:
    """Where the reader goes on in the round, once nothing waits for them on this transcript."""
    return queries.elsewhere(
        discrepancy=place.row,
        round=place.round,
        reader=place.request.user,
        is_of_pair=place.is_of_pair,
        decides=place.request.membership.may(Permission.DISCREPANCIES_SETTLE),
    )


def address(request: StudyRequest, round: Round, discrepancy_id: UUID) -> str:
    return reverse("discrepancy", args=[request.study.id, round.id, discrepancy_id]) + query_of(request)


def query_of(request: StudyRequest, **other: str) -> str:
    """The filters, and how the sides are shown, to go along to the next page."""
    given = {name: request.GET.get(name, "") for name in (*FILTERS, "view")} | other
    kept = {name: value for name, value in given.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def filtered(rows: QuerySet[Discrepancy], request: StudyRequest, round: Round) -> QuerySet[Discrepancy]:
    """The rows that the filters of the page let through."""
    chosen = request.GET
    rows = queries.to_walk(rows)
    if chosen.get("kind") in Discrepancy.Kind.values:
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("open"):
        rows = queries.still_open(rows)
    if chosen.get("discuss"):
        marked = list(
            Coding.objects.visible_to(request.user)
            .standing()
            .filter(is_to_discuss=True, assignment__in=rows.values("first_assignment"))
            .values_list("id", flat=True)
        ) + list(
            Coding.objects.visible_to(request.user)
            .standing()
            .filter(is_to_discuss=True, assignment__in=rows.values("second_assignment"))
            .values_list("id", flat=True)
        )
        rows = rows.filter(Q(first_codings__overlap=marked) | Q(second_codings__overlap=marked))
    if transcript := as_id(chosen.get("transcript", "")):
        rows = rows.filter(round_transcript=transcript)
    code, other = as_id(chosen.get("code", "")), chosen.get("with", "")
    if code and (other == "none" or as_id(other)):
        # Where a round shuffles its sides, whose code is whose is for nobody to ask.
        side = "" if round.has_unnamed_sides and round.state != Round.State.CLOSED else chosen.get("side", "")
        rows = queries.between_codes(rows, code, as_id(other), side=side)
    elif code:
        rows = queries.about_code(rows, code)
    with_sites = queries.may_see_sites(membership=request.membership)
    return queries.narrowed(rows, choice_in(chosen, with_sites=with_sites))
