"""The verbs of coding: nothing is doubled, nothing is lost, nothing is changed by anybody else."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment, Memo
from apps.core.refusal import Refused
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ruth_asks")]


def standing(work: CodingAssignment) -> list[tuple[str, int, int, str]]:
    rows = Coding.objects.standing().filter(assignment=work).order_by("start", "code__label", "influence")
    return list(rows.values_list("code__label", "start", "end", "influence"))


def remove(coding: Coding, **who: Any) -> Coding:
    return actions.remove(coding=coding, by=who.get("by", coding.assignment.coder), now=make.NOW)


def restore(coding: Coding) -> Coding:
    return actions.restore(coding=coding, by=coding.assignment.coder, now=make.NOW)


def write(coding: Coding, text: str, version: int | None = None) -> Memo:
    return actions.write_memo(
        assignment=coding.assignment, coding=coding, text=text, version=version, by=coding.assignment.coder
    )


def change(coding: Coding, influence: str, **fields: Any) -> Coding:
    fields = {"is_to_discuss": coding.is_to_discuss, "by": coding.assignment.coder, **fields}
    return actions.change(coding=coding, influence=influence, now=make.NOW, **fields)


def refusal(**facts: Any) -> str:
    with pytest.raises(Refused) as refused, transaction.atomic():
        actions.add(**{"by": facts["assignment"].coder, "now": make.NOW, **facts})
    return refused.value.code


# --- adding


def test_a_passage_is_coded_and_the_assignment_begun(work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 70, influence="helps")
    work.refresh_from_db()
    assert (standing(work), work.state) == ([("a1", 45, 70, "helps")], "in_progress")


@pytest.mark.parametrize(
    ("start", "end", "joined"),
    [(60, 90, (45, 90)), (50, 60, (45, 70)), (40, 80, (40, 80)), (70, 80, (45, 80)), (30, 45, (30, 70))],
    ids=["overlaps", "inside", "around", "touches its end", "touches its start"],
)
def test_the_same_code_nearby_is_extended(
    work: CodingAssignment, start: int, end: int, joined: tuple[int, int]
) -> None:
    make.coding(work, "a1", 45, 70)
    make.coding(work, "a1", start, end)
    assert standing(work) == [("a1", *joined, "")]


def test_one_coding_joins_all_that_it_reaches(work: CodingAssignment) -> None:
    for start, end in ((10, 20), (30, 40), (45, 60)):
        make.coding(work, "a1", start, end)
    make.coding(work, "a1", 15, 50)
    assert standing(work) == [("a1", 10, 60, "")]


def test_the_same_code_further_off_stands_apart(work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 70)
    make.coding(work, "a1", 71, 80)
    assert standing(work) == [("a1", 45, 70, ""), ("a1", 71, 80, "")]


def test_another_influence_or_another_code_stands_beside(work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 70, influence="helps")
    make.coding(work, "a1", 50, 60, influence="hinders")
    make.coding(work, "a2", 45, 70, influence="helps")
    assert standing(work) == [
        ("a1", 45, 70, "helps"),
        ("a2", 45, 70, "helps"),
        ("a1", 50, 60, "hinders"),
    ]


def test_a_coding_that_is_extended_keeps_its_memo_and_its_mark(work: CodingAssignment) -> None:
    first = change(make.coding(work, "a1", 45, 60), "", is_to_discuss=True)
    write(first, "Why she stayed.")
    write(make.coding(work, "a1", 70, 80), "And why she rang.")
    joined = make.coding(work, "a1", 55, 75)
    assert (joined.is_to_discuss, joined.memo.text) == (True, "Why she stayed.\n\nAnd why she rang.")


def test_a_memo_is_not_doubled_when_its_coding_goes_and_comes(work: CodingAssignment) -> None:
    write(make.coding(work, "a1", 45, 60), "Why she stayed.")
    joined = make.coding(work, "a1", 55, 75)
    remove(joined)
    restore(joined)
    assert Memo.objects.get(coding=joined).text == "Why she stayed."


def test_joining_changes_the_version_of_the_memo(work: CodingAssignment) -> None:
    write(make.coding(work, "a1", 45, 60, influence="helps"), "Why she stayed.")
    other = make.coding(work, "a1", 50, 75)
    memo = write(other, "And why she rang.")
    change(other, "helps")
    with pytest.raises(actions.Changed):
        write(other, "An old page writes.", version=memo.version)
    assert Memo.objects.get(coding=other).text == "And why she rang.\n\nWhy she stayed."


# --- messages that come twice


def test_a_repeated_message_stores_nothing(work: CodingAssignment) -> None:
    client = uuid4()
    first = make.coding(work, "a1", 45, 70, client_id=client)
    again, is_new = actions.add(
        assignment=work, code=first.code, start=45, end=70, client_id=client, by=work.coder, now=make.NOW
    )
    assert (again.id, is_new, Coding.objects.count()) == (first.id, False, 1)


def test_a_repeated_message_is_known_after_its_coding_was_extended(work: CodingAssignment) -> None:
    client = uuid4()
    first = make.coding(work, "a1", 45, 70, client_id=client)
    make.coding(work, "a1", 60, 90)
    assert make.coding(work, "a1", 45, 70, client_id=client).id == first.id
    assert standing(work) == [("a1", 45, 90, "")]


def test_a_repeated_message_is_known_after_submission(work: CodingAssignment) -> None:
    client = uuid4()
    first = make.coding(work, "a1", 45, 70, client_id=client)
    actions.submit(assignment=work, by=work.coder, now=make.NOW)
    assert make.coding(work, "a1", 45, 70, client_id=client).id == first.id


def test_a_client_id_with_another_content_is_refused(work: CodingAssignment) -> None:
    client = uuid4()
    code = make.coding(work, "a1", 45, 70, client_id=client).code
    assert refusal(assignment=work, code=code, start=45, end=71, client_id=client) == "ClientIdReused"
    assert standing(work) == [("a1", 45, 70, "")]


def test_a_client_id_of_another_gesture_is_refused(work: CodingAssignment) -> None:
    client, coding = uuid4(), make.coding(work, "a1", 45, 70)
    actions.remove(coding=coding, by=work.coder, now=make.NOW, client_id=client)
    assert refusal(assignment=work, code=coding.code, start=1, end=5, client_id=client) == "ClientIdReused"
    assert standing(work) == []


def test_two_coders_may_use_the_same_client_id(cast: make.Cast, work: CodingAssignment) -> None:
    client = uuid4()
    other = make.assignment(cast.study, cast.jin, version=work.transcript_version)
    first = make.coding(work, "a1", 45, 70, client_id=client)
    assert make.coding(other, "a1", 45, 70, client_id=client).id != first.id


# --- what is refused


def test_what_cannot_be_coded(cast: make.Cast, work: CodingAssignment) -> None:
    codes = work.codebook_version.codes
    length = work.transcript_version.length
    fits = {"assignment": work, "code": codes.get(label="a1"), "start": 0, "end": 5}
    assert refusal(**{**fits, "end": length + 1}) == "OutsideText"
    assert refusal(**{**fits, "start": 5}) == "OutsideText"
    assert refusal(**{**fits, "start": -1}) == "OutsideText"
    assert refusal(**{**fits, "code": codes.get(label="a")}) == "NotApplicable"
    assert refusal(**{**fits, "code": make.codebook(cast.study).codes.get(label="a1")}) == "NotApplicable"
    assert refusal(**{**fits, "by": cast.pi}) == "NotYours"
    assert standing(work) == []


@pytest.mark.parametrize(
    ("state", "expected"),
    [({"state": "submitted", "submitted_at": make.NOW}, "Submitted"), ({"voided_at": make.NOW}, "SetAside")],
)
def test_nothing_is_changed_after_submission_or_in_a_voided_round(
    work: CodingAssignment, state: dict[str, Any], expected: str
) -> None:
    coding = make.coding(work, "a1", 45, 70)
    removed = remove(make.coding(work, "a2", 45, 70))
    memo = write(coding, "Why.")
    CodingAssignment.objects.filter(id=work.id).update(**state)
    tried = [
        lambda: actions.add(assignment=work, code=coding.code, start=1, end=2, by=work.coder, now=make.NOW),
        lambda: change(coding, "helps"),
        lambda: remove(coding),
        lambda: restore(removed),
        lambda: actions.undo(assignment=work, by=work.coder, now=make.NOW),
        lambda: write(coding, "Other.", version=memo.version),
        lambda: actions.submit(assignment=work, by=work.coder, now=make.NOW),
    ]
    codes = []
    for each in tried:
        with pytest.raises(Refused) as refused, transaction.atomic():
            each()
        codes.append(refused.value.code)
    assert codes == [expected] * len(tried)
    assert (standing(work), Memo.objects.get().text) == ([("a1", 45, 70, "")], "Why.")


def test_nobody_changes_the_codings_of_another(cast: make.Cast, work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 70)
    for other in (cast.jin, cast.pi):
        with pytest.raises(actions.NotYours):
            remove(coding, by=other)
        with pytest.raises(actions.NotYours):
            actions.submit(assignment=work, by=other, now=make.NOW)
        with pytest.raises(actions.NotYours):
            actions.start(assignment=work, by=other, now=make.NOW)


# --- changing


def test_influence_and_mark_are_set_and_counted(work: CodingAssignment) -> None:
    coding = change(make.coding(work, "a1", 45, 70), "hinders", is_to_discuss=True)
    assert (coding.influence, coding.is_to_discuss, coding.version) == ("hinders", True, 2)


def test_a_change_of_what_was_changed_elsewhere_is_refused(work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 70)
    change(coding, "helps", version=1)
    with pytest.raises(actions.Changed):
        change(coding, "hinders", version=1)
    assert standing(work) == [("a1", 45, 70, "helps")]


def test_a_change_that_makes_two_codings_the_same_joins_them(work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 70, influence="helps")
    other = make.coding(work, "a1", 60, 90)
    change(other, "helps")
    assert standing(work) == [("a1", 45, 90, "helps")]


def test_a_coding_that_was_taken_away_cannot_be_changed(work: CodingAssignment) -> None:
    coding = remove(make.coding(work, "a1", 45, 70, influence="helps"))
    make.coding(work, "a1", 45, 70)
    with pytest.raises(actions.TakenAway):
        change(coding, "")
    with pytest.raises(actions.TakenAway):
        write(coding, "Too late.")
    assert standing(work) == [("a1", 45, 70, "")]


# --- taking away and bringing back


def test_a_coding_is_taken_away_once_and_brought_back(work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 70)
    write(coding, "Why.")
    assert (remove(coding).version, remove(coding).version, standing(work)) == (2, 2, [])
    assert (restore(coding).version, restore(coding).version) == (3, 3)
    assert (standing(work), coding.memo.text) == ([("a1", 45, 70, "")], "Why.")


def test_what_has_taken_its_place_is_joined_when_a_coding_comes_back(work: CodingAssignment) -> None:
    coding = remove(make.coding(work, "a1", 45, 70))
    make.coding(work, "a1", 65, 90)
    restore(coding)
    assert standing(work) == [("a1", 45, 90, "")]


# --- memos


def test_a_memo_written_meanwhile_is_not_overwritten(work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 70)
    assert write(coding, "Mine.", version=0).version == 1
    with pytest.raises(actions.Changed):
        write(coding, "Another tab.", version=0)
    assert write(coding, "Mine, again.", version=1).version == 2


def test_there_is_one_memo_for_the_transcript_as_a_whole(work: CodingAssignment) -> None:
    for text in ("First impression.", "Second."):
        actions.write_memo(assignment=work, text=text, by=work.coder)
    assert list(Memo.objects.values_list("coding", "text", "version")) == [(None, "Second.", 2)]
