"""A whole page coded without a mouse, and one without a keyboard; for every eye and on every screen."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from apps.coding.models import CodingAssignment, Memo
from apps.core.identity import acting_as
from tests import make
from tests.journeys.coding_page import coding_page, codings_of
from tests.journeys.person import AXE, describe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SCHEMES: tuple[Any, ...] = ("light", "dark")

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
    return partial(codings_of, work)


def settle(page: Page) -> None:
    page.locator("#saves[data-state=saved]").wait_for()
    page.locator("#passage:not([aria-busy=true])").wait_for(state="attached")  # folded on narrow screens


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def faults(page: Page) -> dict[str, list[str]]:
    """What is wrong with the page as it stands, by light and in the dark."""
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found[scheme] = [describe(fault) for fault in AXE.run(page).response["violations"]]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found[scheme].append("scrolls sideways")
    return {scheme: faults for scheme, faults in found.items() if faults}


def test_a_page_by_keyboard_alone(page: Page, work: CodingAssignment, said: Any) -> None:
    page.locator("#turn-1").focus()
    press(page, "N", "s", "a", "1")  # a chord: the label itself
    settle(page)
    press(page, "s", "s", ".")  # two sentences, the same code
    settle(page)
    press(page, "N", "J", "Enter")  # the whole turn, two codes in one go
    page.keyboard.type("a2")
    press(page, "Shift+Enter")
    page.keyboard.type("b1")
    press(page, "Enter")
    settle(page)
    press(page, "]", *["ArrowLeft"] * 4, "Enter")  # the end of the newest coding: the full stop, three words
    settle(page)
    press(page, "m")
    page.keyboard.type("jsx: they came by themselves")  # letters that are keys elsewhere
    page.wait_for_function("document.activeElement.value === 'jsx: they came by themselves'")
    press(page, "Control+Enter")
    settle(page)
    press(page, "N", "J", "1", "x")  # the last code by its digit, and away again
    settle(page)
    press(page, "u")
    settle(page)
    press(page, "/")
    page.keyboard.type("fridays")
    press(page, "Escape", "Enter")
    page.keyboard.type("b2")
    press(page, "Enter")
    settle(page)
    assert said() == [
        ("a1", "Slowly, to be honest."),
        ("a1", "Nobody had told us. Then the poster went up."),
        ("a2", SPEECH[3][1]),
        ("b1", "People came, one by one"),
        ("b1", SPEECH[4][1]),
        ("b2", "Fridays"),
    ]
    with acting_as(work.coder_id):
        memos = list(Memo.objects.values_list("coding__code__label", "text"))
    assert memos == [("b1", "jsx: they came by themselves")]


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
    page.get_by_role("button", name="Appearance").click()
    page.locator("#view").get_by_role("button", name="All keys").click()
    page.locator("[data-keys-switch]").check()
    page.locator("#keys button").click()
    page.locator("#turn-4").focus()
    press(page, "s", "u")
    page.keyboard.type("nity")
    assert page.locator("#picker input").first.input_value() == "unity"
    press(page, "Escape", "b", "1")
    settle(page)
    assert said() == [("a1", "Slowly"), ("b1", "People came, one by one, and they stayed.")]


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


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (640, 400), (390, 800)])
def test_it_is_there_for_everybody(page: Page, width: int, height: int) -> None:
    """640 by 400 is what a screen of 1280 by 800 shows at 200 %."""
    page.set_viewport_size({"width": width, "height": height})
    page.locator("#turn-2").focus()
    press(page, "s", "a", "1")
    settle(page)
    assert faults(page) == {}
    press(page, "s", "Enter")
    page.locator("#picker [role=option]").first.wait_for()
    assert faults(page) == {}
    press(page, "Escape", "ArrowRight", "m")
    page.wait_for_function("document.activeElement.name === 'text'")
    page.keyboard.type("They came by themselves.")
    assert faults(page) == {}
    press(page, "Control+Enter")
    settle(page)
    press(page, "/")
    page.keyboard.type("e")
    page.locator("#find output:text('/')").wait_for()
    assert faults(page) == {}
    press(page, "Escape", "?")
    page.locator("#keys").wait_for()
    assert faults(page) == {}
    press(page, "Escape")
    page.locator("[popovertarget=view]").click()
    page.get_by_label("Large").wait_for()
    assert faults(page) == {}
    press(page, "Escape")
    if width < 768:
        page.locator(".pane-codes > summary").click()
    page.locator("#codes [data-label=a2]").focus()
    page.locator("#defined [data-pin]").click()
    page.locator("#defined [data-pin][aria-pressed=true]").wait_for()
    assert faults(page) == {}


def test_the_accessibility_tree_names_marks_codes_and_panel(page: Page) -> None:
    page.locator("#turn-2").focus()
    press(page, "s", "a", "1")
    settle(page)
    name = page.locator("#codes [data-label=a1]").get_attribute("data-name")
    tree = page.locator("body").aria_snapshot()
    for line in (f'img "a1 {name}"', "mark", 'complementary "This passage"', 'complementary "Codebook"'):
        assert line in tree, line
    assert f'button "a1 {name} 1"' in tree
    mark = page.locator("mark").aria_snapshot()
    assert mark.split("\n") == ["- mark:", f'  - img "a1 {name}": a1', "  - text: Slowly, to be honest."]
    panel = page.get_by_role("complementary", name="This passage").aria_snapshot()
    for line in (
        "blockquote: Slowly, to be honest.",
        'button "Remove this coding"',
        'group "Influence"',
        'radio "Hinders"',
        'checkbox "Mark to discuss"',
        'textbox "Why this code?"',
    ):
        assert line in panel, line


def drag(page: Page, turn: int, first: str, last: str) -> None:
    """From the middle of one word to the middle of another."""
    start, end = place(page, turn, first), place(page, turn, last)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()
    page.locator("#selection-tools").wait_for()


LONG = (("I", "How was it?"), ("P", "We met on Fridays, as we did. " * 90), ("P", "That was all of it."))
# Where the first words of a turn stand, the list of codes below them, and what there is room for.
PLACES = """turn => {
    const words = new Range();
    words.setStart(document.querySelector(`${turn} .turn-text`).firstChild, 0);
    words.setEnd(words.startContainer, 10);
    const picker = document.getElementById("picker");
    const [first, list] = [words, picker].map((each) => each.getBoundingClientRect());
    const { height } = document.querySelector(turn).getBoundingClientRect();
    return { above: first.top, gap: list.top - first.bottom, below: innerHeight - list.bottom, height };
}"""


@pytest.mark.parametrize("turn", ["#turn-2", "#turn-3"])
@pytest.mark.parametrize("width", [1180, 390])
def test_the_list_of_codes_opens_at_the_words_and_moves_none(
    browser: Browser, live_server: Any, cast: make.Cast, turn: str, width: int
) -> None:
    work = make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=LONG))
    with coding_page(browser, live_server.url, work) as page:
        page.set_viewport_size({"width": width, "height": 720})
        page.locator(turn).focus()
        press(page, "s")
        before = page.evaluate(PLACES, turn)
        press(page, "Enter")
        page.locator("#picker [role=option]").first.wait_for()
        places = page.evaluate(PLACES, turn)
    assert places["height"] == before["height"]
    assert 0 <= places["gap"] < 40
    assert places["above"] >= 0
    assert places["below"] >= 0


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
