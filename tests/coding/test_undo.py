"""Undo and redo: a gesture goes and comes back with all its parts, whoever of the coder's windows made it."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from apps.coding import actions, queries
from apps.coding.models import Coding, CodingAssignment, Gesture, Memo
from apps.core.identity import acting_as
from apps.core.refusal import Refused
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ruth_asks")]


State = tuple[list[Any], list[Any]]


def state(work: CodingAssignment) -> State:
    """What stands, and the memos that say something."""
    rows = Coding.objects.standing().filter(assignment=work)
    codings = rows.order_by("start", "code__label", "influence").values_list(
        "id", "code__label", "start", "end", "influence", "is_to_discuss"
    )
    memos = Memo.objects.exclude(text="").order_by("id").values_list("coding", "text")
    return list(codings), list(memos)


def undo(work: CodingAssignment, **more: Any) -> Gesture:
    return actions.undo(assignment=work, by=work.coder, now=make.NOW, **more)


def redo(work: CodingAssignment, **more: Any) -> Gesture:
    return actions.redo(assignment=work, by=work.coder, now=make.NOW, **more)


def change(coding: Coding, **given: Any) -> Coding:
    return actions.change(coding=coding, by=coding.assignment.coder, now=make.NOW, **given)


def write(work: CodingAssignment, text: str, coding: Coding | None = None) -> Memo:
    return actions.write_memo(assignment=work, coding=coding, text=text, by=work.coder)


def refused(tried: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal:
        tried()
    return refusal.value.code


def each_step(work: CodingAssignment) -> list[Callable[[], Any]]:
    """A bit of everything that a coder does; each is one gesture."""
    who = {"by": work.coder, "now": make.NOW}
    made: dict[str, Coding] = {}

    def code(name: str, label: str, start: int, end: int, **more: Any) -> None:
        made[name] = make.coding(work, label, start, end, **more)

    return [
        lambda: code("one", "a1", 10, 20),
        lambda: write(work, "The first.", made["one"]),
        lambda: code("two", "a1", 30, 40),
        lambda: write(work, "The second.", made["two"]),
        lambda: change(made["two"], is_to_discuss=True),
        lambda: code("bridge", "a1", 15, 35),  # joins both, with their memos
        lambda: change(made["bridge"], start=20, end=38),
        lambda: code("helps", "a1", 36, 60, influence="helps"),  # stands beside
        lambda: change(made["bridge"], influence="helps"),  # joins
        lambda: code("far", "b1", 100, 110),
        lambda: code("farther", "b1", 120, 130),
        lambda: change(made["far"], start=105, end=120),  # meets, and extends
        lambda: actions.remove(coding=made["far"], **who),
        lambda: actions.restore(coding=made["far"], **who),
        lambda: write(work, "On the whole."),
        lambda: write(work, "On the whole, again."),
    ]


def test_every_gesture_is_undone_and_done_again_with_all_its_parts(work: CodingAssignment) -> None:
    states = [state(work)]
    for step in each_step(work):
        step()
        states.append(state(work))
    assert all(before != after for before, after in pairwise(states))
    for _ in range(2):
        for expected in reversed(states[:-1]):
            undo(work)
            assert state(work) == expected
        assert refused(lambda: undo(work)) == "NothingToUndo"
        for expected in states[1:]:
            redo(work)
            assert state(work) == expected
        assert refused(lambda: redo(work)) == "NothingToRedo"


def test_what_was_joined_comes_back_as_it_was(work: CodingAssignment) -> None:
    first = make.coding(work, "a1", 10, 20)
    second = make.coding(work, "a1", 30, 40)
    change(first, end=30)
    assert state(work)[0] == [(first.id, "a1", 10, 40, "", False)]
    undo(work)
    assert state(work)[0] == [(first.id, "a1", 10, 20, "", False), (second.id, "a1", 30, 40, "", False)]
    second.refresh_from_db()
    assert second.absorbed_into is None


def test_another_gesture_ends_what_could_be_done_again(work: CodingAssignment) -> None:
    make.coding(work, "a1", 10, 20)
    make.coding(work, "a2", 10, 20)
    undo(work)
    make.coding(work, "b1", 10, 20)
    assert refused(lambda: redo(work)) == "NothingToRedo"
    undo(work)
    assert [row[1] for row in state(work)[0]] == ["a1"]
    redo(work)
    assert [row[1] for row in state(work)[0]] == ["a1", "b1"]


def test_only_what_the_page_takes_for_the_last_is_undone(work: CodingAssignment) -> None:
    make.coding(work, "a1", 10, 20)
    seen = queries.ledger(work).to_undo
    make.coding(work, "a2", 10, 20)
    assert seen is not None
    assert refused(lambda: undo(work, of=seen.id)) == "Changed"
    last = queries.ledger(work).to_undo
    assert last is not None
    assert undo(work, of=last.id).of == last
    assert refused(lambda: redo(work, of=seen.id)) == "Changed"
    assert redo(work, of=last.id).of == last


@pytest.mark.parametrize("step", range(16))
def test_a_message_that_comes_again_changes_nothing(work: CodingAssignment, step: int) -> None:
    for each in each_step(work)[:step]:
        each()
    make.coding(work, "b2", 10, 20)
    key = uuid4()
    for turn in (undo, redo):
        key = uuid4()
        turned = turn(work, client_id=key)
        after = state(work)
        assert turn(work, client_id=key) == turned
        assert state(work) == after


def test_late_repetitions_are_known_after_other_gestures(work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 10, 20)
    keys = [uuid4() for _ in range(4)]
    who: dict[str, Any] = {"by": work.coder, "now": make.NOW}

    def messages() -> None:
        change(coding, start=5, client_id=keys[0])
        actions.write_memo(assignment=work, coding=coding, text="Why.", by=work.coder, client_id=keys[1])
        actions.remove(coding=coding, client_id=keys[2], **who)
        actions.restore(coding=coding, client_id=keys[3], **who)

    messages()
    change(coding, start=7)
    write(work, "Why not?", coding)
    before = state(work)
    messages()
    assert state(work) == before
    assert refused(lambda: change(coding, start=9, client_id=keys[0])) == "ClientIdReused"


def test_moved_edges_stay_inside_the_text_and_obey_the_version(work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 10, 20)
    assert refused(lambda: change(coding, end=work.transcript_version.length + 1)) == "OutsideText"
    assert refused(lambda: change(coding, start=20)) == "OutsideText"
    assert change(coding, start=12, version=1).version == 2
    assert refused(lambda: change(coding, end=30, version=1)) == "Changed"
    assert state(work)[0] == [(coding.id, "a1", 12, 20, "", False)]


def test_what_was_changed_otherwise_is_not_overwritten(work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 10, 20)
    Coding.objects.filter(id=coding.id).update(start=11, gesture=None)
    assert refused(lambda: undo(work)) == "NotAsLeft"
    assert state(work)[0] == [(coding.id, "a1", 11, 20, "", False)]


def test_places_are_never_guessed_in_a_text_to_which_no_correction_leads(
    cast: make.Cast, work: CodingAssignment
) -> None:
    made = make.coding(work, "a1", 10, 20)
    work.transcript_version = make.transcript(cast.study)
    work.save()
    assert refused(lambda: undo(work)) == "WhichText"
    assert state(work)[0] == [(made.id, "a1", 10, 20, "", False)]


def test_a_submitted_assignment_is_left_as_it_is(work: CodingAssignment) -> None:
    make.coding(work, "a1", 10, 20)
    key = uuid4()
    undo(work, client_id=key)
    actions.submit(assignment=work, by=work.coder, now=make.NOW)
    assert refused(lambda: redo(work)) == "Submitted"
    assert undo(work, client_id=key).kind == "undo"
    assert refused(lambda: undo(work, client_id=UUID(int=1))) == "Submitted"


# --- whose it is


def test_nobody_else_undoes_or_sees_gestures(cast: make.Cast, work: CodingAssignment) -> None:
    make.coding(work, "a1", 10, 20)
    CodingAssignment.objects.filter(id=work.id).update(
        state="submitted", submitted_at=make.NOW, released_at=make.NOW
    )
    assert Gesture.objects.count() == 1
    for name, user in cast.members.items():
        if name != "ruth":
            with acting_as(user.id):
                assert (name, Gesture.objects.count()) == (name, 0)
            assert (
                refused(lambda user=user: actions.undo(assignment=work, by=user, now=make.NOW)) == "NotYours"
            )


def test_a_gesture_is_never_deleted_nor_made_for_another(cast: make.Cast, work: CodingAssignment) -> None:
    make.coding(work, "a1", 10, 20)
    facts = {"assignment": work, "transcript_version": work.transcript_version, "kind": "memo"}
    with pytest.raises(ProgrammingError), transaction.atomic():
        Gesture.objects.all()._raw_delete("default")
    with acting_as(cast.jin.id), pytest.raises(ProgrammingError), transaction.atomic():
        Gesture.objects.create(**facts, number=2)


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"number": 1, "kind": "memo"}, "gesture_number_is_unique"),
        ({"number": 2, "kind": "memo", "client_id": UUID(int=7)}, "gesture_client_id_is_unique"),
        ({"number": 2, "kind": "undo"}, "gesture_undo_says_of_what"),
    ],
)
def test_the_constraints_bite(work: CodingAssignment, facts: dict[str, Any], name: str) -> None:
    make.coding(work, "a1", 10, 20, client_id=UUID(int=7))
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Gesture.objects.create(assignment=work, transcript_version=work.transcript_version, **facts)


def test_the_number_of_queries_does_not_grow_with_the_gestures(work: CodingAssignment) -> None:
    numbers = []
    for rounds in (1, 4):
        for place in range(rounds):
            make.coding(work, "a1", 10 + 20 * place, 20 + 20 * place)
        with CaptureQueriesContext(connection) as captured:
            undo(work)
        numbers.append(len(captured))
    assert numbers[0] == numbers[1]
