"""Whose interview a file's name speaks of."""

import pytest

from apps.transcripts.engine.suggesting import suggest

PEOPLE = {
    "client 1": ("Hub client 01", "NHS-0417"),
    "client 7": ("Hub client 07", ""),
    "client 12": ("Hub client 12", "12"),
    "non-hub 7": ("Non-Hub client 07", ""),
}


@pytest.mark.parametrize(
    ("file_name", "person"),
    [
        ("Hub client 07.docx", "client 7"),
        ("hub_client_7_final.docx", "client 7"),
        ("HubClient07-2026-03-01.vtt", "client 7"),
        ("hubclient 012.txt", "client 12"),
        ("Non-hub client 07.docx", "non-hub 7"),
        ("transcript nhs0417 v2.docx", "client 1"),
        ("Hub client 71.docx", None),
        ("Hub client.docx", None),
        ("interview 12 March.docx", None),
        ("Hub client 01 and Hub client 07.docx", None),
        ("", None),
    ],
)
def test_a_person_is_found_by_pseudonym_or_reference(file_name: str, person: str | None) -> None:
    assert suggest(file_name, PEOPLE) == person
