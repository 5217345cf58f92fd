"""Rows that cannot be written are left out when somebody says so; the check shows it before anything is."""

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.exports import actions
from apps.exports.models import Import
from tests import make
from tests.exports.sheets import as_csv
from tests.web.asking import at

pytestmark = pytest.mark.django_db
PEOPLE = [
    ("Participant ID", "Group", "Site"),
    ("P-1", "Hub clients", "Northmoor"),
    ("", "x", ""),
    ("P-2", "Hub clients", "Northmoor"),
]


def begun(cast: make.Cast) -> Import:
    return actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="people.csv",
        content=as_csv(PEOPLE),
        by=cast.administrator,
    )


def test_the_refused_rows_are_left_out_and_taken_in_again(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    started = begun(cast)
    check, rows = at("people_check", cast, started.id), at("people_rows", cast, started.id)
    assert "Leave the refused row out" in client.get(check).content.decode()
    assert client.post(rows, {"leave_out": "refused"}).headers["Location"] == check
    page = client.get(check)
    assert "Row 3 is left out." in page.content.decode()
    assert (page.context["new"], page.context["refused"], page.context["plan"].can_be_written) == (2, 0, True)
    client.post(rows, {"leave_out": "none"})
    assert client.get(check).context["refused"] == 1
    client.post(rows, {"leave_out": "refused"})
    client.post(at("people_write", cast, started.id))
    assert set(cast.study.participants.values_list("reference", flat=True)) == {"P-1", "P-2"}
    assert AuditEvent.objects.get(verb="written").detail["rows_left_out"] == [3]


def test_saying_the_columns_anew_takes_all_rows_in(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    started = begun(cast)
    actions.leave_rows_out(started=started, rows=[3])
    page = at("people_columns", cast, started.id)
    said = {"to-0": "reference", "to-1": "group", "to-2": "site"}
    assert client.post(page, said).headers["Location"] == at("people_check", cast, started.id)
    assert client.get(at("people_check", cast, started.id)).context["refused"] == 1


def test_what_was_left_out_is_not_remembered_for_the_next_list(cast: make.Cast) -> None:
    started = actions.leave_rows_out(started=begun(cast), rows=[3])
    actions.write_people(started=started, by=cast.administrator, now=make.NOW)
    assert not begun(cast).mapping["rows_left_out"]


def test_nobody_leaves_rows_out_of_a_list_of_somebody_else(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    assert client.post(at("people_rows", cast, begun(cast).id), {"leave_out": "refused"}).status_code == 404


def test_rows_of_steps_are_left_out_too(client: Client, cast: make.Cast) -> None:
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    cells = [
        ("Pseudonym", "Step", "Date"),
        (person.pseudonym, "approached", "2026-01-05"),
        ("Nobody", "", ""),
    ]
    started = actions.start(
        study=cast.study,
        kind=Import.Kind.STEPS,
        file_name="steps.csv",
        content=as_csv(cells),
        by=cast.recruiter,
    )
    client.force_login(cast.recruiter)
    client.post(at("steps_rows", cast, started.id), {"leave_out": "refused"})
    client.post(at("steps_write", cast, started.id))
    assert cast.study.recruitment_events.count() == 1
