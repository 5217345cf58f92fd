"""Long lists are taken back by a worker: followed, never started twice, all of it or nothing."""

from typing import Any

import pytest
from django.test import Client

from apps.core.refusal import Refused
from apps.exports import actions
from apps.exports.models import Import
from apps.exports.queries.people import people_plan
from apps.exports.queries.under_way import UNDO_RUN, run_of, undoing_state, writing_state
from apps.jobs.models import Run
from apps.participants.models import Characteristic
from tests import make
from tests.exports.sheets import as_csv
from tests.web.asking import at, said

pytestmark = pytest.mark.django_db
HEADINGS = ("Participant ID", "Group", "Site", "Gender", "Interview date")


def written(cast: make.Cast, count: int = 1001) -> Import:
    rows = [(f"P-{n:04d}", "Hub clients", "Northmoor", "Woman", "2026-02-10") for n in range(count)]
    started = begun(cast, rows)
    return actions.write_people(started=started, by=cast.administrator, now=make.NOW)


def begun(cast: make.Cast, rows: Any) -> Import:
    return actions.start(
        study=cast.study,
        kind=Import.Kind.PARTICIPANTS,
        file_name="people.csv",
        content=as_csv([HEADINGS, *rows]),
        by=cast.administrator,
    )


def undo_run(one: Import) -> Run:
    run = run_of(one, UNDO_RUN)
    assert run is not None
    return run


def test_a_long_list_is_taken_back_by_a_worker_and_followed(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    long = written(cast)
    undoing = at("people_undoing", cast, long.id)
    assert client.post(at("people_undo", cast, long.id)).headers["Location"] == undoing
    assert cast.study.participants.count() == 1001
    assert "Waiting for a worker." in client.get(undoing).content.decode()
    assert undoing in client.get(at("people_import", cast)).content.decode()
    client.post(at("people_undo", cast, long.id))
    assert cast.study.runs.filter(kind=UNDO_RUN).count() == 1
    actions.undo_in_worker(run_id=undo_run(long).id, now=make.NOW)
    assert not cast.study.participants.exists()
    answer = client.get(undoing, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == at("people_import", cast)
    assert set(said(client.get(undoing))) == {"The list was taken back."}
    again = client.post(at("people_undo", cast, long.id))
    assert said(again)[-1] == "This list cannot be undone any more."


def test_a_worker_says_why_it_took_nothing_back(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    long = written(cast)
    person = cast.study.participants.get(reference="P-0007")
    person.note = "Called twice"
    person.save()
    client.post(at("people_undo", cast, long.id))
    actions.undo_in_worker(run_id=undo_run(long).id, now=make.NOW)
    assert cast.study.participants.count() == 1001
    [sentence] = said(client.get(at("people_undoing", cast, long.id)))
    assert sentence.startswith("1 people were changed since, such as Hub client")
    person.note = ""
    person.save()
    later = make.NOW.replace(second=59)
    actions.undo_in_worker(
        run_id=actions.request_undo(written=long, by=cast.administrator, now=later).id, now=later
    )
    assert not cast.study.participants.exists()


def test_a_worker_that_gave_up_has_taken_nothing_back(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    long = written(cast)
    client.post(at("people_undo", cast, long.id))
    cast.study.runs.update(state=Run.State.FAILED, finished_at=make.NOW, failure="OSError: /secret")
    [sentence] = said(client.get(at("people_undoing", cast, long.id)))
    assert sentence.startswith("The list could not be taken back, and nothing of it was.")
    follow = f"/api/v1/studies/{cast.study.id}/participants/imports/{long.id}/undo/"
    told = client.get(follow).json()
    assert (told["state"], told["reason"]) == ("failed", "")


def test_the_api_follows_it_too(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    long = written(cast)
    address = f"/api/v1/studies/{cast.study.id}/participants/imports/{long.id}/undo/"
    assert client.get(address).status_code == 404
    asked = client.post(address)
    assert (asked.status_code, asked.headers["Location"], asked.json()["state"]) == (202, address, "queued")
    actions.undo_in_worker(run_id=undo_run(long).id, now=make.NOW)
    told = client.get(address).json()
    assert (told["state"], told["done_share"], told["list"]["can_be_undone"]) == ("done", 1, False)


def test_two_runs_take_a_list_back_once(cast: make.Cast) -> None:
    long = written(cast)
    by = cast.administrator
    first = actions.request_undo(written=long, by=by, now=make.NOW)
    first.state = Run.State.DONE
    Run.objects.filter(id=first.id).update(state=Run.State.DONE, finished_at=make.NOW)
    second = actions.request_undo(written=long, by=by, now=make.NOW.replace(second=59))
    assert first.id != second.id
    actions.undo(written=long, by=by, now=make.NOW)
    actions.undo_in_worker(run_id=second.id, now=make.NOW)
    with pytest.raises(Refused):
        actions.undo(written=long, by=by, now=make.NOW)
    second.refresh_from_db()
    assert (second.state, cast.study.participants.count()) == ("done", 0)


def test_a_worker_that_ends_between_two_questions_has_not_refused(cast: make.Cast) -> None:
    rows = [(f"P-{n:04d}", "Hub clients", "Northmoor", "Woman", "2026-02-10") for n in range(1001)]
    started = begun(cast, rows)
    run = actions.request_write(started=started, by=cast.administrator, now=make.NOW)
    read_before = Import.objects.select_related("study").get(id=started.id)
    actions.write_in_worker(run_id=run.id, now=make.NOW)
    assert writing_state(read_before) == "done"
    assert read_before.created_count == 1001
    undo = actions.request_undo(
        written=Import.objects.get(id=started.id), by=cast.administrator, now=make.NOW
    )
    actions.undo_in_worker(run_id=undo.id, now=make.NOW)
    assert undoing_state(read_before) == "done"


def test_what_was_read_is_read_again_where_it_may_mean_another_thing(cast: make.Cast) -> None:
    gender = Characteristic.objects.create(
        study=cast.study, name="Gender", kind="choice", choices=["Woman", "Man"], codes={"1": "Woman"}
    )
    started = begun(cast, [("P-1", "Hub clients", "Northmoor", "1", "")])
    plan = people_plan(started, today=make.NOW.date())
    assert people_plan(started, today=make.NOW.date(), read=plan.reading).reading is plan.reading
    gender.codes = {"1": "Man"}
    gender.save()
    actions.write_people(started=started, by=cast.administrator, now=make.NOW, read=plan.reading)
    assert cast.study.participants.get().values.get().value == "Man"
