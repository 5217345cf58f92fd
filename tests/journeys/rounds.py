"""A double-coding round in the browser: opened, coded, submitted."""

import re

from tests.journeys.person import Person


def open_round(
    pi: Person, *, transcripts: list[str], coders: list[Person], adjudicator: Person, hold_minutes: int
) -> str:
    """Opens a main round; returns its address."""
    pi.go_to("Rounds")
    pi.main.get_by_role("link", name="Open a round").first.click()
    pi.look()
    pi.tick(*transcripts, *(coder.name for coder in coders))
    pi.page.locator("[name=adjudicator]").select_option(label=adjudicator.name)
    pi.fill(rationale="The first two that were ready.", hold_minutes=str(hold_minutes))
    pi.press("Open the round and assign")
    return pi.page.url


def open_work(coder: Person, study: str, transcript: str) -> str:
    """Comes to one's own assignment from the first page of the study; returns its address."""
    coder.visit(study)
    coder.go_to("Coding")
    coder.main.get_by_role("link", name=transcript).first.click()
    coder.look()
    return coder.page.url


def code_sentence(coder: Person, turn: int, code: str, *, until: str = "saved") -> None:
    """Puts the caret into the first sentence of a turn, codes it by keyboard, waits for the page's word."""
    page = coder.page
    page.locator(f"#turn-{turn} .turn-text").click(position={"x": 80, "y": 14})
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    wait_until(coder, until)


def write_memo(coder: Person, words: str) -> None:
    """Says why, on the coding that was made last, by keyboard."""
    page = coder.page
    page.keyboard.press("m")
    page.locator("#passage [name=text]:focus").wait_for()
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    wait_until(coder, "saved")


def wait_until(coder: Person, state: str, *, seconds: float = 15) -> None:
    """Waits until the page says of its changes that they are `saved`, or `stuck` on their way."""
    coder.page.locator(f"#saves[data-state={state}]").wait_for(timeout=seconds * 1000)


def submit(coder: Person, assignment: str) -> None:
    coder.visit(f"{re.split('[?#]', assignment)[0]}submit/")
    coder.press("Submit")


def release(pi: Person, round: str) -> None:
    """Releases at once, and waits for the figures: the page itself asks the server until they are there."""
    pi.visit(round)
    pi.press("Release now")
    pi.main.get_by_role("link", name="Read the agreement").wait_for(timeout=60_000)
    pi.look()


def read_figures(reader: Person, round: str) -> dict[str, str]:
    """The numbers of discrepancies by kind, as the report's page gives them."""
    reader.visit(round)
    reader.follow("Read the agreement")
    pairs = reader.main.locator("[aria-labelledby=by-kind] dl.stats > div").all()
    return {pair.locator("dt").inner_text(): pair.locator("dd").inner_text() for pair in pairs}


def settle(pi: Person, outcome: str, *, kind: str, reason: str = "") -> None:
    """Decides the discrepancy of the page, which must be of this kind; the next open one follows."""
    assert pi.main.locator("h2").inner_text() == kind
    case = pi.main.locator("#case").get_attribute("data-id")
    pi.main.locator("[name=reason]").fill(reason)
    pi.main.locator("#decision label.choice-button", has_text=outcome).first.click()
    pi.main.get_by_role("button", name="Settle and go on").click()
    pi.main.locator(f"#case:not([data-id='{case}']), #case:has(.card h3:text('Settled'))").first.wait_for()
    pi.look()


def close(pi: Person, round: str) -> None:
    """Closes the round, what is open included."""
    pi.visit(round)
    pi.main.get_by_role("button", name="Close the round").click()
    pi.press("Close the round", within="dialog[open]")


def read_consensus(reader: Person) -> list[tuple[str, str]]:
    """What stands after the round, each code with its passage."""
    reader.follow("Read the consensus")
    rows = reader.main.locator("tbody tr").all()
    return [(row.locator("th").inner_text(), row.locator("td").first.inner_text()) for row in rows]
