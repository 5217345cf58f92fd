"""The invented people against the published facts."""

from collections import Counter
from datetime import date
from statistics import mean

from apps.demo import library
from apps.demo.library import Person

PEOPLE = library.people()
SITE_RESEARCHERS = {"Sam Adeyemi", "Bethan Rhys", "Nadia Rahman", "Oliver Trent"}


def of(stem: str) -> list[Person]:
    return [person for person in PEOPLE if person.stem == stem]


def percent(people: list[Person], field: str, *values: str) -> int:
    return round(100 * sum(getattr(person, field) in values for person in people) / len(people))


def test_the_facts_name_their_source() -> None:
    assert library.facts()["source"].startswith(
        "Allsopp K, Varese F, French P, et al. BMJ Open 2023;13:e071826"
    )


def test_sixty_three_people_in_the_published_groups() -> None:
    assert [person.pseudonym for person in PEOPLE] == [
        each["pseudonym"] for each in library.facts()["participants"]
    ]
    assert [len(of(stem)) for stem in library.BANK_OF] == [19, 20, 14, 10]


def test_the_published_percentages_hold() -> None:
    clients, others = of("Hub client"), of("Non-Hub keyworker")
    assert percent(clients, "is_clinical", "Yes") == 53
    assert percent(clients, "sector", "NHS") == 84
    assert percent(clients, "sector", "Local authority") == 11
    assert percent(clients, "sector", "Education") == 5
    assert percent(clients, "gender", "Woman") == 58
    assert percent(others, "is_clinical", "Yes") == 50
    assert percent(others, "sector", "NHS") == 70
    assert percent(others, "sector", "Police", "Fire and rescue") == 20
    assert percent(others, "sector", "Social care") == 10
    assert percent(others, "gender", "Woman") == 60


def test_interviews_last_as_long_as_published() -> None:
    minutes = [person.minutes for person in PEOPLE]
    assert (mean(minutes), min(minutes), max(minutes)) == (62, 21, 101)


def test_interviews_are_held_on_working_days_of_the_published_periods() -> None:
    periods = {
        "Hub client": (date(2021, 10, 1), date(2022, 1, 31)),
        "Non-Hub keyworker": (date(2021, 10, 1), date(2022, 1, 31)),
        "Hub staff": (date(2021, 4, 1), date(2022, 1, 31)),
        "Wider stakeholder": (date(2022, 1, 1), date(2022, 3, 31)),
    }
    for person in PEOPLE:
        first, last = periods[person.stem]
        assert first <= person.held_on <= last
        assert person.held_on.weekday() < 5


def test_interviewers_keep_to_their_groups() -> None:
    keyworkers = [*of("Hub client"), *of("Non-Hub keyworker")]
    assert {person.interviewer for person in keyworkers} == SITE_RESEARCHERS
    assert {person.interviewer for person in of("Hub staff")} == {"Ruth Hale"}
    assert {person.interviewer for person in of("Wider stakeholder")} == {"Jin Park"}


def test_neither_ethnicity_nor_gender_of_staff_and_stakeholders_is_known() -> None:
    others = [*of("Hub staff"), *of("Wider stakeholder")]
    assert {(person.ethnicity, person.gender) for person in others} == {("", "")}


def test_the_main_round_has_three_of_each_group_all_sites_and_all_interviewers() -> None:
    sample = library.working_on("Round 2")
    assert len(sample) == 13
    assert min(Counter(person.stem for person in sample).values()) >= 3
    assert {person.site for person in sample} == {person.site for person in PEOPLE}
    assert {person.interviewer for person in sample} == {person.interviewer for person in PEOPLE}
