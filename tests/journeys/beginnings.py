"""How a study begins: the PI's link, sites and groups, the codebook, the team."""

from playwright.sync_api import FilePayload

from tests.journeys.files import XLSX, xlsx
from tests.journeys.person import PASSWORD, Person
from tests.running import Running


def open_study(concord: Running, pi: Person, name: str) -> str:
    """The PI comes by the link that the command prints; returns the address of the study."""
    words = ("--email", pi.email, "--name", pi.name, "--address", concord.address)
    link = concord.manage("open_study", name, *words).split()[-1]
    join(pi, link)
    return pi.page.url


def join(person: Person, link: str) -> None:
    """A new person follows an invitation and chooses a password."""
    person.visit(link)
    person.fill(name=person.name, password=PASSWORD)
    person.press("Join the study")


def sign_in(person: Person) -> None:
    person.visit("/")
    person.fill(login=person.email, password=PASSWORD)
    person.press("Sign in")


def set_up(pi: Person, study: str, *, sites: list[str], groups: list[str]) -> None:
    """Sites and participant groups, on the page of settings."""
    pi.visit(f"{study}settings/")
    for site in sites:
        pi.page.locator("#site_name").fill(site)
        pi.press("Add a site")
    for group in groups:
        pi.page.locator("#group_name").fill(group)
        pi.page.locator("#group_stem").fill(group)
        pi.page.locator("#group_target").fill("2")
        pi.press("Add a group")


def invite(pi: Person, study: str, guest: Person, *roles: str) -> str:
    """The link that the page shows, this once."""
    pi.go_to("Team")
    pi.follow("Invite somebody")
    pi.fill(name=guest.name, email=guest.email)
    for role in roles:
        pi.page.locator(f"input[name=roles][value={role}]").check()
    pi.press("Make the link")
    return pi.page.locator("#link").input_value()


def begin_codebook(pi: Person) -> None:
    """The codes of Normalisation Process Theory."""
    pi.go_to("Codebook")
    pi.press("Begin with it Normalisation Process Theory")


def import_people(administrator: Person, study: str, rows: list[list[str | int]]) -> None:
    """Brings a spreadsheet in, by its three steps."""
    administrator.visit(study)
    administrator.go_to("People")
    administrator.follow("Import a list")
    file: FilePayload = {"name": "people.xlsx", "mimeType": XLSX, "buffer": xlsx(rows)}
    administrator.page.locator("input[name=file]").set_input_files(file)
    administrator.press("Read the file")
    administrator.press("Check the list")
    administrator.press(f"Write {len(rows) - 1} new and 0 changed")
