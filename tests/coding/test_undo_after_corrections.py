"""Undo and redo go on when the text was corrected: what comes back stands at its words, wherever they are."""

from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.coding import actions, queries
from apps.coding.models import Coding, CodingAssignment, Gesture, Memo
from apps.core.identity import acting_as
from apps.core.refusal import Refused
from apps.transcripts import actions as transcripts
from apps.transcripts.engine.correcting import moved_through
from apps.transcripts.models import TranscriptVersion
from tests import make
from tests.conftest import as_worker

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = "One two three four five six seven eight nine ten."
SECOND = "Red green blue white black."
# What a correction makes of the second turn of the text.
BEFORE = "Well, One two three four five six seven eight nine ten."
INSIDE = "One two three four fifth six seven eight nine ten."
AFTER = "One two three four five six seven eight nine ten, and more."
FIVE_GONE = "One two three four six seven eight nine ten."


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    text = make.transcript(cast.study, speech=(("I", "Well?"), ("P", FIRST), ("I", "And?"), ("P", SECOND)))
    return make.assignment(cast.study, cast.ruth, version=text)


def correct(work: CodingAssignment, words: dict[int, str], by: User) -> None:
    """As it is asked for, and as a worker carries it out."""
    work.transcript_version = TranscriptVersion.objects.filter(
        transcript=work.transcript_version.transcript
    ).latest("number")
    fix = transcripts.ask_for_correction(version=work.transcript_version, words=words, by=by, now=make.NOW)
    with as_worker(), transaction.atomic():
        actions.carry(correction=fix, corrected=transcripts.write_corrected(fix), now=make.NOW)
    work.refresh_from_db()


class Coder:
    """Ruth at her work: names words, and sees which words are coded."""

    def __init__(self, work: CodingAssignment) -> None:
        self.work = work
        self.who: dict[str, Any] = {"by": work.coder, "now": make.NOW}

    def at(self, words: str) -> dict[str, Any]:
        version = self.work.transcript_version
        start = version.text.index(words)
        return {"start": start, "end": start + len(words), "transcript_version": version.id}

    def add(self, label: str, words: str, **more: Any) -> Coding:
        return make.coding(self.work, label, **self.at(words), **more)

    def act(self, verb: Callable[..., Any], coding: Coding, **given: Any) -> None:
        with acting_as(self.work.coder_id):
            verb(coding=coding, **given, **self.who)

    def move(self, coding: Coding, words: str) -> None:
        self.act(actions.change, coding, **self.at(words))

    def write(self, coding: Coding, text: str) -> None:
        with acting_as(self.work.coder_id):
            actions.write_memo(assignment=self.work, coding=coding, text=text, by=self.work.coder)

    def undo(self) -> Gesture:
        with acting_as(self.work.coder_id):
            return actions.undo(assignment=self.work, **self.who)

    def redo(self) -> Gesture:
        with acting_as(self.work.coder_id):
            return actions.redo(assignment=self.work, **self.who)

    def coded(self) -> list[tuple[Any, ...]]:
        """Label, words, influence, mark and memo of all that stands."""
        self.work.refresh_from_db()
        text = self.work.transcript_version.text
        with acting_as(self.work.coder_id):
            standing = list(Coding.objects.standing().filter(assignment=self.work).select_related("code"))
            memos = dict(Memo.objects.filter(coding__isnull=False).values_list("coding", "text"))
        return [
            (
                each.code.label,
                text[each.start : each.end],
                each.influence,
                each.is_to_discuss,
                memos.get(each.id, ""),
            )
            for each in standing
        ]

    def waiting(self) -> int:
        with acting_as(self.work.coder_id):
            return queries.lost_words(self.work)

    def to_undo(self) -> str:
        with acting_as(self.work.coder_id):
            last = queries.ledger(self.work).to_undo
        return last.kind if last else ""


