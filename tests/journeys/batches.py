"""A round that is released in named batches, in the browser: planned, released one by one, conferred on."""

from tests.journeys.person import Person


def plan_batches(pi: Person, *, batches: str, coders: list[Person], adjudicator: Person) -> str:
    """Plans a round of all transcripts that are ready, and draws it; returns its address."""
    pi.go_to("Rounds")
    pi.follow("Plan a round")
    pi.tick(*(coder.name for coder in coders))
    pi.page.locator("[name=adjudicator]").select_option(label=adjudicator.name)
    pi.fill(at_least="1", percent="100", per_group="1", per_site="1", per_interviewer="1", batches=batches)
    pi.press("Show what would be drawn")
    pi.press("Draw, assign and tell the coders")
    return pi.page.url


def transcripts_by_batch(reader: Person, round: str) -> dict[str, list[str]]:
    """Which transcripts the draw has put into which batch, as the round page says."""
    reader.visit(round)
    found: dict[str, list[str]] = {}
    for row in reader.main.locator("[aria-labelledby=round-transcripts] tbody tr").all():
        found.setdefault(row.locator("td").first.inner_text(), []).append(row.locator("th").inner_text())
    return found


def states(reader: Person, round: str) -> dict[str, str]:
    """How far each batch is, in the words of the round page."""
    reader.visit(round)
    rows = reader.main.locator("[aria-labelledby=batches-title] tbody tr").all()
    return {row.locator("th").inner_text(): row.locator(".state").inner_text() for row in rows}


def release_batch(pi: Person, round: str, name: str) -> None:
    """Releases one batch at once, and waits until its figures are there."""
    pi.visit(round)
    pi.press(f"Release now {name}")
    pi.page.locator("[id^=round-].stack-wide:not([hx-trigger])").wait_for(timeout=60_000)
    pi.visit(round)


def open_ones(reader: Person, discrepancies: str) -> list[str]:
    """The addresses of what nobody has decided yet."""
    reader.visit(f"{discrepancies}?open=1")
    links = reader.main.locator("tbody th a").all()
    return [str(link.get_attribute("href")).split("?")[0] for link in links]


def agree_on(one: Person, other: Person, discrepancy: str) -> None:
    """One proposes a side by its key, the other agrees by a key."""
    one.visit(discrepancy)
    key = one.page.locator("#decision [name=outcome][data-goes]").first.get_attribute("data-press")
    _press(one, str(key))
    other.visit(discrepancy)
    other.page.locator("#their-proposal").get_by_text(f"{one.name} proposes").wait_for()
    _press(other, "y")
    other.visit(discrepancy)
    other.main.locator("#decision-title:has-text('Settled')").wait_for()


def leave_to_adjudicator(coder: Person, discrepancy: str) -> None:
    coder.visit(discrepancy)
    _press(coder, "a")


def decide_first_in_queue(adjudicator: Person, study: str) -> None:
    """The adjudicator takes a side in what waits first in the queue."""
    adjudicator.visit(study)
    adjudicator.go_to("To decide")
    address = adjudicator.main.locator("a[href*='/discrepancies/']").first.get_attribute("href")
    adjudicator.visit(str(address))
    key = adjudicator.page.locator("#decision [name=outcome][data-goes]").first.get_attribute("data-press")
    _press(adjudicator, str(key))
    adjudicator.visit(str(address))
    adjudicator.main.locator("#decision-title:has-text('Settled')").wait_for()


def _press(person: Person, key: str) -> None:
    with person.page.expect_response(lambda response: response.request.method == "POST"):
        person.page.keyboard.press(key)
