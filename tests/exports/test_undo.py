from typing import Any

import pytest
from django.test import Client

from apps.core.refusal import Refused
from apps.exports import actions
from apps.exports.engine.columns import Columns
from apps.exports.models import Import
from apps.exports.queries.under_way import run_of
from apps.jobs.models import Run
from apps.participants.actions import Happened, record_step
from apps.participants.models import Participant
from tests import make
from tests.exports.sheets import as_csv
from tests.web.asking import at, said

FIRST = [
    ("Participant ID", "Group", "Site", "Gender", "Shoe size", "Interview date", "Minutes"),
    ("P-01", "Hub clients", "Northmoor", "Woman", "38", "2026-02-10", "61"),
    ("P-02", "Hub clients", "Northmoor", "Man", "44", "", ""),
]
SECOND = [
    FIRST[0],
    ("P-01", "Hub clients", "Northmoor", "Other", "38", "2026-02-10", "72"),
    FIRST[2],
    ("P-03", "Hub clients", "Northmoor", "Man", "43", "", ""),
]


def bring_in(cast: make.Cast, cells: Any, **columns: str) -> Import:
    """Brings a list in; `columns` overrule the guess by heading (with _ for a space)."""
    started = actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="people.csv",
        content=as_csv(cells),
        by=cast.administrator,
    )
    said_of = {name.replace("_", " "): to for name, to in columns.items()}
    mapping = dict(started.mapping)
    for column in mapping["columns"]:
        column["to"] = said_of.get(column["header"], column["to"])
    actions.say_columns(started=started, columns=Columns.from_json(mapping))
    return actions.write_people(started=started, by=cast.administrator, now=make.NOW)


def known(cast: make.Cast) -> dict[str, Any]:
    people = cast.study.participants.order_by("reference")
    return {
        each.reference: (
            {value.characteristic.name: value.value for value in each.values.all()},
            [(interview.held_on, interview.minutes) for interview in each.interviews.all()],
        )
        for each in people
    }


def test_a_mapping_is_remembered(cast: make.Cast) -> None:
    bring_in(cast, FIRST, Shoe_size="note")
    again = actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="people.csv",
        content=as_csv(SECOND),
        by=cast.pi,
    )
    columns = Columns.from_json(again.mapping)
    assert columns.header("note") == "Shoe size"
    assert columns.remembered_from == "2026-03-02"
    gender = cast.study.characteristics.get(name="Gender")
    assert columns.header(f"characteristic:{gender.id}") == "Gender"


def test_a_list_is_taken_back_as_a_whole(cast: make.Cast) -> None:
    bring_in(cast, FIRST)
    before = known(cast)
    second = bring_in(cast, SECOND)
    assert list(known(cast)) == ["P-01", "P-02", "P-03"]
    actions.undo(written=second, by=cast.administrator, now=make.NOW)
    assert known(cast) == before
    with pytest.raises(Refused):
        actions.undo(written=second, by=cast.administrator, now=make.NOW)


def test_nothing_is_taken_back_where_somebody_worked_since(cast: make.Cast) -> None:
    written = bring_in(cast, FIRST)
    person = Participant.objects.get(reference="P-02")
    record_step(
        participant=person,
        happened=Happened("replied", make.NOW.date()),
        by=cast.administrator,
        now=make.NOW,
    )
    with pytest.raises(Refused, match="1 people were changed since, such as Hub client 02"):
        actions.undo(written=written, by=cast.administrator, now=make.NOW)
    assert list(known(cast)) == ["P-01", "P-02"]
    person.recruitment_events.all().delete()
    person.note = "Called twice"
    person.save()
    with pytest.raises(Refused):
        actions.undo(written=written, by=cast.administrator, now=make.NOW)


def test_the_page_offers_to_take_a_list_back(client: Client, cast: make.Cast) -> None:
    written = bring_in(cast, FIRST)
    client.force_login(cast.administrator)
    assert at("people_undo", cast, written.id) in client.get(at("people_import", cast)).content.decode()
    assert said(client.post(at("people_undo", cast, written.id))) == ["The list was taken back."]
    assert not cast.study.participants.exists()


