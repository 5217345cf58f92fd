"""The coding page and what it saves. A saved change answers with the turns that look different now."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.coding import actions, queries
from apps.coding.models import Coding, CodingAssignment, Gesture
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web import codebook, gestures, keys, marks
from apps.web.access import StudyRequest, requires
from apps.web.forms.coding import ChangeForm, CodingForm, EdgesForm, MessageForm, TurnForm
from apps.web.refusals import in_words
from apps.web.saving import coding_of, fitting, page_of, partial, refused, saving
from apps.web.views.assignments import own
from apps.web.views.memos import memo_facts, memo_of

CANNOT_TURN = (actions.NothingToUndo, actions.NothingToRedo, actions.NotAsLeft, actions.NoWordsLeft)


@requires(Permission.CODING_CODE)
def assignment(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """The text, the codebook and the passage panel."""
    assignment = own(request, assignment_id)
    if assignment.state == CodingAssignment.State.ASSIGNED and assignment.is_writable:
        actions.start(assignment=assignment, by=request.user, now=timezone.now())
    ledger = queries.ledger(assignment)
    surface = queries.surface(assignment)
    reading = queries.reading_of(assignment)
    facts = {
        "assignment": assignment,
        "codebook": codebook.panel(assignment, surface),
        "turns": marks.PLACE,
        "turn_count": surface.turn_count,
        "reading": reading,
        "at_hand": queries.at_hand(assignment),
        "read_percent": queries.read_percent(reading, assignment.transcript_version.length),
        "keys": keys.KEYS,
        "lost": queries.lost_words(assignment),
        "takes_new_codes": _takes_new_codes(assignment),
        "undoing": gestures.buttons(ledger),
        **(_team(request, assignment) if assignment.is_open else {}),
        **_panel(assignment, _asked_for(request, assignment)),
    }
    return marks.placed(surface.turns, render(request, "coding/assignment.html", facts))


def _takes_new_codes(assignment: CodingAssignment) -> bool:
    try:
        actions.must_take_new_codes(assignment)
    except Refused:
        return False
    return assignment.is_writable


@requires(Permission.CODING_CODE)
def team(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """What colleagues have coded on the same text, where coding is open."""
    assignment = own(request, assignment_id)
    if not assignment.is_open:
        raise Http404
    return partial("coding/_team.html", _team(request, assignment))


def _team(request: StudyRequest, assignment: CodingAssignment) -> dict[str, Any]:
    team = queries.team(assignment, viewer=request.user, now=timezone.now())
    return {"team": team, "assignment": assignment}


@requires(Permission.CODING_CODE)
def passage(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """The passage panel while no coding is chosen."""
    assignment = own(request, assignment_id)
    if not request.htmx:
        return redirect(page_of(assignment))
    return partial("coding/_passage.html", _panel(assignment, None))


@requires(Permission.CODING_CODE)
def coding(request: StudyRequest, assignment_id: UUID, coding_id: UUID) -> HttpResponse:
    """The passage panel of one coding."""
    assignment = own(request, assignment_id)
    coding = get_object_or_404(assignment.codings.standing(), id=coding_id)
    if not request.htmx:
        return redirect(page_of(assignment, coding))
    return partial("coding/_passage.html", _panel(assignment, coding))


@requires(Permission.CODING_CODE)
@saving
def coding_add(request: StudyRequest, assignment: CodingAssignment) -> HttpResponse:
    """Codes the selection."""
    form = CodingForm(request.POST, assignment=assignment)
    if not form.is_valid():
        return refused(request, assignment, _why_not(form))
    coding, is_new = actions.add(
        assignment=assignment, **form.cleaned_data, by=request.user, now=timezone.now()
    )
    return _saved(request, assignment, coding, written=coding.gesture if is_new else None)


def _why_not(form: CodingForm) -> str:
    """A page that lies open may show the codebook of before."""
    if "code" in form.errors:
        return _("This code is not in the codebook that you code with now; load the page again.")
    return _("This passage cannot be coded.")


@requires(Permission.CODING_CODE)
@saving
def coding_change(request: StudyRequest, assignment: CodingAssignment, coding_id: UUID) -> HttpResponse:
    """Sets influence and the "discuss" mark."""
    return _change(request, assignment, coding_id, ChangeForm(request.POST))


@requires(Permission.CODING_CODE)
@saving
def coding_move(request: StudyRequest, assignment: CodingAssignment, coding_id: UUID) -> HttpResponse:
    """Moves the edges."""
    return _change(request, assignment, coding_id, EdgesForm(request.POST))


def _change(
    request: StudyRequest, assignment: CodingAssignment, coding_id: UUID, form: MessageForm
) -> HttpResponse:
    if not form.is_valid():
        return refused(request, assignment, _("This cannot be set."))
    coding = actions.change(
        coding=coding_of(assignment, coding_id), **form.cleaned_data, by=request.user, now=timezone.now()
    )
    return _saved(request, assignment, coding)


@requires(Permission.CODING_CODE)
@saving
def coding_remove(request: StudyRequest, assignment: CodingAssignment, coding_id: UUID) -> HttpResponse:
    """Takes a coding away."""
    coding = coding_of(assignment, coding_id)
    coding = actions.remove(coding=coding, **_message(request), by=request.user, now=timezone.now())
    return _saved(request, assignment, coding)


@requires(Permission.CODING_CODE)
@saving
def coding_restore(request: StudyRequest, assignment: CodingAssignment, coding_id: UUID) -> HttpResponse:
    """Brings a coding back."""
    coding = coding_of(assignment, coding_id)
    coding = actions.restore(coding=coding, **_message(request), by=request.user, now=timezone.now())
    return _saved(request, assignment, coding)


@requires(Permission.CODING_CODE)
@saving
def undo(request: StudyRequest, assignment: CodingAssignment) -> HttpResponse:
    """Undoes what was done last in the assignment, in whichever window."""
    return _turn(request, assignment, actions.undo)


@requires(Permission.CODING_CODE)
@saving
def redo(request: StudyRequest, assignment: CodingAssignment) -> HttpResponse:
    """Does again what was undone last."""
    return _turn(request, assignment, actions.redo)


def _turn(request: StudyRequest, assignment: CodingAssignment, turn: Callable[..., Gesture]) -> HttpResponse:
    form = TurnForm(request.POST)
    if not form.is_valid():
        return refused(request, assignment, _("This cannot be undone."))
    try:
        turned = turn(assignment=assignment, **form.cleaned_data, by=request.user, now=timezone.now())
    except (actions.Changed, *CANNOT_TURN) as why:
        if not request.htmx:
            raise
        return _saved(request, assignment, None, said=in_words(why), status=HTTPStatus.CONFLICT)
    return _saved(request, assignment, turned.coding, said=gestures.said(turned))


@requires(Permission.CODING_CODE)
def changes(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """What was done since in other windows and on other devices."""
    assignment = own(request, assignment_id)
    news = _news(request.GET, assignment, _named(assignment, request.GET.get("coding", "")))
    return fitting(request, assignment, news)


def _message(request: StudyRequest) -> dict[str, Any]:
    form = MessageForm(request.POST)
    return form.cleaned_data if form.is_valid() else {}


def _saved(
    request: StudyRequest,
    assignment: CodingAssignment,
    coding: Coding | None,
    *,
    written: Gesture | None = None,
    said: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The answer to a change: the page where there are no scripts, else what looks different."""
    if not request.htmx:
        if said:
            messages.success(request, said)
        return redirect(page_of(assignment, coding if coding and coding.removed_at is None else None))
    return _news(request.POST, assignment, coding, written=written, said=said, status=status)


