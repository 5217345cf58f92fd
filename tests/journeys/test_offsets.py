"""From a selection in the page to the database and back: no letter may be lost, whatever its script."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from tests import make
from tests.journeys.coding_page import coding_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SPEECH = (
    ("I", "Plain words, and nothing else."),
    ("P", "😀 a family 👩‍👩‍👧 a flag 🇬🇧 a hand 👋🏽 the end 🏁"),
    ("I", "e\u0301a\u0308o\u0323\u0302 combining n\u0303 cafe\u0301, Z\u0351\u036f\u0308algo."),
    ("P", "שלום עולם, זה mixed טקסט 123 סוף."),
    ("I", "مرحبا\u200f يا صديقي، كيف الحال؟ and English \u202bمرة أخرى\u202c."),
    ("P", "nbsp\u00a0here,\ttabs\tthere,  two  spaces,\u2003one em,\u200bnone."),
    ("I", "one line\nanother line\n\na third"),
    ("P", '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ⚕️ & <b>not bold</b> "quoted" &amp; ﷽ 𠜎.'),
    ("P", "An answer that takes 🕐 a quarter of an hour. " * 600 + "It ends 🏁"),
)

SELECT = """([turn, from, to]) => {
  const row = document.getElementById(`turn-${turn}`);
  const walker = document.createTreeWalker(row.querySelector(".turn-text"), NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  const place = (at) => {
    for (const node of nodes) {
      if (at <= node.length) return [node, at];
      at -= node.length;
    }
  };
  row.focus();
  getSelection().setBaseAndExtent(...place(from), ...place(to));
}"""

SELECT_MARKS = """(coding) => {
  const marks = [...document.querySelectorAll("mark")].filter(({ dataset: { nth }, parentElement }) => {
    const ids = parentElement.dataset.ids.split(" ");
    return nth.split(" ").some((each) => ids[each] === coding);
  });
  marks[0].closest(".turn").focus();
  const range = document.createRange();
  range.setStartBefore(marks[0]);
  range.setEndAfter(marks.at(-1));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""

WRITTEN = """(coding) => {
  const marks = [...document.querySelectorAll("mark")].filter(({ dataset: { nth }, parentElement }) => {
    const ids = parentElement.dataset.ids.split(" ");
    return nth.split(" ").some((each) => ids[each] === coding);
  });
  return marks.map((mark) => mark.textContent).join("");
}"""


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=SPEECH))


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    with coding_page(browser, live_server.url, work) as opened:
        yield opened


def code(page: Page, label: str) -> None:
    """Codes what is selected, by keyboard."""
    page.keyboard.press("Enter")
    page.keyboard.type(label)
    with page.expect_response("**/codings/") as answer:
        page.keyboard.press("Enter")
    assert answer.value.status == 200
    page.locator("#saves[data-state=saved]").wait_for()


def newest(work: CodingAssignment) -> Coding:
    with acting_as(work.coder_id):
        coding = Coding.objects.filter(assignment=work).order_by("-created_at").first()
    assert coding is not None
    return coding


def extent(coding: Coding) -> tuple[int, int]:
    return coding.start, coding.end


def units(text: str) -> int:
    """UTF-16 units, as a browser counts."""
    return len(text.encode("utf-16-le")) // 2


def a_span(text: str, chance: random.Random) -> tuple[int, int]:
    """A stretch without white space at its ends; it may cut through a visible letter."""
    solid = [place for place, letter in enumerate(text) if not letter.isspace()]
    first, last = sorted(chance.sample(solid, 2))
    return first, last + 1


@pytest.mark.parametrize("number", range(1, len(SPEECH) + 1))
def test_a_selection_comes_back_as_it_went(page: Page, work: CodingAssignment, number: int) -> None:
    turn = work.transcript_version.turns.get(position=number - 1)
    text = SPEECH[number - 1][1]
    spans = [(0, len(text)), a_span(text, random.Random(number))]
    for (first, last), (label, other) in zip(spans, [("a1", "b1"), ("a2", "b2")], strict=True):
        page.evaluate(SELECT, [number, units(text[:first]), units(text[:last])])
        code(page, label)
        coding = newest(work)
        assert extent(coding) == (turn.start + first, turn.start + last)
        assert page.evaluate(WRITTEN, str(coding.id)) == text[first:last]
        page.evaluate(SELECT_MARKS, str(coding.id))
        code(page, other)
        assert extent(newest(work)) == extent(coding)


def test_a_selection_over_all_turns(page: Page, work: CodingAssignment) -> None:
    version = work.transcript_version
    page.locator("#turn-1").focus()
    page.evaluate("getSelection().selectAllChildren(document.getElementById('transcript'))")
    code(page, "a1")
    assert extent(newest(work)) == (0, version.length)
    texts = page.locator(".turn-text").evaluate_all("all => all.map((each) => each.textContent)")
    assert "\n".join(texts) == version.text


def test_white_space_at_the_ends_is_left_out(page: Page, work: CodingAssignment) -> None:
    turn = work.transcript_version.turns.get(position=5)
    text = SPEECH[5][1]
    first, last = text.index("\u00a0here"), text.index("there") + len("there,  ")
    page.evaluate(SELECT, [6, units(text[:first]), units(text[:last])])
    code(page, "a1")
    assert extent(newest(work)) == (turn.start + first + 1, turn.start + last - 2)


@pytest.mark.parametrize("number", [1, 2, 3, 8])
def test_the_caret_steps_over_whole_letters(page: Page, work: CodingAssignment, number: int) -> None:
    page.locator(f"#turn-{number}").focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    selected = page.evaluate("getSelection().toString()")
    code(page, "a1")
    text = work.transcript_version.text
    start, end = extent(newest(work))
    assert text[start:end] == selected.strip()
    assert start == work.transcript_version.turns.get(position=number - 1).start


def test_a_triple_click_takes_the_turn_and_no_more(page: Page, work: CodingAssignment) -> None:
    turn = work.transcript_version.turns.get(position=3)
    page.locator("#turn-4 .turn-text").click(click_count=3)
    page.locator("#selection-tools button").first.click()
    page.keyboard.type("b2")
    with page.expect_response("**/codings/"):
        page.keyboard.press("Enter")
    page.locator("#turn-4 mark").first.wait_for()
    assert extent(newest(work)) == (turn.start, turn.end)


def test_what_is_coded_without_a_network_is_stored_once_later(page: Page, work: CodingAssignment) -> None:
    page.context.set_offline(True)
    for number, label in ((1, "a1"), (2, "b1")):
        page.evaluate(SELECT, [number, 0, 5])
        page.keyboard.press("Enter")
        page.keyboard.type(label)
        page.keyboard.press("Enter")
    page.locator("#saves[data-state=stuck]").wait_for()
    with acting_as(work.coder_id):
        assert Coding.objects.count() == 0
    page.context.set_offline(False)
    page.locator("#saves[data-state=saved]").wait_for()
    with acting_as(work.coder_id):
        stored = Coding.objects.order_by("start").values_list("code__label", "start")
        assert list(stored) == [("a1", 0), ("b1", 31)]
    page.keyboard.press("u")
    page.locator("#turn-2 mark").wait_for(state="detached")
    with acting_as(work.coder_id):
        assert list(Coding.objects.standing().values_list("code__label", flat=True)) == ["a1"]
