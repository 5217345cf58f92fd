"""One discrepancy as a reader sees it: both sides, what was proposed and decided, the thread."""

import re
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from apps.accounts.models import User
from apps.agreement.models import (
    Comment,
    Decision,
    Discrepancy,
    Escalation,
    Proposal,
    Resolution,
    Round,
    Ruling,
)
from apps.agreement.queries.codebook_changes import AskedChange, changes_seen_by, in_full
from apps.agreement.queries.differences import ContextTurn, Stretch, context, turns_around
from apps.agreement.queries.excerpts import Excerpt
from apps.agreement.queries.naming import hides_names, is_turned, names_of, words_for
from apps.agreement.queries.past import Past, past
from apps.agreement.queries.rulings import rulings_on
from apps.agreement.queries.said import Said, said
from apps.coding.models import Coding, CodingAssignment, Memo
from apps.core.compiled import Compiled
from apps.core.row_keys import any_of
from apps.transcripts.models import Turn

CONTEXT = 420
"""So many characters are shown before and after what the coders differ about, of a turn that is longer."""

WORD = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True)
class Told:
    """A proposal or a decision in words, with the names that the reader may know."""

    id: UUID
    by: str
    is_mine: bool
    at: datetime
    words: str
    cause: str
    reason: str
    is_recorded: bool = False
    confirmed_by: str = ""
    is_by_pair: bool = False
    is_with_others: bool = False
    asks_for_change: bool = False
    bulk: UUID | None = None


@dataclass(frozen=True)
class Standpoint:
    """One coder's version; `key` is what the reader's page calls the side."""

    key: str
    name: str
    initial: str
    is_reader: bool
    turns: list[ContextTurn]
    codings: list[Coding]
    memos: list[str]
    words: int
    proposal: Told | None


@dataclass(frozen=True)
class Line:
    """A comment of the thread."""

    id: UUID
    author: str
    is_mine: bool
    written_at: datetime
    text: str


@dataclass(frozen=True)
class Case:
    """All that a page shows of one discrepancy, in the order and with the names that are the reader's."""

    discrepancy: Discrepancy
    sides: tuple[Standpoint, Standpoint]
    overlaid: list[ContextTurn]
    hides_names: bool
    is_turned: bool
    is_of_pair: bool
    mine: Told | None
    theirs: Told | None
    resolution: Told | None
    escalated_by: str
    past: Past | None
    thread: list[Line]
    has_same_code: bool
    words_shared: int
    words_united: int
    said: Said
    turn_number: int
    change: AskedChange | None = None
    rulings: tuple[Ruling, ...] = ()

    @property
    def present(self) -> list[Standpoint]:
        """The sides that have coded something here."""
        return [side for side in self.sides if side.codings]


def case(*, discrepancy: Discrepancy, round: Round, reader: User, is_asked_to_decide: bool) -> Case:
    """Past decisions on the same codes come after one's own proposal, so that they do not decide this one."""
    hides = hides_names(round=round, discrepancy=discrepancy, reader=reader)
    turned = hides and is_turned(discrepancy.id)
    names = names_of(discrepancy, hides=hides)
    coders = (discrepancy.first_assignment.coder_id, discrepancy.second_assignment.coder_id)
    called = dict(zip(reversed(coders) if turned else coders, names, strict=True))
    told = _Teller(reader, names, turned, called)
    stands = said(discrepancy=discrepancy)
    proposals = _proposals(discrepancy, told) if "proposal" in stands.kinds else {}
    mine = proposals.get(reader.id)
    resolution = _resolution(discrepancy, told) if "resolution" in stands.kinds else None
    turns = turns_around(discrepancy)
    text = Excerpt.around(discrepancy, turns)
    turns = _clipped(turns, text, discrepancy)
    codings = _codings(discrepancy, turns)
    memos = _memos(codings, discrepancy)
    by_side = [
        _standpoint(
            assignment,
            turns,
            text,
            [each for each in codings if each.assignment_id == assignment.id],
            memos,
            discrepancy,
            called,
            reader,
            proposals,
        )
        for assignment in (discrepancy.first_assignment, discrepancy.second_assignment)
    ]
    ordered = by_side[::-1] if turned else by_side
    sides = tuple(
        _named(side, key, number)
        for number, (side, key) in enumerate(zip(ordered, ("first", "second"), strict=True), 1)
    )
    may_see_past = is_asked_to_decide or mine is not None or resolution is not None
    shared, united = _word_counts(text, by_side)
    return Case(
        discrepancy=discrepancy,
        sides=(sides[0], sides[1]),
        overlaid=_overlaid(turns, text, sides),
        hides_names=hides,
        is_turned=turned,
        is_of_pair=reader.id in coders,
        mine=mine,
        theirs=next((each for by, each in proposals.items() if by != reader.id), None),
        resolution=resolution,
        escalated_by=_escalated_by(discrepancy, told) if "escalation" in stands.kinds else "",
        past=past(discrepancy=discrepancy) if may_see_past else None,
        thread=_thread(discrepancy, told) if "comment" in stands.kinds else [],
        has_same_code=discrepancy.kind in {"boundary", "split", "influence"},
        words_shared=shared,
        words_united=united,
        said=stands,
        turn_number=next((each.position + 1 for each in turns if each.end > discrepancy.start), 1),
        change=_change(resolution, round, reader),
        rulings=rulings_on(round=round, codes=[each.code_id for side in by_side for each in side.codings]),
    )


