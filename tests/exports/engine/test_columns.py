import pytest

from apps.exports.engine.columns import Column, Columns, fold, guess_codes, guess_people


@pytest.mark.parametrize(
    ("header", "folded"),
    [
        ("Group (Hub client / staff)", "group"),
        (" Interview_Date ", "interview date"),
        ("(minutes)", "minutes"),
        ("Étude n°", "étude n"),
    ],
)
def test_headings_are_compared_without_case_brackets_and_punctuation(header: str, folded: str) -> None:
    assert fold(header) == folded


def test_the_columns_of_a_list_of_people_are_guessed_by_their_names() -> None:
    headers = [
        "Participant ID",
        "Group",
        "Site",
        "Name",
        "E-mail",
        "Occupation",
        "Ethnicity",
        "Shift",
        "Gender",
    ]
    headers += ["Interview date", "Mode", "Duration (mins)", "Interviewer", "Pseudonym"]
    assert guess_people(headers, {"gender": "key"}) == [
        "reference",
        "group",
        "site",
        "leave",
        "leave",
        "characteristic:new",
        "characteristic:new",
        "leave",
        "characteristic:key",
        "held_on",
        "mode",
        "minutes",
        "interviewer",
        "pseudonym",
    ]


def test_a_meaning_goes_to_one_column_and_to_the_most_telling_one() -> None:
    assert guess_people(["Date", "Interview date", "ID", "Participant ID"], {}) == [
        "leave",
        "held_on",
        "reference",
        "leave",
    ]


def test_the_columns_of_a_list_of_codes_are_guessed_by_their_names() -> None:
    headers = [
        "Code",
        "Parent",
        "Label",
        "Description",
        "Include",
        "Exclude",
        "Example",
        "Synonyms",
        "Colour",
    ]
    assert guess_codes(headers) == [
        "name",
        "parent",
        "label",
        "definition",
        "include",
        "exclude",
        "example",
        "aliases",
        "leave",
    ]


def test_what_was_said_of_the_columns_survives_storage() -> None:
    said = Columns(
        columns=(Column("Site", "site"), Column("When", "held_on", day_first=True)), makes_places=True
    )
    assert Columns.from_json(said.to_json()) == said
    assert said.header("held_on") == "When"
    assert Columns.from_json({}) == Columns()