def refused(tried: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal:
        tried()
    return refusal.value.code


@pytest.fixture
def ruth(work: CodingAssignment) -> Coder:
    return Coder(work)


def a_bit_of_everything(ruth: Coder) -> Iterator[None]:
    """Each step is one gesture, and none is about the third and fifth word alone."""
    first = ruth.add("a1", "One two")
    yield
    ruth.write(first, "Why.")
    yield
    second = ruth.add("a1", "seven eight")
    yield
    ruth.write(second, "And why.")
    yield
    bridge = ruth.add("a1", "two three four five six seven")  # joins both, with their memos
    yield
    ruth.move(bridge, "four five six")
    yield
    ruth.act(actions.change, bridge, influence="helps", is_to_discuss=True)
    yield
    ruth.add("b1", "green blue")
    yield
    ruth.act(actions.remove, bridge)
    yield
    ruth.act(actions.restore, bridge)
    yield
    ruth.act(actions.remove, first)  # it went into the bridge: nothing is done
    ruth.act(actions.restore, second)  # parted again, and stands beside
    yield


def said(coded: list[tuple[Any, ...]], now: str) -> list[tuple[Any, ...]]:
    """The same with the words as they are after a correction."""
    changed = {INSIDE: ("five", "fifth"), FIVE_GONE: ("five ", "")}.get(now, ("", ""))
    return [(label, words.replace(*changed), *rest) for label, words, *rest in coded]


@pytest.mark.parametrize("now", [BEFORE, INSIDE, AFTER, FIVE_GONE])
def test_all_is_undone_and_done_again_on_the_corrected_text(cast: make.Cast, ruth: Coder, now: str) -> None:
    states = [ruth.coded(), *(ruth.coded() for _ in a_bit_of_everything(ruth))]
    correct(ruth.work, {1: now}, cast.pi)
    states = [said(state, now) for state in states]
    assert ruth.coded() == states[-1]
    for _ in range(2):
        for expected in reversed(states[:-1]):
            ruth.undo()
            assert ruth.coded() == expected
        assert refused(ruth.undo) == "NothingToUndo"
        for expected in states[1:]:
            ruth.redo()
            assert ruth.coded() == expected
        assert refused(ruth.redo) == "NothingToRedo"
    assert ruth.waiting() == 0


@pytest.mark.parametrize("step", range(11))
def test_a_correction_between_undo_and_redo(cast: make.Cast, ruth: Coder, step: int) -> None:
    states = [ruth.coded(), *(ruth.coded() for _ in a_bit_of_everything(ruth))]
    for _ in range(step):
        ruth.undo()
    correct(ruth.work, {1: INSIDE}, cast.pi)
    states = [said(state, INSIDE) for state in states]
    for expected in states[len(states) - step :]:
        ruth.redo()
        assert ruth.coded() == expected
    correct(ruth.work, {3: "Dark " + SECOND}, cast.pi)
    for expected in reversed(states[:-1]):
        ruth.undo()
        assert ruth.coded() == expected


# --- where the words are gone


def test_a_removed_coding_does_not_come_back_without_its_words(cast: make.Cast, ruth: Coder) -> None:
    made = ruth.add("a1", "five")
    ruth.act(actions.remove, made)
    correct(ruth.work, {1: FIVE_GONE}, cast.pi)
    assert refused(ruth.undo) == "NoWordsLeft"
    assert (ruth.coded(), ruth.waiting(), ruth.to_undo()) == ([], 0, "remove")


def test_a_coding_does_not_go_back_to_words_that_are_gone(cast: make.Cast, ruth: Coder) -> None:
    made = ruth.add("a1", "five")
    ruth.move(made, "seven")
    correct(ruth.work, {1: FIVE_GONE}, cast.pi)
    assert refused(ruth.undo) == "NoWordsLeft"
    assert ruth.coded() == [("a1", "seven", "", False, "")]


def test_a_coding_does_not_go_forth_to_words_that_are_gone(cast: make.Cast, ruth: Coder) -> None:
    ruth.move(ruth.add("a1", "seven"), "five")
    ruth.undo()
    correct(ruth.work, {1: FIVE_GONE}, cast.pi)
    assert refused(ruth.redo) == "NoWordsLeft"
    ruth.undo()
    ruth.redo()
    assert ruth.coded() == [("a1", "seven", "", False, "")]


def test_a_join_is_not_parted_where_one_part_has_no_words_left(cast: make.Cast, ruth: Coder) -> None:
    ruth.add("a1", "five")
    ruth.add("a1", "three")
    ruth.add("a1", "three four five")
    correct(ruth.work, {1: FIVE_GONE}, cast.pi)
    assert refused(ruth.undo) == "NoWordsLeft"
    assert ruth.coded() == [("a1", "three four ", "", False, "")]


def test_what_was_done_to_a_coding_that_lost_its_words_keeps_nobody_from_going_further_back(
    cast: make.Cast, ruth: Coder
) -> None:
    ruth.add("b1", "green")
    made = ruth.add("a1", "five")
    ruth.act(actions.change, made, influence="helps")
    correct(ruth.work, {1: FIVE_GONE}, cast.pi)
    assert ruth.waiting() == 1
    ruth.undo()
    assert (ruth.waiting(), ruth.coded()) == (1, [("b1", "green", "", False, "")])
    ruth.undo()
    assert ruth.waiting() == 0
    ruth.undo()
    assert ruth.coded() == []
    for _ in range(3):
        ruth.redo()
    assert ruth.waiting() == 1
    with acting_as(ruth.work.coder_id):
        assert Coding.objects.get(id=made.id).influence == "helps"
    ruth.act(actions.let_go, made)
    for _ in range(3):
        ruth.undo()
    assert (ruth.waiting(), ruth.coded()) == (0, [])


def test_a_join_that_lost_all_its_words_is_parted_and_each_part_waits(cast: make.Cast, ruth: Coder) -> None:
    ruth.add("a1", "five", influence="helps")
    made = ruth.add("a1", "five")
    ruth.act(actions.change, made, influence="helps")
    correct(ruth.work, {1: FIVE_GONE}, cast.pi)
    waiting = [ruth.waiting()]
    for turn in (ruth.undo, ruth.undo, ruth.undo, ruth.redo, ruth.redo, ruth.redo):
        turn()
        waiting.append(ruth.waiting())
    assert waiting == [1, 2, 1, 0, 1, 2, 1]
    assert ruth.coded() == []


def test_a_coding_that_lost_its_words_goes_back_to_the_words_that_it_had_before(
    cast: make.Cast, ruth: Coder
) -> None:
    ruth.move(ruth.add("a1", "seven"), "five")
    correct(ruth.work, {1: FIVE_GONE}, cast.pi)
    assert ruth.waiting() == 1
    ruth.undo()
    assert (ruth.waiting(), ruth.coded()) == (0, [("a1", "seven", "", False, "")])
    ruth.redo()
    assert (ruth.waiting(), ruth.coded()) == (1, [])


def test_keeping_a_coding_at_its_sentence_is_undone_as_well(cast: make.Cast, ruth: Coder) -> None:
    made = ruth.add("a1", "five")
    correct(ruth.work, {1: FIVE_GONE}, cast.pi)
    ruth.act(actions.restore, made)
    assert (ruth.waiting(), ruth.coded()) == (0, [("a1", FIVE_GONE, "", False, "")])
    ruth.undo()
    assert (ruth.waiting(), ruth.coded()) == (1, [])
    ruth.redo()
    ruth.act(actions.remove, made)
    assert (ruth.waiting(), ruth.coded()) == (0, [])


# --- whose it is, and which window


def test_a_message_of_an_old_page_turns_once_and_only_what_it_took_for_the_last(
    cast: make.Cast, ruth: Coder
) -> None:
    ruth.add("a1", "five")
    with acting_as(cast.ruth.id):
        seen = queries.ledger(ruth.work).to_undo
    assert seen is not None
    correct(ruth.work, {1: BEFORE}, cast.pi)
    facts: dict[str, Any] = {"assignment": ruth.work, "client_id": uuid4(), "of": seen.id, **ruth.who}
    with acting_as(cast.ruth.id):
        undone = actions.undo(**facts)
        assert actions.undo(**facts) == undone
    assert ruth.coded() == []
    start = ruth.at("five")["start"]
    assert (undone.start, undone.end) == (start, start + len("five"))
    ruth.add("a2", "five")
    ruth.undo()
    assert refused(ruth.undo) == "NothingToUndo"


def test_a_colleagues_blind_work_on_the_same_text_is_untouched(cast: make.Cast, ruth: Coder) -> None:
    jin = Coder(make.assignment(cast.study, cast.jin, version=ruth.work.transcript_version))
    jin.add("a1", "five six")
    ruth.move(ruth.add("a1", "five six"), "seven")
    correct(ruth.work, {1: INSIDE}, cast.pi)
    ruth.undo()
    assert (ruth.coded()[0][1], jin.coded()[0][1]) == ("fifth six", "fifth six")
    ruth.undo()
    assert (ruth.coded(), len(jin.coded())) == ([], 1)
    with acting_as(cast.jin.id):
        assert refused(lambda: actions.redo(assignment=ruth.work, by=cast.jin, now=make.NOW)) == "NotYours"


# --- whatever is done, in whatever order


@pytest.mark.parametrize("seed", range(8))
def test_undo_gives_what_the_corrections_make_of_the_state_before(
    cast: make.Cast, ruth: Coder, seed: int
) -> None:
    chance, fresh = Random(seed), count()
    states, steps = [rows_of(ruth.work)], list[Any]()
    at = [0]  # how many corrections there had been at each state
    for _ in range(14):
        if chance.random() < 0.2:
            steps.append(corrected_somehow(ruth, chance, fresh, cast.pi))
        else:
            do_something(ruth, chance)
            states.append(rows_of(ruth.work))
            at.append(len(steps))
    for turn, way in ((ruth.undo, range(len(states) - 2, -1, -1)), (ruth.redo, range(1, len(states)))):
        for place in way:
            if chance.random() < 0.2:
                steps.append(corrected_somehow(ruth, chance, fresh, cast.pi))
            expected = carried(states[place], steps[at[place] :])
            try:
                turn()
            except actions.NoWordsLeft:
                assert len(expected) < len(states[place])
                return
            assert rows_of(ruth.work) == expected


Rows = set[tuple[Any, ...]]


def rows_of(work: CodingAssignment) -> Rows:
    with acting_as(work.coder_id):
        rows = Coding.objects.standing().filter(assignment=work)
        found = rows.values_list("start", "end", "id", "influence", "is_to_discuss", "memo__text")
        return {(*row, memo or "") for *row, memo in found}


def carried(rows: Rows, steps: list[Any]) -> Rows:
    placed = ((moved_through(steps, start, end), rest) for start, end, *rest in rows)
    return {(*span, *rest) for span, rest in placed if span}


def corrected_somehow(ruth: Coder, chance: Random, fresh: Iterator[int], by: User) -> Any:
    version = ruth.work.transcript_version
    turn = version.turns.get(position=chance.choice([1, 3]))
    words = version.text[turn.start : turn.end].rstrip(".").split()
    place = chance.randrange(len(words))
    words[place : place + chance.choice([0, 1, 1, 2])] = [f"new{next(fresh)}"] * chance.choice([0, 1, 1, 2])
    said = " ".join(words or ["Nothing"])
    correct(ruth.work, {turn.position: f"{said} {next(fresh)}."}, by)
    with acting_as(ruth.work.coder_id):
        return transcripts.changes_of(ruth.work.transcript_version.corrects)


def do_something(ruth: Coder, chance: Random) -> None:
    """One gesture, on words that stand there now."""
    version = ruth.work.transcript_version
    start = chance.randrange(version.length - 12)
    place: dict[str, Any] = {
        "start": start,
        "end": start + chance.randrange(1, 12),
        "transcript_version": version.id,
    }
    label = chance.choice(["a1", "a1", "b1"])
    with acting_as(ruth.work.coder_id):
        rows = list(Coding.objects.filter(assignment=ruth.work, absorbed_into=None).order_by("id"))
    if not rows or chance.random() < 0.4:
        make.coding(ruth.work, label, **place, influence=chance.choice(["", "helps"]))
        return
    coding = chance.choice(rows)
    if coding.removed_at is not None:
        ruth.act(actions.restore, coding)
    elif (kind := chance.randrange(4)) == 0:
        ruth.act(actions.remove, coding)
    elif kind == 1:
        ruth.act(actions.change, coding, **place)
    elif kind == 2:
        ruth.act(actions.change, coding, influence="hinders", is_to_discuss=True)
    else:
        ruth.write(coding, f"Memo {start}.")
