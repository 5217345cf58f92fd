"""What follows a round in the browser: the codebook changes, codings are looked at again, the next round."""

from tests.journeys.person import Person


def plan_round(pi: Person, *, transcript: str, coders: list[Person], adjudicator: Person) -> str:
    """Plans a round of one transcript picked by hand, reads what would be drawn, and draws; its address."""
    pi.go_to("Rounds")
    pi.follow("Plan a round")
    for coder in coders:
        pi.main.get_by_label(coder.name, exact=True).check()
    pi.page.locator("[name=adjudicator]").select_option(label=adjudicator.name)
    pi.fill(at_least="0", percent="0", per_group="0", per_site="0", per_interviewer="0")
    pi.main.get_by_text("Pick transcripts by hand").click()
    pi.main.get_by_label(transcript).check()
    pi.press("Show what would be drawn")
    pi.press("Draw, assign and tell the coders")
    return pi.page.url


def give_ruling(pi: Person, round: str, code: str, words: str) -> None:
    """Says in mid-round how a definition is to be read."""
    pi.visit(round)
    pi.follow("Give a ruling")
    pi.page.locator("[name=code]").select_option(label=code)
    pi.fill(text=words)
    pi.press("Give the ruling")


def agree(one: Person, other: Person, discrepancies: str, kind: str) -> None:
    """One proposes by a key, the other agrees by a key."""
    for person, key, sign in ((one, "1", "You have proposed"), (other, "y", "Settled")):
        person.visit(f"{discrepancies}?kind={kind}")
        person.visit(str(person.main.locator("tbody th a").first.get_attribute("href")))
        with person.page.expect_response(lambda response: response.request.method == "POST"):
            person.page.keyboard.press(key)
        person.visit(person.page.url)
        person.visit(f"{discrepancies}?kind={kind}")
        person.visit(str(person.main.locator("tbody th a").first.get_attribute("href")))
        person.main.locator(f"#case:has-text('{sign}')").wait_for()


def leave(coder: Person, discrepancies: str, kind: str) -> None:
    """Leaves one to the adjudicator by a key."""
    coder.visit(f"{discrepancies}?kind={kind}")
    coder.visit(str(coder.main.locator("tbody th a").first.get_attribute("href")))
    with coder.page.expect_response(lambda response: response.request.method == "POST"):
        coder.page.keyboard.press("a")


def ask_for_a_change(adjudicator: Person, study: str, wording: str) -> None:
    """Settles the first that waits in the queue with "the codebook must change"."""
    adjudicator.visit(study)
    adjudicator.go_to("To decide")
    adjudicator.visit(str(adjudicator.main.locator("a[href*='/discrepancies/']").first.get_attribute("href")))
    adjudicator.main.locator("[name=reason]").fill(wording)
    adjudicator.main.locator("#decision label.choice-button", has_text="The codebook must change").click()
    adjudicator.main.get_by_role("button", name="Settle and go on").click()
    adjudicator.main.locator("#case:has-text('Settled: The codebook must change')").wait_for()
    adjudicator.look()


def change_the_codebook(pi: Person, *, because: str, code: str, definition: str) -> None:
    """A version that names the discrepancy, with another definition, taken into use."""
    pi.go_to("Codebook")
    pi.follow("1 discrepancy asks for a change of the codebook")
    pi.follow("New version")
    pi.main.get_by_label(because).check()
    pi.fill(note="One definition is clearer.")
    pi.press("Make the draft")
    pi.follow(f"Change {code}")
    pi.fill(definition=definition)
    pi.press("Save")
    pi.press("Take into use")


def look_again_at_everything(pi: Person) -> int:
    """Says of each coding by a key that it still fits, and takes all over; how many there were."""
    pi.go_to("Codebook")
    pi.follow("Look again")
    pi.follow("Begin")
    count = 0
    while "/second-looks/" in pi.page.url and not pi.page.url.endswith("/second-looks/"):
        with pi.page.expect_navigation():
            pi.page.keyboard.press("y")
        pi.look()
        count += 1
    for box in pi.main.locator("[name=assignment]").all():
        box.check()
    pi.press("Take over what is ticked")
    return count