def _change(resolution: Told | None, round: Round, reader: User) -> AskedChange | None:
    """What became of "the codebook must change"."""
    if resolution is None or not resolution.asks_for_change:
        return None
    rows = changes_seen_by(study=round.study, reader=reader).filter(resolution=resolution.id)
    return next(iter(in_full(rows, reader=reader)), None)


def find_words(*, discrepancy: Discrepancy, words: str) -> list[tuple[int, int]]:
    """Where these words stand around a discrepancy, white space aside, and touch it."""
    turns = turns_around(discrepancy)
    text = Excerpt.around(discrepancy, turns)
    pattern = r"\s+".join(map(re.escape, words.split()))
    if not pattern:
        return []
    found = [
        (each.start() + text.start, each.end() + text.start) for each in re.finditer(pattern, text.words)
    ]
    return [(start, end) for start, end in found if start < discrepancy.end and discrepancy.start < end]


@dataclass(frozen=True)
class _Teller:
    """Tells decisions to one reader."""

    reader: User
    names: tuple[str, str]
    is_turned: bool
    called: dict[UUID, str]

    def name(self, person: User) -> str:
        return self.called.get(person.id, person.name)

    def tell(self, decision: Decision, by: User, at: datetime, **more: object) -> Told:
        return Told(
            id=decision.id,
            by=self.name(by),
            is_mine=by.id == self.reader.id,
            at=at,
            words=words_for(decision, names=self.names, is_turned=self.is_turned),
            cause=str(decision.get_cause_display()) if decision.cause else "",
            reason=decision.reason,
            asks_for_change=decision.outcome == Decision.Outcome.CODEBOOK,
            bulk=decision.bulk,
            **more,  # type: ignore[arg-type]
        )


def _proposals(discrepancy: Discrepancy, told: _Teller) -> dict[UUID, Told]:
    rows = Proposal.objects.filter(discrepancy=discrepancy, withdrawn_at=None)
    return {
        each.proposed_by_id: told.tell(
            each, each.proposed_by, each.proposed_at, is_recorded=each.meeting_id is not None
        )
        for each in rows.select_related("proposed_by", "code")
    }


def _resolution(discrepancy: Discrepancy, told: _Teller) -> Told | None:
    rows = Resolution.objects.filter(discrepancy=discrepancy, undone_at=None)
    standing = rows.select_related("decided_by", "confirmed_by", "code").first()
    if standing is None:
        return None
    return told.tell(
        standing,
        standing.decided_by,
        standing.decided_at,
        confirmed_by=told.name(standing.confirmed_by) if standing.confirmed_by else "",
        is_by_pair=standing.confirmed_by_id is not None,
        is_with_others=standing.settled_with_id is not None,
    )


def _escalated_by(discrepancy: Discrepancy, told: _Teller) -> str:
    left = Escalation.objects.filter(discrepancy=discrepancy, withdrawn_at=None)
    found = left.select_related("escalated_by").first()
    return told.name(found.escalated_by) if found else ""


