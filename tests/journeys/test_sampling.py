"""The administrator's way: from nothing to Tables 1 and 2 of the study."""

from collections import Counter
from collections.abc import Callable

import pytest

from apps.demo import library
from apps.demo.people import CHARACTERISTICS, GROUPS, SITES
from apps.demo.recruitment import ROUTES, WANTED
from tests.journeys.beginnings import import_people, open_study
from tests.journeys.person import Person
from tests.running import Running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

NUMBERS = Counter(each.stem for each in library.people())
HEADINGS: list[str | int] = [
    "Participant ID", "Group", "Site", "Occupation", "Sector", "Clinical role", "Ethnicity", "Gender",
    "Support", "View", "Interview date", "Minutes",
]  # fmt: skip
# The cell that stays short, from which a round is opened.
SHORT = ("Hub client", "Eastvale")
# What the paper gives of clients and keyworkers.
PUBLISHED = {
    "Yes": ["10 (53 %)", "10 (50 %)"],
    "NHS": ["16 (84 %)", "14 (70 %)"],
    "Local authority": ["2 (11 %)", "0 (0 %)"],
    "Woman": ["11 (58 %)", "12 (60 %)"],
}


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
            each.support,
            each.view,
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
    _targets(leila, study)
    _routes_and_steps(leila, study)
    _board_by_keys(leila, study)
    _round_from_a_finding(leila, study)
    _consents(leila, study)
    _withdrawal(leila, study)
    _board_is_full(leila, study)
    _tables(leila, study)


def _places(leila: Person, study: str) -> None:
    leila.visit(f"{study}settings/")
    for site in SITES:
        leila.page.locator("#site_name").fill(site)
        leila.press("Add a site")
    for stem, name in GROUPS.items():
        leila.page.locator("#group_name").fill(name)
        leila.page.locator("#group_stem").fill(stem)
        leila.page.locator("#group_target").fill(str(NUMBERS[stem]))
        leila.press("Add a group")


def _characteristics(leila: Person, study: str) -> None:
    for name, (_, choices, stems) in CHARACTERISTICS.items():
        leila.visit(f"{study}participants/characteristics/")
        leila.fill(name=name, choices="\n".join(choices))
        leila.page.locator("[name=kind]").select_option("choice" if choices else "text")
        leila.tick(*(GROUPS[stem] for stem in stems))
        leila.press("Add")


def _targets(leila: Person, study: str) -> None:
    """Every cell of group and site, and what each group's own criteria ask."""
    held = Counter((each.stem, each.site) for each in library.people())
    for (stem, site), number in held.items():
        hoped_for = 2 if (stem, site) == SHORT else 0
        _target(leila, study, stem, site=site, minimum=str(number + hoped_for))
        leila.in_a_hurry = True
    for stem, name, value, minimum, maximum, _, reason in WANTED:
        criterion = {"minimum": str(minimum), "maximum": str(maximum or ""), "value": value}
        _target(leila, study, stem, characteristic=name, reason=reason, **criterion)
    leila.in_a_hurry = False
    leila.visit(f"{study}sampling/target/")
    standing = leila.main.locator("aside tbody tr")
    assert standing.count() == len(held) + len(WANTED)


def _target(leila: Person, study: str, stem: str, **given: str) -> None:
    leila.visit(f"{study}sampling/target/")
    given = {"reason": "In proportion to the size of the site", "group": GROUPS[stem], **given}
    for name in ("group", "site", "characteristic"):
        if name in given:
            leila.page.locator(f"[name={name}]").select_option(label=given.pop(name))
    leila.fill(**given)
    leila.press("Set the target")


