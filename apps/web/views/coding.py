"""The coding page and what it saves. A saved change answers with the turns that look different now."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.coding import actions, queries
from apps.coding.models import Coding, CodingAssignment, Gesture, Memo
from apps.core.refusal import Refused
from apps.studies.permissions import Permission
from apps.web import codebook, gestures, marks
from apps.web.access import StudyRequest, requires
from apps.web.forms.coding import ChangeForm, CodingForm, EdgesForm, MemoForm, MessageForm, TurnForm
from apps.web.refusals import in_words
from apps.web.views.assignments import own

P = ParamSpec("P")
Saving = Callable[Concatenate[StudyRequest, CodingAssignment, P], HttpResponse]
Guarded = Callable[..., HttpResponse]

KEYS = (
    ("j k", gettext_lazy("next turn, turn before")),
    ("← → ↑ ↓", gettext_lazy("move the caret; with Ctrl (on a Mac ⌥) by words")),
    ("⇧ ← →", gettext_lazy("select; with Ctrl (on a Mac ⌥) by words")),
    (
        "Home End",
        gettext_lazy("start or end of the turn, with Ctrl of the text (Mac: ⌘ and arrows); with ⇧ select"),
    ),
    ("s", gettext_lazy("select the sentence, then the next as well")),
    ("J K", gettext_lazy("select to the end of the turn, to its beginning")),
    ("↵ c", gettext_lazy("choose a code for the selection, or for the sentence at the caret")),
    (
        "a … z",
        gettext_lazy(
            "with words selected: begin a label, such as c1, or search for a code; ↵ before j k n p s"
        ),
    ),
    ("↵ ⇧↵", gettext_lazy("in the list: apply, apply and choose one more")),
    ("1 … 9", gettext_lazy("code the selection with a pinned or recent code")),
    ("Ctrl ↵", gettext_lazy("in the list, where the codebook is open: make a new code")),
    (".", gettext_lazy("code the selection with the last code")),
    ("n p", gettext_lazy("next coding, coding before")),
    ("N P", gettext_lazy("next turn without a coding, the one before")),
    ("[ ]", gettext_lazy("pick the beginning or end of this coding; ← → move it, ↵ keeps it")),
    ("x", gettext_lazy("remove this coding")),
    ("v", gettext_lazy("influence")),
    ("d", gettext_lazy("mark to discuss")),
    ("m", gettext_lazy("memo: why this code?")),
    ("b", gettext_lazy("show only this code, and all again")),
    ("u", gettext_lazy("undo")),
    ("U", gettext_lazy("redo")),
    ("/", gettext_lazy("find in the text")),
)


def _saving(view: Saving[P]) -> Guarded:
    """A POST to one's own assignment; a refusal is answered with its sentence."""

    @wraps(view)
    def guarded(
        request: StudyRequest, assignment_id: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        assignment = actions.hold(study=request.study, coder=request.user, assignment=assignment_id)
        if assignment is None:
            raise Http404
        try:
            return _fitting(request, assignment, view(request, assignment, *args, **kwargs))
        except Refused as refused:
            return _refused(request, assignment, in_words(refused))

    return require_POST(guarded)


def _fitting(request: StudyRequest, assignment: CodingAssignment, saved: HttpResponse) -> HttpResponse:
    """What was saved; a page that shows a text which was corrected meanwhile is told to open anew."""
    asked = request.POST if request.method == "POST" else request.GET
    drawn = asked.get("transcript_version")
    is_corrected = drawn not in (None, str(assignment.transcript_version_id))
    if is_corrected and saved.status_code in {HTTPStatus.OK, HTTPStatus.CONFLICT}:
        return HttpResponse(status=HTTPStatus.RESET_CONTENT)
    return saved


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
        "keys": KEYS,
        "lost": queries.lost_words(assignment),
        "takes_new_codes": _takes_new_codes(assignment),
        **gestures.buttons(ledger),
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
    return _partial("coding/_team.html", _team(request, assignment))


def _team(request: StudyRequest, assignment: CodingAssignment) -> dict[str, Any]:
    team = queries.team(assignment, viewer=request.user, now=timezone.now())
    return {"team": team, "assignment": assignment}


@requires(Permission.CODING_CODE)
def passage(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """The passage panel while no coding is chosen."""
    assignment = own(request, assignment_id)
    if not request.htmx:
        return redirect(_at(assignment, None))
    return _partial("coding/_passage.html", _panel(assignment, None))


@requires(Permission.CODING_CODE)
def coding(request: StudyRequest, assignment_id: UUID, coding_id: UUID) -> HttpResponse:
    """The passage panel of one coding."""
    assignment = own(request, assignment_id)
    coding = get_object_or_404(assignment.codings.standing(), id=coding_id)
    if not request.htmx:
        return redirect(_at(assignment, coding))
    return _partial("coding/_passage.html", _panel(assignment, coding))


@requires(Permission.CODING_CODE)
@_saving
def coding_add(request: StudyRequest, assignment: CodingAssignment) -> HttpResponse:
    """Codes the selection."""
    form = CodingForm(request.POST, assignment=assignment)
    if not form.is_valid():
        return _refused(request, assignment, _why_not(form))
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
@_saving
def coding_change(request: StudyRequest, assignment: CodingAssignment, coding_id: UUID) -> HttpResponse:
    """Sets influence and the "discuss" mark."""
    return _change(request, assignment, coding_id, ChangeForm(request.POST))


@requires(Permission.CODING_CODE)
@_saving
def coding_move(request: StudyRequest, assignment: CodingAssignment, coding_id: UUID) -> HttpResponse:
    """Moves the edges."""
    return _change(request, assignment, coding_id, EdgesForm(request.POST))


def _change(
    request: StudyRequest, assignment: CodingAssignment, coding_id: UUID, form: MessageForm
) -> HttpResponse:
    if not form.is_valid():
        return _refused(request, assignment, _("This cannot be set."))
    coding = actions.change(
        coding=_coding(assignment, coding_id), **form.cleaned_data, by=request.user, now=timezone.now()
    )
    return _saved(request, assignment, coding)


@requires(Permission.CODING_CODE)
@_saving
def coding_remove(request: StudyRequest, assignment: CodingAssignment, coding_id: UUID) -> HttpResponse:
    """Takes a coding away."""
    coding = _coding(assignment, coding_id)
    coding = actions.remove(coding=coding, **_message(request), by=request.user, now=timezone.now())
    return _saved(request, assignment, coding)


@requires(Permission.CODING_CODE)
@_saving
def coding_restore(request: StudyRequest, assignment: CodingAssignment, coding_id: UUID) -> HttpResponse:
    """Brings a coding back."""
    coding = _coding(assignment, coding_id)
    coding = actions.restore(coding=coding, **_message(request), by=request.user, now=timezone.now())
    return _saved(request, assignment, coding)


@requires(Permission.CODING_CODE)
@_saving
def undo(request: StudyRequest, assignment: CodingAssignment) -> HttpResponse:
    """Undoes what was done last in the assignment, in whichever window."""
    return _turn(request, assignment, actions.undo)


@requires(Permission.CODING_CODE)
@_saving
def redo(request: StudyRequest, assignment: CodingAssignment) -> HttpResponse:
    """Does again what was undone last."""
    return _turn(request, assignment, actions.redo)


def _turn(request: StudyRequest, assignment: CodingAssignment, turn: Callable[..., Gesture]) -> HttpResponse:
    form = TurnForm(request.POST)
    if not form.is_valid():
        return _refused(request, assignment, _("This cannot be undone."))
    try:
        turned = turn(assignment=assignment, **form.cleaned_data, by=request.user, now=timezone.now())
    except (actions.Changed, actions.NothingToUndo, actions.NothingToRedo, actions.NotAsLeft) as refused:
        if not request.htmx:
            raise
        return _saved(request, assignment, None, said=in_words(refused), status=HTTPStatus.CONFLICT)
    return _saved(request, assignment, turned.coding, said=gestures.said(turned))


@requires(Permission.CODING_CODE)
def changes(request: StudyRequest, assignment_id: UUID) -> HttpResponse:
    """What was done since in other windows and on other devices."""
    assignment = own(request, assignment_id)
    news = _news(request.GET, assignment, _named(assignment, request.GET.get("coding", "")))
    return _fitting(request, assignment, news)


def _message(request: StudyRequest) -> dict[str, Any]:
    form = MessageForm(request.POST)
    return form.cleaned_data if form.is_valid() else {}


@requires(Permission.CODING_CODE)
@_saving
def coding_memo(request: StudyRequest, assignment: CodingAssignment, coding_id: UUID) -> HttpResponse:
    """Writes the memo of a coding."""
    return _write_memo(request, assignment, _coding(assignment, coding_id))


@requires(Permission.CODING_CODE)
@_saving
def assignment_memo(request: StudyRequest, assignment: CodingAssignment) -> HttpResponse:
    """Writes the memo on the transcript as a whole."""
    return _write_memo(request, assignment, None)


def _write_memo(request: StudyRequest, assignment: CodingAssignment, coding: Coding | None) -> HttpResponse:
    form = MemoForm(request.POST)
    if not form.is_valid():
        return _refused(
            request, assignment, _("This memo cannot be saved: it is too long or has no version.")
        )
    try:
        memo = actions.write_memo(assignment=assignment, coding=coding, **form.cleaned_data, by=request.user)
    except actions.Changed as changed:
        if not request.htmx:
            raise
        facts = _memo(assignment, coding, _memo_of(assignment, coding))
        facts |= {"mine": form.cleaned_data["text"], "problem": in_words(changed)}
        return _partial("coding/_memo.html", facts, status=HTTPStatus.CONFLICT)
    if not request.htmx:
        return redirect(_at(assignment, coding))
    ledger = queries.ledger(assignment)
    # A memo draws no turn, so the page still has to ask for what else was done meanwhile.
    known = _known(request.POST, ledger)
    buttons = gestures.buttons(ledger, since=known if known < ledger.number - 1 else None)
    saved = render_to_string("coding/_memo.html", {**_memo(assignment, coding, memo), "is_saved": True})
    return HttpResponse(saved + render_to_string("coding/_undoing.html", buttons))


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
        return redirect(_at(assignment, coding if coding and coding.removed_at is None else None))
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
    since = queries.since(assignment, _known(asked, ledger), ledger)
    undoing = render_to_string("coding/_undoing.html", gestures.buttons(ledger))
    drawn = marks.turns(since.turns) + marks.counts(since.counts)
    return HttpResponse(drawn + marks.facts(coding, said) + undoing, status=status)


def _known(asked: QueryDict, ledger: queries.Ledger) -> int:
    """The last gesture that the page has drawn; whoever does not say has drawn all but the last."""
    known = asked.get("since", "")
    return int(known) if known.isdecimal() and len(known) < 10 else ledger.number - 1


def _panel(assignment: CodingAssignment, coding: Coding | None) -> dict[str, Any]:
    memo = _memo_of(assignment, coding)
    return _memo(assignment, coding, memo) | {
        "influences": [*Coding.Influence.choices, ("", _("None"))],
        "passage": queries.passage(coding) if coding else None,
    }


def _memo(assignment: CodingAssignment, coding: Coding | None, memo: Memo | None) -> dict[str, Any]:
    ids = [assignment.study_id, assignment.id, *([coding.id] if coding else [])]
    address = reverse("coding_memo" if coding else "assignment_memo", args=ids)
    label = _("Why this code?") if coding else _("Note on the whole transcript")
    name = f"memo-{coding.id if coding else assignment.id}"
    return {
        "assignment": assignment,
        "memo": memo,
        "memo_id": name,
        "memo_url": address,
        "memo_label": label,
    }


def _memo_of(assignment: CodingAssignment, coding: Coding | None) -> Memo | None:
    if coding is None:
        return queries.memo_of_text(assignment)
    return Memo.objects.filter(assignment=assignment, coding=coding).first()


def _asked_for(request: StudyRequest, assignment: CodingAssignment) -> Coding | None:
    """The coding that the address names, if it stands."""
    coding = _named(assignment, request.GET.get("coding", ""))
    return coding if coding and coding.removed_at is None else None


def _named(assignment: CodingAssignment, key: str) -> Coding | None:
    try:
        return assignment.codings.filter(id=UUID(key)).select_related("code").first()
    except ValueError:
        return None


def _coding(assignment: CodingAssignment, coding_id: UUID) -> Coding:
    """By its id, or by what the browser called it, which does not know the id before it is saved."""
    by_any = Q(id=coding_id) | Q(client_id=coding_id)
    coding: Coding = get_object_or_404(Coding.objects.filter(by_any, assignment=assignment))
    coding.assignment = assignment
    return coding


def _partial(template: str, facts: dict[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
    """Without the request: the header's queries belong to whole pages, the CSRF token comes in a header."""
    return HttpResponse(render_to_string(template, facts), status=status)


def _refused(request: StudyRequest, assignment: CodingAssignment, sentence: str) -> HttpResponse:
    if request.htmx:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    messages.error(request, sentence)
    return redirect(_at(assignment, None))


def _at(assignment: CodingAssignment, coding: Coding | None) -> str:
    page = reverse("assignment", args=[assignment.study_id, assignment.id])
    return f"{page}?coding={coding.id}" if coding else page