def _thread(discrepancy: Discrepancy, told: _Teller) -> list[Line]:
    rows = Comment.objects.filter(discrepancy=discrepancy, removed_at=None).select_related("author")
    return [
        Line(each.id, told.name(each.author), each.author_id == told.reader.id, each.written_at, each.text)
        for each in rows
    ]


def _codings(discrepancy: Discrepancy, turns: list[Turn]) -> list[Coding]:
    """Those of both coders in the turns that are shown."""
    return _coded_between(
        assignments=[discrepancy.first_assignment_id, discrepancy.second_assignment_id],
        start=turns[0].start,
        end=turns[-1].end,
    )


def _memos(codings: list[Coding], discrepancy: Discrepancy) -> dict[UUID, str]:
    """What was noted on the codings that differ, by the coding."""
    disputed = {*discrepancy.first_codings, *discrepancy.second_codings}
    named = [each.id for each in codings if each.id in disputed]
    return dict(_written_on(codings=named)) if named else {}


def _standpoint(
    assignment: CodingAssignment,
    turns: list[Turn],
    text: Excerpt,
    codings: list[Coding],
    memos: dict[UUID, str],
    discrepancy: Discrepancy,
    called: dict[UUID, str],
    reader: User,
    proposals: dict[UUID, Told],
) -> Standpoint:
    disputed = {*discrepancy.first_codings, *discrepancy.second_codings}
    named = [each for each in codings if each.id in disputed]
    return Standpoint(
        key="",
        name=called[assignment.coder_id],
        initial=called[assignment.coder_id][:1],
        is_reader=assignment.coder_id == reader.id,
        turns=[_shown(turn, text, codings, disputed) for turn in turns],
        codings=named,
        memos=[memos[each.id] for each in named if each.id in memos],
        words=sum(len(WORD.findall(text[each.start : each.end])) for each in named),
        proposal=proposals.get(assignment.coder_id),
    )


def _named(side: Standpoint, key: str, number: int) -> Standpoint:
    return replace(side, key=key, initial=str(number))


def _overlaid(turns: list[Turn], text: Excerpt, sides: tuple[Standpoint, ...]) -> list[ContextTurn]:
    """Both versions in one text; each coding begins with its label and the number of its side."""
    found = []
    for side in sides:
        for coding in map(copy, side.codings):
            coding.code = copy(coding.code)
            coding.code.label = f"{coding.code.label} · {side.initial}"
            found.append(coding)
    disputed = {each.id for each in found}
    return [_shown(turn, text, found, disputed) for turn in turns]


def _clipped(turns: list[Turn], text: Excerpt, discrepancy: Discrepancy) -> list[Turn]:
    """Long turns are cut between words, well before and after what the coders differ about."""
    low, high = discrepancy.start - CONTEXT, discrepancy.end + CONTEXT
    for turn in turns:
        if turn.end > discrepancy.start and turn.start < low:
            turn.start = text.word_after(low, before=discrepancy.start)
        if turn.end > high:
            turn.end = text.word_before(high, after=discrepancy.end)
    return turns


def _shown(turn: Turn, text: Excerpt, codings: list[Coding], disputed: set[UUID]) -> ContextTurn:
    """A turn with its marks, and an ellipsis where it was cut."""
    shown = context(turn, text, codings, disputed)
    gap = [Stretch("…", (), (), is_disputed=False)]
    before = gap if text.is_inside(turn.start - 1) else []
    after = gap if text.is_inside(turn.end) else []
    return replace(shown, stretches=[*before, *shown.stretches, *after])


def _word_counts(text: Excerpt, sides: list[Standpoint]) -> tuple[int, int]:
    """Words that both have coded, and words that one or the other has."""
    covered = [
        {
            each.start() + text.start
            for each in WORD.finditer(text.words)
            if any(coding.start <= each.start() + text.start < coding.end for coding in side.codings)
        }
        for side in sides
    ]
    return len(covered[0] & covered[1]), len(covered[0] | covered[1])


_coded_between = Compiled(
    lambda assignments, start, end: (
        Coding.objects.standing()
        .filter(assignment__in=any_of(assignments), start__lt=end, end__gt=start)
        .select_related("code")
    ),
    assignments=list,
    start=int,
    end=int,
)
_written_on = Compiled(
    lambda codings: (
        Memo.objects.filter(coding__in=any_of(codings)).exclude(text="").values_list("coding", "text")
    ),
    codings=list,
)