def _news(
    asked: QueryDict,
    assignment: CodingAssignment,
    coding: Coding | None,
    *,
    written: Gesture | None = None,
    said: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """All that looks different since what the page knows, and the facts of a coding."""
    ledger = queries.ledger(assignment, written=written)
    since = queries.since(assignment, gestures.known(asked, ledger), ledger)
    drawn = marks.turns(since.turns) + marks.counts(since.counts) + marks.facts(coding, said)
    return HttpResponse(drawn + gestures.redrawn(ledger), status=status)


def _panel(assignment: CodingAssignment, coding: Coding | None) -> dict[str, Any]:
    memo = memo_of(assignment, coding)
    return memo_facts(assignment, coding, memo) | {
        "influences": [*Coding.Influence.choices, ("", _("None"))],
        "passage": queries.passage(coding) if coding else None,
    }


def _asked_for(request: StudyRequest, assignment: CodingAssignment) -> Coding | None:
    """The coding that the address names, if it stands."""
    coding = _named(assignment, request.GET.get("coding", ""))
    return coding if coding and coding.removed_at is None else None


def _named(assignment: CodingAssignment, key: str) -> Coding | None:
    try:
        return assignment.codings.filter(id=UUID(key)).select_related("code").first()
    except ValueError:
        return None