def test_a_second_window_is_told_that_the_list_was_written(client: Client, cast: make.Cast) -> None:
    written = bring_in(cast, FIRST)
    client.force_login(cast.administrator)
    again = client.post(at("people_write", cast, written.id))
    assert again.headers["Location"] == at("people_import", cast)
    assert said(again) == ["This list was written already."]
    client.force_login(cast.pi)
    assert client.post(at("people_write", cast, written.id)).status_code == 404


DICTIONARY = [
    ("Variable / Field Name", "Form Name", "Field Type", "Field Label",
     "Choices, Calculations, OR Slider Labels", "Text Validation Type OR Show Slider Number", "Identifier?"),
    ("record_id", "a", "text", "Record", "", "", ""),
    ("full_name", "a", "text", "Full name", "", "", "y"),
    ("sex", "a", "radio", "<b>Gender</b>", "1, Woman | 2, Man | 3, Other; or not said", "", ""),
    ("hours", "a", "checkbox", "Working hours", "1, Days | 2, Nights", "", ""),
    ("age", "a", "text", "Age", "", "integer", ""),
    ("born", "a", "text", "Began work on", "", "date_ymd", ""),
    ("group", "a", "text", "Group", "", "", ""),
    ("thoughts", "a", "notes", "Thoughts", "", "", ""),
]  # fmt: skip
DATA = [
    ("record_id", "redcap_data_access_group", "full_name", "sex", "hours___1", "hours___2", "age", "born",
     "group", "thoughts", "a_complete"),
    ("7", "Northmoor", "Ann Example", "2", "1", "1", "41", "2019-05-01", "Hub clients", "Ann says", "2"),
]  # fmt: skip


def test_a_redcap_export_maps_by_itself(client: Client, cast: make.Cast) -> None:
    started = actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="data.csv",
        content=as_csv(DATA),
        dictionary=as_csv(DICTIONARY),
        by=cast.administrator,
    )
    actions.write_people(started=started, by=cast.administrator, now=make.NOW)
    assert known(cast) == {
        "7": (
            {"Gender": "Man", "Working hours": "Days; Nights", "Age": "41", "Began work on": "2019-05-01"},
            [],
        )
    }
    kinds = dict(cast.study.characteristics.values_list("name", "kind"))
    assert kinds == {
        "Gender": "choice",
        "Working hours": "multiple",
        "Age": "number",
        "Began work on": "date",
    }
    gender = cast.study.characteristics.get(name="Gender")
    assert gender.codes == {"1": "Woman", "2": "Man", "3": "Other, or not said"}


def test_a_file_that_is_no_dictionary_is_refused(cast: make.Cast) -> None:
    with pytest.raises(Refused) as refused:
        actions.start(
            study=cast.study,
            kind=Import.Kind.PARTICIPANTS,
            file_name="data.csv",
            content=as_csv(DATA),
            dictionary=as_csv(DATA),
            by=cast.administrator,
        )
    assert refused.value.code == "no_dictionary"
    assert not Import.objects.exists()


def test_two_hundred_columns_are_asked_for_one_by_one(client: Client, cast: make.Cast) -> None:
    wide = [(*FIRST[0], *(f"Item {n}" for n in range(193))), *((*row, *["1"] * 193) for row in FIRST[1:])]
    started = actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="wide.csv",
        content=as_csv(wide),
        by=cast.administrator,
    )
    client.force_login(cast.administrator)
    page = client.get(at("people_columns", cast, started.id))
    assert len(page.context["form"].rows) == 200
    actions.write_people(started=started, by=cast.administrator, now=make.NOW)
    assert cast.study.characteristics.count() == 1


