"""A whole page coded without a keyboard; keys that can be switched off; names for screen readers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from tests import make
from tests.journeys.coding_page import coding_page
from tests.journeys.person import AXE, describe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SPEECH = (
    ("I", "How did it begin?"),
    ("P", "Slowly, to be honest. Nobody had told us. Then the poster went up."),
    ("I", "And then?"),
    ("P", "People came, one by one, and they stayed."),
    ("P", "We met on Fridays. It was never cancelled."),
)


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=SPEECH))


@pytest.fixture
def page(browser: Browser, live_server: Any, work: CodingAssignment) -> Iterator[Page]:
    with coding_page(browser, live_server.url, work) as opened:
        yield opened


@pytest.fixture
def said(work: CodingAssignment) -> Callable[[], list[tuple[str, str]]]:
    """The codings that stand, as label and words."""

    def codings() -> list[tuple[str, str]]:
        text = work.transcript_version.text
        with acting_as(work.coder_id):
            rows = Coding.objects.standing().filter(assignment=work).order_by("start", "code__label")
            return [(row.code.label, text[row.start : row.end]) for row in rows.select_related("code")]

    return codings


def settle(page: Page) -> None:
    page.locator("#saves[data-state=saved]").wait_for()
    page.locator("#passage:not([aria-busy=true])").wait_for()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def faults(page: Page) -> list[str]:
    return [describe(fault) for fault in AXE.run(page).response["violations"]]


def test_keys_can_be_switched_off(page: Page, said: Any) -> None:
    page.locator("#turn-2").focus()
    press(page, "?")
    page.locator("[data-keys-switch]").uncheck()
    page.locator("#keys button").click()
    page.locator("#turn-2").focus()
    press(page, "s", "1", ".", "x")
    assert page.evaluate("getSelection().isCollapsed")
    press(page, "Control+Shift+ArrowRight", "Enter")
    page.keyboard.type("a1")
    press(page, "Enter")
    settle(page)
    assert said() == [("a1", "Slowly")]


def test_a_page_by_mouse_alone(page: Page, said: Any) -> None:
    drag(page, 4, "eople", "cam")
    page.locator("#selection-tools button").first.click()
    page.locator("#picker [role=option]").nth(1).click()
    settle(page)
    (label, words) = said()[0]
    assert words == "People came"
    drag_edge(page, "end", 4, "stay")
    settle(page)
    assert said() == [(label, "People came, one by one, and they stayed")]
    drag(page, 5, "Frid", "ay")
    page.locator(f"#quick [data-code]:has-text('{label}')").click()
    settle(page)
    assert [words for _, words in said()] == ["People came, one by one, and they stayed", "Fridays"]
    page.locator("#turn-4 .stripe").hover()
    assert page.evaluate("CSS.highlights.get('extent-shown').size") == 1
    page.locator(".only").last.click()
    assert page.locator("mark:not(.is-dimmed)").count() in (0, 2)
    page.locator(".only").last.click()
    page.locator("#turn-5 .coding-start").click()
    settle(page)
    page.get_by_label("Remove this coding").click()
    settle(page)
    page.locator("#undo").click()
    settle(page)
    assert len(said()) == 2


def test_the_accessibility_tree_names_marks_codes_and_panel(page: Page) -> None:
    page.locator("#turn-2").focus()
    press(page, "s", "a", "1")
    settle(page)
    name = page.locator("#codes [data-label=a1]").get_attribute("data-name")
    tree = page.locator("body").aria_snapshot()
    for line in (f'img "a1 {name}"', "mark", 'complementary "This passage"', 'complementary "Codebook"'):
        assert line in tree, line
    assert f'button "a1 {name} 1"' in tree


def drag(page: Page, turn: int, first: str, last: str) -> None:
    """From the middle of one word to the middle of another."""
    start, end = place(page, turn, first), place(page, turn, last)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()
    page.locator("#selection-tools").wait_for()


def drag_edge(page: Page, edge: str, turn: int, word: str) -> None:
    box = page.locator(f".edge[data-edge={edge}]").bounding_box()
    assert box
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*place(page, turn, word), steps=5)
    page.mouse.up()


def place(page: Page, turn: int, word: str) -> tuple[float, float]:
    """The middle of a word on the screen."""
    x, y = page.evaluate(
        """([turn, word]) => {
          const text = document.querySelector(`#turn-${turn} .turn-text`);
          const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(word);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + word.length);
            const box = range.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
          }
        }""",
        [turn, word],
    )
    return x, y
