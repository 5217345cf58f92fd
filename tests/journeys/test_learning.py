"""Two coders, the adjudicator and the PI at once: two rounds, and what the codebook learns between them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.beginnings import begin_codebook, import_people, invite, join, open_study, set_up
from tests.journeys.files import DOCX, docx
from tests.journeys.learning import (
    agree,
    ask_for_a_change,
    change_the_codebook,
    give_ruling,
    leave,
    look_again_at_everything,
    plan_round,
)
from tests.journeys.person import Person
from tests.journeys.rounds import close, code_sentence, open_work, read_figures, release, submit
from tests.journeys.speech import CLIENT, STAFF
from tests.journeys.transcripts import confirm_speakers, declare_ready, upload
from tests.running import Running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

PEOPLE: list[list[str | int]] = [
    ["Study ID", "Group", "Site", "Interview date", "Minutes"],
    ["S-101", "Hub client", "Northmoor", "2026-02-10", 58],
    ["S-102", "Hub staff", "Northmoor", "2026-02-17", 64],
]
FIRST, SECOND = "Hub client 01", "Hub staff 01"
RULING = "A trade counts as a rightful place only where the speaker says so."
WORDING = "Legitimation does not say whether belonging to a trade is a rightful place."


def test_a_round_changes_the_codebook_and_the_next_is_coded_with_it(
    concord: Running, newcomer: Callable[[str], Person]
) -> None:
    pi, ruth, jin, tomas = (newcomer(name) for name in ("Amara Osei", "Ruth Hale", "Jin Park", "Tomas Reyes"))
    everybody = (pi, ruth, jin, tomas)
    for person in everybody:
        person.in_a_hurry = True
    study = begin(concord, pi, ruth, jin, tomas)

    first = plan_round(pi, transcript=FIRST, coders=[ruth, jin], adjudicator=tomas)
    # A ruling reaches the page that a coder has open, and the definition on it.
    open_work(ruth, study, FIRST)
    give_ruling(pi, first, "b3 Legitimation", RULING)
    expect(ruth.page.locator("#rulings")).to_contain_text(RULING)
    ruth.page.locator("#codes [data-name=Legitimation]").click()
    expect(ruth.page.locator("#defined")).to_contain_text(RULING)
    ruth.page.locator("#rulings").get_by_role("button").click()
    expect(ruth.page.locator("#rulings")).to_be_empty()
    code_both(
        study,
        FIRST,
        {
            ruth: {2: "Differentiation", 4: "Enrolment", 6: "Legitimation", 8: "Activation"},
            jin: {2: "Differentiation", 4: "Initiation", 8: "Activation"},
        },
    )
    release(pi, first)
    assert read_figures(pi, first) == {"One coder only": "1", "Other code, same construct": "1"}
    agree(ruth, jin, f"{first}discrepancies/", "sibling")
    leave(jin, f"{first}discrepancies/", "missed")
    ask_for_a_change(tomas, study, WORDING)
    close(pi, first)

    for person in everybody:
        person.in_a_hurry = False
    change_the_codebook(pi, because=WORDING, code="Activation", definition="To keep others in it.")
    expect(pi.main.get_by_text(WORDING)).to_be_visible()
    assert look_again_at_everything(pi) == 1
    expect(pi.main.get_by_text("Everything of yours is under this version.")).to_be_visible()
    pi.visit(first)
    expect(pi.main.get_by_text("made in version 2")).to_be_visible()

    jin.visit(study)
    jin.go_to("Rounds")
    jin.main.get_by_role("link", name="Your record").click()
    jin.look()
    expect(jin.main.get_by_role("row", name="Round 1")).to_contain_text("Ruth Hale")
    assert jin.get(jin.page.url.replace(jin.page.url.rstrip("/").split("/")[-1], id_of(pi)))[0] == 403

    for person in everybody:
        person.in_a_hurry = True
    second = plan_round(pi, transcript=SECOND, coders=[ruth, jin], adjudicator=tomas)
    code_both(
        study,
        SECOND,
        {
            ruth: {2: "Communal specification", 4: "Systematisation"},
            jin: {2: "Communal specification", 4: "Skillset workability"},
        },
    )
    release(pi, second)
    assert read_figures(pi, second) == {"Other construct": "1"}
    rows = pi.main.locator("[aria-labelledby=over-rounds] tbody tr")
    expect(rows).to_have_count(2)  # They come after the figures.
    versions = [row.locator("td").first.inner_text() for row in rows.all()]
    assert [each.rsplit(" ", 1)[-1] for each in versions] == ["1", "2"]
    assert [person.complaints for person in everybody] == [[], [], [], []]


def begin(concord: Running, pi: Person, ruth: Person, jin: Person, tomas: Person) -> str:
    """A study with two transcripts that are ready, a codebook, and its four people."""
    study = open_study(concord, pi, "Two rounds")
    set_up(pi, study, sites=["Northmoor"], groups=["Hub client", "Hub staff"])
    begin_codebook(pi)
    for guest, role in ((ruth, "coder"), (jin, "coder"), (tomas, "adjudicator")):
        join(guest, invite(pi, study, guest, role))
    import_people(pi, study, PEOPLE)
    upload(
        pi,
        study,
        {"name": "first.docx", "mimeType": DOCX, "buffer": docx(CLIENT)},
        {"name": "second.docx", "mimeType": DOCX, "buffer": docx(STAFF)},
    )
    for file, name, pseudonym in (("first.docx", "Nadia", FIRST), ("second.docx", "Tom Ellis", SECOND)):
        confirm_speakers(pi, study, file, participant=name, pseudonym=pseudonym)
        declare_ready(pi, study, pseudonym)
    return study


def code_both(study: str, transcript: str, wanted: dict[Person, dict[int, str]]) -> None:
    """Each codes the first sentence of some turns, blind, and hands it in."""
    for coder, codes in wanted.items():
        work = open_work(coder, study, transcript)
        for turn, code in codes.items():
            code_sentence(coder, turn, code)
        submit(coder, work)


def id_of(person: Person) -> str:
    """The key of a person, from their own list of coders' records."""
    person.go_to("Rounds")
    href = person.main.locator("a[href*='/rounds/coders/']", has_text="Ruth Hale").get_attribute("href")
    return str(href).rstrip("/").split("/")[-1]