def _routes_and_steps(leila: Person, study: str) -> None:
    """Everybody of a group is recorded at once; whoever declined and is on no list, as a number."""
    for name, (basis, is_known) in ROUTES.items():
        leila.visit(f"{study}recruitment/routes/")
        leila.fill(name=name, permission_basis=basis)
        leila.page.locator("[name=is_denominator_known]").set_checked(is_known)
        leila.press("Add")
    for name, route in zip(GROUPS.values(), ROUTES, strict=False):
        for step in ("approached", "replied"):
            leila.visit(f"{study}sampling/")
            leila.follow(name)
            leila.page.locator("[data-ticks]").check()
            leila.page.locator("[name=step]").select_option(step)
            leila.page.locator("[name=route]").select_option(label=route)
            leila.press("Record")
    assert leila.main.get_by_text("10 steps were recorded.").count() == 1
    leila.visit(f"{study}recruitment/numbers/")
    leila.fill(people="5", reason="No time")
    for name, label in (("group", "Hub clients"), ("site", "Eastvale"), ("step", "Declined")):
        leila.page.locator(f"[name={name}]").select_option(label=label)
    leila.press("Record")
    leila.visit(f"{study}recruitment/funnel/")
    assert "No time" in leila.main.inner_text()


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


def _consents(leila: Person, study: str) -> None:
    """A form with the usual clauses; everybody said yes to all, but one to no archive."""
    leila.visit(f"{study}participants/consents/add/")
    leila.fill(label="v2, 14 May 2021")
    leila.press("Save")
    leila.follow("v2, 14 May 2021")
    leila.page.locator("[data-ticks]").check()
    leila.fill(given_on="2021-05-20")
    leila.page.locator("[name=others]").select_option("yes")
    leila.press("Record")
    assert leila.main.get_by_text("63 consents were recorded.").count() == 1
    leila.follow("Hub client 05")
    leila.follow("Record consent")
    leila.page.get_by_label("Archive").select_option("no")
    leila.main.get_by_role("button", name="Record", exact=True).first.click()
    leila.main.get_by_text("Recorded.").wait_for()
    assert "Archive" in leila.main.inner_text()


def _withdrawal(leila: Person, study: str) -> None:
    """Said as a step, carried out on the page that follows; the completed analysis is kept."""
    leila.visit(f"{study}participants/")
    leila.follow("Hub client 19")
    leila.main.get_by_text("Record a step").click()
    leila.page.locator("[name=step]").select_option("withdrew")
    leila.fill(reason="Changed jobs")
    leila.press("Record")
    assert leila.page.locator("[name=reason]").input_value() == "Changed jobs"
    leila.press("Record the withdrawal")
    assert leila.main.get_by_text("Hub client 19 has withdrawn.").count() == 1
    leila.visit(f"{study}recruitment/")
    assert leila.main.get_by_text("Carry out").count() == 0


def _board_is_full(leila: Person, study: str) -> None:
    leila.visit(f"{study}sampling/")
    assert leila.main.locator(".lede").inner_text().startswith("63 of 63 interviews done, 0 booked, 2 still")


def _tables(leila: Person, study: str) -> None:
    leila.visit(f"{study}tables/")
    people = leila.main.locator("section", has=leila.page.locator("#table-1-title")).locator("tbody tr")
    assert people.locator("th").all_inner_texts() == [each.pseudonym for each in library.people()]
    assert people.first.locator("th").inner_text() == "Hub client 01"
    table = leila.main.locator("section", has=leila.page.locator("#table-2-title"))
    sizes = [cell.inner_text().split("n=")[1] for cell in table.locator("thead th.number").all()]
    assert sizes == ["19", "20", "14", "10"]
    cells = {
        row.locator("th").inner_text(): [cell.inner_text() for cell in row.locator("td").all()]
        for row in table.locator("tbody tr").all()
    }
    assert {name: cells[name][:2] for name in PUBLISHED} == PUBLISHED
    assert people.count() == sum(NUMBERS.values())
    leila.fill(reason="Agreed by the team")
    leila.press("Sign off as shown")
    with leila.page.expect_download() as download:
        leila.main.get_by_role("link", name="Word", exact=True).click()
    assert download.value.suggested_filename == "tables.docx"
