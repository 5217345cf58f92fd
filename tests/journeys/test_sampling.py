"""The administrator's way: from nothing to Tables 1 and 2 of the study."""

from collections import Counter
from collections.abc import Callable

import pytest

from apps.demo import library
from apps.demo.people import GROUPS, SITES
from tests.journeys.beginnings import import_people, open_study
from tests.journeys.person import Person
from tests.running import Running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

HEADINGS: list[str | int] = [
    "Participant ID", "Group", "Site", "Occupation", "Sector", "Clinical role", "Ethnicity", "Gender",
    "Interview date", "Minutes",
]  # fmt: skip
TAKEN_IN = ("Sector", "Clinical role")


def rows() -> list[list[str | int]]:
    """The 63 people as the administrator's own list has them."""
    people = [
        [
            f"R-{number:03d}",
            GROUPS[each.stem],
            each.site,
            each.occupation,
            each.sector,
            each.is_clinical or "n/c",
            each.ethnicity or "n/c",
            each.gender or "n/c",
            each.held_on.isoformat(),
            each.minutes,
        ]
        for number, each in enumerate(library.people(), start=1)
    ]
    return [HEADINGS, *people]


def test_the_sampling_of_the_study_from_nothing(newcomer: Callable[[str], Person], concord: Running) -> None:
    leila = newcomer("Leila Haddad")
    study = open_study(concord, leila, "Sampling from nothing")
    _places(leila, study)
    _characteristics(leila, study)
    import_people(leila, study, rows())
    _route_and_steps(leila, study)
    _targets(leila, study)
    _board_by_keys(leila, study)
    _round_from_a_finding(leila, study)
    _tables(leila, study)


def _places(leila: Person, study: str) -> None:
    numbers = Counter(each.stem for each in library.people())
    leila.visit(f"{study}settings/")
    for site in SITES:
        leila.page.locator("#site_name").fill(site)
        leila.press("Add a site")
    for stem, name in GROUPS.items():
        leila.page.locator("#group_name").fill(name)
        leila.page.locator("#group_stem").fill(stem)
        leila.page.locator("#group_target").fill(str(numbers[stem]))
        leila.press("Add a group")


def _characteristics(leila: Person, study: str) -> None:
    for name, choices in (("Sector", ""), ("Clinical role", "Yes\nNo")):
        leila.visit(f"{study}participants/characteristics/")
        leila.fill(name=name, choices=choices)
        leila.page.locator("[name=kind]").select_option("choice" if choices else "text")
        leila.press("Add")


def _route_and_steps(leila: Person, study: str) -> None:
    leila.visit(f"{study}recruitment/routes/")
    leila.fill(name="Consented to contact", permission_basis="Consent at screening")
    leila.press("Add")
    leila.visit(f"{study}sampling/")
    leila.follow("Hub clients")
    leila.page.locator("[data-ticks]").check()
    leila.page.locator("[name=step]").select_option("interviewed")
    leila.page.locator("[name=route]").select_option(label="Consented to contact")
    leila.press("Record")
    assert leila.main.get_by_text("19 steps were recorded.").count() == 1


def _targets(leila: Person, study: str) -> None:
    leila.visit(f"{study}sampling/target/")
    leila.page.locator("[name=group]").select_option(label="Hub clients")
    leila.page.locator("[name=site]").select_option(label="Eastvale")
    leila.fill(minimum="8", reason="The largest site")
    leila.press("Set the target")
    assert "still to find" in leila.main.locator(".lede").inner_text()


def _board_by_keys(leila: Person, study: str) -> None:
    """From the board to a round without the mouse."""
    leila.visit(f"{study}sampling/")
    leila.page.keyboard.press("ArrowDown")
    short = leila.page.evaluate("document.activeElement.dataset.row + document.activeElement.dataset.column")
    leila.page.keyboard.press("ArrowRight")
    assert short != leila.page.evaluate(
        "document.activeElement.dataset.row + document.activeElement.dataset.column"
    )
    leila.main.locator("#board-cell-title", has_text="Southdown").wait_for()
    leila.page.keyboard.press("r")
    leila.page.wait_for_url("**/recruitment/rounds/open/**")
    leila.fill(title="Clients at Eastvale", rationale="The cell is short")
    leila.press("Open the round")
    assert "A gap on the sampling board" in leila.main.inner_text()


def _round_from_a_finding(leila: Person, study: str) -> None:
    leila.visit(f"{study}recruitment/rounds/open/")
    leila.page.locator("[name=origin]").select_option("finding")
    leila.fill(
        title="Clients who stopped",
        rationale="Coded data are mostly positive",
        finding="Nine of ten codings help",
        query="influence: helps",
    )
    leila.press("Open the round")
    leila.visit(f"{study}recruitment/rounds/")
    assert leila.main.locator("tbody tr").count() == 2


def _tables(leila: Person, study: str) -> None:
    leila.visit(f"{study}tables/")
    people = leila.main.locator("section", has=leila.page.locator("#table-1-title")).locator("tbody tr")
    assert people.count() == 63
    assert people.first.locator("th").inner_text() == "Hub client 01"
    table = leila.main.locator("section", has=leila.page.locator("#table-2-title"))
    sizes = [cell.inner_text().split("n=")[1] for cell in table.locator("thead th.number").all()]
    assert sizes == ["19", "20", "14", "10"]
    cells = {
        row.locator("th").inner_text(): [cell.inner_text() for cell in row.locator("td").all()]
        for row in table.locator("tbody tr").all()
    }
    assert cells["Yes"][:2] == ["10 (53 %)", "10 (50 %)"]
    assert cells["NHS"][:2] == ["16 (84 %)", "14 (70 %)"]
    assert cells["Woman"][:2] == ["11 (58 %)", "12 (60 %)"]
    leila.fill(reason="Agreed by the team")
    leila.press("Sign off as shown")
    with leila.page.expect_download() as download:
        leila.main.get_by_role("link", name="Word", exact=True).click()
    assert download.value.suggested_filename == "tables.docx"
