"""Two coders, the adjudicator and the PI at once, on the demonstration's round that is conferred about."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from apps.demo.team import PASSWORD
from tests.journeys import figures
from tests.journeys.person import Person
from tests.journeys.rounds import close
from tests.running import Running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

KINDS = ("missed", "extra", "sibling", "construct", "level", "boundary", "influence", "split")


@pytest.fixture(scope="module")
def team(browser: Browser, concord: Running) -> Iterator[dict[str, Person]]:
    """The demonstration's own people, each signed in at a browser of their own."""
    concord.manage("demo", "--once", role="owner")
    people = {}
    for name in ("ruth", "jin", "tomas", "amara"):
        person = Person(browser, concord.address, name, in_a_hurry=True)
        person.visit("/")
        person.fill(login=f"{name}@demo.example", password=PASSWORD)
        person.press("Sign in")
        people[name] = person
    yield people
    for person in people.values():
        person.context.close()


def test_the_figures_on_the_page_are_those_of_the_engine(team: dict[str, Person]) -> None:
    amara = team["amara"]
    round = round_of(amara)
    for level in ("sentence", "character"):
        on_the_page = figures.shown(amara, round, level)
        assert len(on_the_page) > 5
        assert on_the_page == figures.computed(amara, round, level)


def test_a_round_is_conferred_about_adjudicated_and_closed(team: dict[str, Person]) -> None:
    ruth, jin, tomas, amara = team.values()
    round = round_of(amara)
    for kind in KINDS:
        settle_between(ruth, jin, tomas, round, kind)
    settle_in_a_meeting(ruth, jin, round)
    leave_to(tomas, jin, round)
    close(amara, round)
    amara.follow("Read the consensus")
    amara.look()
    expect(amara.main.get_by_text(re.compile("left open")).first).to_be_visible()
    left = amara.main.get_by_role("link", name=re.compile("left open")).first
    left.click()
    amara.main.locator("tbody a").first.click()
    expect(amara.main.get_by_text("This was left open when the round was closed.")).to_be_visible()
    assert [person.complaints for person in team.values()] == [[], [], [], []]


def round_of(pi: Person) -> str:
    """The address of the round that is being conferred about."""
    pi.visit("/")
    pi.go_to("Rounds")
    pi.follow("Round 3")
    return pi.page.url


def settle_between(ruth: Person, jin: Person, tomas: Person, round: str, kind: str) -> None:
    """Ruth proposes by one key, Jin agrees by one; the adjudicator opens one again where all are settled."""
    here = next((each for each in all_of(ruth, round, kind, "Open") if not is_begun(ruth, each)), None)
    if here is None:
        here = all_of(tomas, round, kind, "Settled")[0]
        tomas.visit(here)
        tomas.page.keyboard.press("u")
        tomas.page.locator("#decision").wait_for()
    ruth.visit(here)
    take_up_or_back(ruth)
    choice = ruth.page.locator("#decision [name=outcome][data-goes]").first
    key = choice.get_attribute("data-press")
    case = ruth.page.locator("#case").get_attribute("data-id")
    press(ruth, str(key), case, "You have proposed")
    jin.visit(here)
    expect(jin.page.locator("#their-proposal")).to_contain_text("Ruth Hale proposes")
    press(jin, "y", case, "Settled")
    jin.visit(here)
    expect(jin.main.locator("#decision-title")).to_contain_text("Settled")


def press(person: Person, key: str, case: str | None, sign: str) -> None:
    """Presses a key that decides; the next open one is shown, or the same with what was done."""
    with person.page.expect_response(lambda response: response.request.method == "POST"):
        person.page.keyboard.press(key)
    others = f"#case:not([data-id='{case}']), " if case else ""
    shown = f"{others}#case:has-text('{sign}')"
    person.page.locator(shown).first.wait_for()


def all_of(person: Person, round: str, kind: str, state: str) -> list[str]:
    person.visit(f"{round}discrepancies/?kind={kind}")
    links = person.main.locator("tbody tr").filter(has_text=state).locator("th a").all()
    return [str(link.get_attribute("href")).split("?")[0] for link in links]


def is_begun(person: Person, discrepancy: str) -> bool:
    """Whether the other has proposed something, or left it: the same proposal would settle it at once."""
    person.visit(discrepancy)
    left = person.main.get_by_role("button", name="Take it up again")
    return person.page.locator("#their-proposal").or_(left).count() > 0


def take_up_or_back(ruth: Person) -> None:
    if ruth.main.get_by_role("button", name="Take it up again").count():
        ruth.press("Take it up again")


def settle_in_a_meeting(ruth: Person, jin: Person, round: str) -> None:
    """What Ruth records appears at Jin's, who confirms it; Ruth's page says so by itself."""
    ruth.visit(f"{round}discrepancies/?open=1")
    fresh = ruth.main.locator("tbody th a").last.get_attribute("href")
    assert fresh
    ruth.visit(fresh.split("?")[0])
    here = ruth.page.url
    jin.visit(here)
    ruth.press("Begin a meeting", within="body")
    jin.visit(here)
    jin.press("Come in")
    expect(ruth.page.locator("#meeting")).to_contain_text("Jin Park", timeout=20_000)
    ruth.page.reload()
    ruth.main.locator("#decision [name=reason]").fill("As we said.")
    ruth.page.locator("#decision label:has([value=neither])").click()
    ruth.main.get_by_role("button", name="Record").click()
    expect(jin.page.locator("#their-proposal")).to_contain_text("Ruth Hale has recorded", timeout=20_000)
    ruth.visit(here)
    jin.page.keyboard.press("y")
    expect(ruth.main.locator("#decision-title")).to_contain_text("Settled", timeout=20_000)
    jin.visit(here)
    jin.press("End the meeting")


def leave_to(tomas: Person, jin: Person, round: str) -> None:
    """Jin leaves one to the adjudicator by one key, who finds it in the queue and decides by one key."""
    jin.visit(f"{round}discrepancies/?open=1")
    address = jin.main.locator("tbody th a").last.get_attribute("href")
    assert address
    jin.visit(address.split("?")[0])
    case = jin.page.locator("#case").get_attribute("data-id")
    press(jin, "a", None, "has left this to the adjudicator")
    expect(jin.page.locator("#case")).to_contain_text("has left this to the adjudicator")
    tomas.visit(round)
    tomas.go_to("To decide")
    tomas.visit(str(tomas.main.locator(f"a[href*='{case}']").get_attribute("href")))
    key = tomas.page.locator("#decision [name=outcome][data-goes]").first.get_attribute("data-press")
    tomas.page.keyboard.press("s")
    press(tomas, str(key), case, "Settled")
    jin.visit(jin.page.url)
    expect(jin.main.locator("#decision-title")).to_contain_text("Settled")
    expect(jin.page.locator("#case")).to_contain_text("Tomas Reyes")
