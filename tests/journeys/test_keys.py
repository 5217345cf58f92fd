"""Keys one by one, a finger, and paper."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from apps.coding.models import CodingAssignment
from tests import make
from tests.journeys.coding_page import coding_page, codings_of, open_page, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SPEECH = (
    ("I", "How did it begin?"),
    ("P", "Slowly, to be honest. Nobody had told us."),
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


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def settle(page: Page) -> None:
    page.locator("#saves[data-state=saved]").wait_for()
    page.locator("#passage:not([aria-busy=true])").wait_for(state="attached")


def here(page: Page) -> str | None:
    return page.locator(".turn.is-current").get_attribute("id")


def selected(page: Page) -> str:
    return str(page.evaluate("getSelection().toString()"))


def is_shown(page: Page, words: str) -> None:
    """The panel shows the coding of these words, and the caret stands at them."""
    page.locator("#passage .quote").filter(has_text=words).wait_for()


def test_each_key_does_what_the_list_says(page: Page, said: Any) -> None:
    page.locator("#turn-2").focus()
    press(page, "j", "j", "k")
    assert here(page) == "turn-3"
    press(page, "k", "k", "k")
    assert here(page) == "turn-1"
    press(page, "j", "s")
    assert selected(page) == "Slowly, to be honest."
    press(page, "a", "1")
    settle(page)
    press(page, "K")
    assert selected(page) == "Slowly, to be honest."  # back to the beginning of the turn
    press(page, "N", "s", "a", "2")
    settle(page)
    press(page, "N", "s", "2")  # the code before the last by its digit
    settle(page)
    press(page, "s", ".")
    settle(page)
    first, second, third, fourth = [
        ("a1", "Slowly, to be honest."),
        ("a2", SPEECH[3][1]),
        ("a1", "We met on Fridays."),
        ("a1", "It was never cancelled."),
    ]
    assert said() == [first, second, third, fourth]
    press(page, "p")
    is_shown(page, third[1])
    press(page, "p")
    is_shown(page, second[1])
    press(page, "n")
    is_shown(page, third[1])
    press(page, "[", "ArrowRight", "Escape", "[", "ArrowRight", "Enter")
    settle(page)
    assert said()[2] == ("a1", "met on Fridays.")
    press(page, "]", "Control+ArrowLeft", "Enter")
    settle(page)
    assert said()[2] == ("a1", "met on Fridays")
    press(page, "b")
    assert page.locator("mark.is-dimmed").all_inner_texts() == [second[1]]
    press(page, "b")
    assert page.locator("mark.is-dimmed").count() == 0
    press(page, "d")
    settle(page)
    assert page.locator("#passage [name=is_to_discuss]").is_checked()
    press(page, "x")
    settle(page)
    press(page, "p", "p")
    press(page, "P")
    assert said() == [first, second, fourth]


def test_pins_and_the_last_codes_are_there_on_another_device(
    browser: Browser, live_server: Any, work: CodingAssignment, page: Page, said: Any
) -> None:
    page.locator("#codes [data-label=b1]").click()
    page.get_by_role("button", name="Pin").click()
    page.locator("#quick [data-label=b1]").wait_for()
    page.locator("#turn-2").focus()
    press(page, "s", "a", "1")
    settle(page)
    with coding_page(browser, live_server.url, work) as other:
        labels = "(lines) => lines.map(({ dataset }) => dataset.label)"
        assert other.locator("#quick [data-code]").evaluate_all(labels) == ["b1", "a1"]
        other.locator("#turn-4").focus()
        press(other, "s", "1")
        settle(other)
    assert said() == [("a1", "Slowly, to be honest."), ("b1", SPEECH[3][1])]


def test_home_and_end_go_to_the_ends_of_a_turn(page: Page) -> None:
    page.locator("#turn-2").focus()
    press(page, "ArrowRight", "ArrowRight", "Shift+End")
    assert selected(page) == SPEECH[1][1][2:]
    press(page, "End", "Shift+Home")
    assert selected(page) == SPEECH[1][1]
    press(page, "Home", "Shift+ArrowRight")
    assert selected(page) == "S"
    press(page, "Control+End", "Shift+Home")
    assert (selected(page), here(page)) == (SPEECH[4][1], "turn-5")
    press(page, "Control+Home", "Shift+Control+ArrowRight")
    assert (selected(page).strip(), here(page)) == ("How", "turn-1")


# What a Mac says of itself; how far a word reaches is still as this machine's browser has it.
IS_MAC = "Object.defineProperty(navigator, 'userAgentData', { value: { platform: 'macOS' } })"


def test_on_a_mac_option_goes_by_words_and_command_to_the_ends(page: Page) -> None:
    page.locator("#turn-2").focus()
    press(page, "Shift+Alt+ArrowRight", "Shift+Meta+ArrowRight")
    assert selected(page) == ""  # elsewhere these keys are the browser's and the system's
    page.add_init_script(IS_MAC)
    page.reload()
    page.locator("#turn-2").focus()
    press(page, "Shift+Alt+ArrowRight")
    assert selected(page).strip() == "Slowly"
    press(page, "Shift+Alt+ArrowRight", "Shift+Alt+ArrowLeft")
    assert selected(page).strip(", ") == "Slowly"
    press(page, "ArrowLeft", "Alt+ArrowRight", "Shift+Meta+ArrowRight")
    assert selected(page).strip(", ") == SPEECH[1][1].removeprefix("Slowly, ")
    press(page, "Meta+ArrowLeft", "Shift+ArrowRight")
    assert selected(page) == "S"
    press(page, "Meta+ArrowDown", "Shift+Meta+ArrowLeft")
    assert (selected(page), here(page)) == (SPEECH[4][1], "turn-5")
    press(page, "Meta+ArrowUp", "Shift+Alt+ArrowRight")
    assert (selected(page).strip(), here(page)) == ("How", "turn-1")


def test_a_finger_has_buttons_that_it_can_hit(
    browser: Browser, live_server: Any, work: CodingAssignment, said: Any
) -> None:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    with closing(context):
        sign_in(context, work, live_server.url)
        page = open_page(context, work)
        page.locator("#turn-2").scroll_into_view_if_needed()
        # What a long press leaves behind: a selection, without any pointer of the mouse.
        page.evaluate(
            """() => {
              const node = document.querySelector("#turn-2 .turn-text").firstChild;
              getSelection().setBaseAndExtent(node, 0, node, 6);
            }"""
        )
        tools = page.locator("#selection-tools")
        tools.wait_for()
        for button in tools.locator("button").all():
            box = button.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44
        tools.locator("button").first.tap()
        page.locator("#picker [role=option]").first.tap()
        settle(page)
        assert [words for _, words in said()] == ["Slowly"]
        page.locator(".pane-passage > summary").tap()
        page.locator("#passage .quote").wait_for()
        edge = page.locator(".edge[data-edge=end]")
        assert edge.evaluate("(edge) => parseFloat(getComputedStyle(edge, '::before').width)") >= 44


def test_paper_has_the_text_with_its_codings_and_no_tools(page: Page) -> None:
    page.locator("#turn-2").focus()
    press(page, "s", "a", "1")
    settle(page)
    press(page, "s", "Enter")
    page.emulate_media(media="print")
    for tool in ("#picker", "#selection-tools", ".edge", ".keys-line", "#undoing", "#find-open"):
        assert not page.locator(tool).first.is_visible(), tool
    assert page.locator("mark").first.is_visible()
    pane = page.locator(".pane-text")
    assert pane.evaluate("(pane) => pane.scrollHeight <= pane.clientHeight")  # it flows over the pages
