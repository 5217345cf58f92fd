"""Undo, redo and moved edges on the coding page, and what another window is told."""

import re
from html import escape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from tests import make

pytestmark = pytest.mark.django_db

HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


@pytest.fixture
def ruth(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.ruth)
    return client


def of(name: str, work: CodingAssignment, *ids: object) -> str:
    return reverse(name, args=[work.study_id, work.id, *ids])


def standing(work: CodingAssignment) -> list[tuple[int, int]]:
    with acting_as(work.coder_id):
        rows = Coding.objects.standing().filter(assignment=work).order_by("start")
        return list(rows.values_list("start", "end"))


def drawn(page: str) -> list[int]:
    """The turns in an answer."""
    return [int(number) for number in re.findall(r'id="turn-(\d+)"', page)]


def attribute(page: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', page)
    return found[1] if found else ""


def test_the_name_of_a_code_is_no_markup_on_the_buttons(ruth: Client, cast: make.Cast) -> None:
    name = "\"><b>{0} & %(what)s'"
    codebook = make.codebook(cast.study, is_frozen=False)
    codebook.codes.filter(label="a1").update(name=name)
    work = make.assignment(cast.study, cast.ruth, codebook=codebook)
    code = codebook.codes.get(label="a1")
    given = {"client_id": uuid4(), "code": code.id, "start": 45, "end": 70}
    saved = ruth.post(of("coding_add", work), given, **HTMX).content.decode()
    opened = ruth.get(of("assignment", work)).content.decode()
    words = escape(f"Undo: “{name}” coded")
    assert [page.count(f'aria-label="{words}" title="{words}">') for page in (saved, opened)] == [1, 1]


def test_undo_names_what_was_undone_and_redo_brings_it_back(ruth: Client, work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 70)
    page = ruth.get(of("assignment", work)).content.decode()
    assert page.count('aria-label="Undo: “Subconstruct a1” coded"') == 1
    undone = ruth.post(of("undo", work), {"since": 1}, **HTMX).content.decode()
    assert (attribute(undone, "data-said"), drawn(undone)) == ("Undone: “Subconstruct a1” coded", [2])
    assert (standing(work), attribute(undone, 'name="since" value')) == ([], "2")
    again = ruth.post(of("redo", work), {"since": 2}, **HTMX).content.decode()
    assert attribute(again, "data-said") == "Done again: “Subconstruct a1” coded"
    assert standing(work) == [(45, 70)]


def test_what_another_window_has_done_is_not_undone_unseen(ruth: Client, work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 50)
    of_page = re.search(
        r'id="undo" name="of" value="([^"]+)"', ruth.get(of("assignment", work)).content.decode()
    )
    assert of_page is not None
    make.coding(work, "a1", 150, 160)
    answer = ruth.post(of("undo", work), {"of": of_page[1], "since": 1}, **HTMX)
    page = answer.content.decode()
    assert (answer.status_code, attribute(page, "data-said")) == (
        409,
        "This was changed elsewhere since you opened it.",
    )
    assert (standing(work), attribute(page, 'name="since" value')) == ([(45, 50), (150, 160)], "2")


def test_every_answer_brings_what_was_done_in_other_windows(ruth: Client, work: CodingAssignment) -> None:
    turns = [turn.start for turn in work.transcript_version.turns.order_by("position")]
    make.coding(work, "a1", turns[1], turns[1] + 5)
    make.coding(work, "b1", turns[3], turns[3] + 5)
    nothing = ruth.get(of("changes", work), {"since": 2}).content.decode()
    assert drawn(nothing) == []
    last = ruth.get(of("changes", work), {"since": 1}).content.decode()
    assert drawn(last) == [4]
    every = ruth.get(of("changes", work), {"since": 0}).content.decode()
    assert drawn(every) == [2, 3, 4]
    assert len(re.findall(r'id="count-[^"]+">1<', every)) == 2


def test_edges_are_moved_once_and_not_over_another_change(ruth: Client, work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 60)
    given: dict[str, Any] = {"start": 50, "end": 70, "version": 1}
    assert ruth.post(of("coding_move", work, coding.id), given, **HTMX).status_code == 200
    late = ruth.post(of("coding_move", work, coding.id), {**given, "start": 45}, **HTMX)
    assert (late.status_code, late.content.decode()) == (
        422,
        "This was changed elsewhere since you opened it.",
    )
    assert ruth.post(of("coding_move", work, coding.id), {"start": "x"}, **HTMX).status_code == 422
    assert standing(work) == [(50, 70)]


def test_a_memo_is_undone_too(ruth: Client, work: CodingAssignment) -> None:
    with acting_as(work.coder_id):
        actions.write_memo(assignment=work, text="On the whole.", by=work.coder)
    page = ruth.post(of("undo", work), {}, **HTMX).content.decode()
    assert attribute(page, "data-said") == "Undone: memo on the transcript"
    assert ruth.get(of("assignment", work)).context["memo"].text == ""


def test_without_scripts_the_buttons_lead_back_to_the_page(ruth: Client, work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 70)
    page = ruth.post(of("undo", work), follow=True)
    assert page.redirect_chain == [(of("assignment", work), 302)]
    assert [str(message) for message in page.context["messages"]] == ["Undone: “Subconstruct a1” coded"]
    nothing = ruth.post(of("undo", work), follow=True)
    assert [str(message) for message in nothing.context["messages"]] == ["There is nothing to undo."]


def test_what_is_submitted_is_left_as_it_is(ruth: Client, work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 70)
    actions.submit(assignment=work, by=work.coder, now=make.NOW)
    late = ruth.post(of("undo", work), {}, **HTMX)
    sentence = "This coding was submitted; take it back if you want to change it."
    assert (late.status_code, late.content.decode()) == (422, sentence)


@pytest.mark.parametrize("name", ["jin", "pi", "outsider"])
def test_nobody_else_turns_anything(
    client: Client, cast: make.Cast, work: CodingAssignment, name: str
) -> None:
    make.coding(work, "a1", 45, 70)
    client.force_login(getattr(cast, name))
    answers = [client.post(of("undo", work)), client.post(of("redo", work)), client.get(of("changes", work))]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert standing(work) == [(45, 70)]