def test_a_long_list_is_written_by_a_worker(client: Client, cast: make.Cast) -> None:
    row = FIRST[1][1:]
    long = [FIRST[0], *((f"P-{number:04d}", *row) for number in range(1001))]
    started = actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="long.csv",
        content=as_csv(long),
        by=cast.administrator,
    )
    client.force_login(cast.administrator)
    progress = at("people_progress", cast, started.id)
    assert client.post(at("people_write", cast, started.id)).headers["Location"] == progress
    assert "Waiting for a worker." in client.get(progress).content.decode()
    run = run_of(started)
    assert run is not None
    actions.write_in_worker(run_id=run.id, now=make.NOW)
    assert cast.study.participants.count() == 1001
    assert client.get(progress).headers["Location"] == at("people_import", cast)
    gone_on = client.get(progress, headers={"HX-Request": "true"})
    assert gone_on.headers["HX-Redirect"] == at("people_import", cast)


def test_a_long_list_that_is_refused_goes_back_to_its_problems(client: Client, cast: make.Cast) -> None:
    long = [FIRST[0], *((f"P-{number:04d}", "Nobody", *FIRST[1][2:]) for number in range(1001))]
    started = actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="long.csv",
        content=as_csv(long),
        by=cast.administrator,
    )
    run = actions.request_write(started=started, by=cast.administrator, now=make.NOW)
    actions.write_in_worker(run_id=run.id, now=make.NOW)
    assert not cast.study.participants.exists()
    client.force_login(cast.administrator)
    answer = client.get(at("people_progress", cast, started.id))
    assert answer.headers["Location"] == at("people_check", cast, started.id)
    assert said(answer) == [
        "Nothing was written: something stands in the way, or all of it is there already."
    ]


def test_a_list_that_waits_for_a_worker_is_neither_changed_nor_forgotten(
    client: Client, cast: make.Cast
) -> None:
    client.force_login(cast.administrator)
    started = begin_long(cast)
    client.post(at("people_write", cast, started.id))
    progress = at("people_progress", cast, started.id)
    for page in ("people_columns", "people_check"):
        assert client.get(at(page, cast, started.id)).headers["Location"] == progress
    assert client.post(at("people_leave", cast, started.id)).headers["Location"] == progress
    with pytest.raises(Refused, match="being written"):
        actions.leave(started=started)
    other = begin_long(cast)
    assert progress in client.get(at("people_import", cast)).content.decode()
    assert set(cast.study.imports.all()) == {started, other}


def test_a_worker_that_gave_up_is_told_and_leaves_the_list(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    started = begin_long(cast)
    client.post(at("people_write", cast, started.id))
    cast.study.runs.update(state=Run.State.FAILED, finished_at=make.NOW)
    answer = client.get(at("people_progress", cast, started.id))
    assert answer.headers["Location"] == at("people_check", cast, started.id)
    [sentence] = said(answer)
    assert sentence.startswith("The list could not be written, and nothing of it was.")
    again = client.post(at("people_write", cast, started.id))
    assert again.headers["Location"] == at("people_progress", cast, started.id)


def test_long_lists_of_steps_are_written_by_a_worker_too(client: Client, cast: make.Cast) -> None:
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    rows = [(person.pseudonym, f"Step {number}", "2026-01-05") for number in range(1001)]
    started = actions.start(
        study=cast.study,
        kind=Import.Kind.STEPS,
        file_name="steps.csv",
        content=as_csv([("Pseudonym", "Step", "Date"), *rows]),
        by=cast.recruiter,
    )
    client.force_login(cast.recruiter)
    progress = at("steps_progress", cast, started.id)
    assert client.post(at("steps_write", cast, started.id)).headers["Location"] == progress
    assert client.get(progress).status_code == 200
    run = run_of(started)
    assert run is not None
    actions.write_in_worker(run_id=run.id, now=make.NOW)
    assert cast.study.recruitment_events.count() == 1001
    assert client.get(progress).headers["Location"] == at("steps_import", cast)


def begin_long(cast: make.Cast) -> Import:
    rows = [(f"P-{number:04d}", *FIRST[1][1:]) for number in range(1001)]
    return actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="long.csv",
        content=as_csv([FIRST[0], *rows]),
        by=cast.administrator,
    )
