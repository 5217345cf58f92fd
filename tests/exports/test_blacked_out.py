"""Where words are blacked out, no file keeps them: neither one made before nor one that is being made."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from threading import Thread
from typing import Any

import docx
import psycopg
import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.agreement import actions as agreement
from apps.audit.models import AuditEvent
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.exports import actions
from apps.exports.models import Export
from apps.exports.tasks import forget_files
from apps.jobs.models import Run
from apps.participants.models import Withdrawal
from apps.transcripts.models import TranscriptVersion
from config.settings.environment import database
from tests import make
from tests.conftest import as_owner, as_worker
from tests.web.asking import at, is_clean

pytestmark = pytest.mark.django_db(transaction=True)

FILES_MADE_BEFORE = import_module("apps.exports.migrations.0010_files_made_before")
DOCX, XLSX = Export.Format.DOCX, Export.Format.XLSX
WITHOUT = "My boss forwarded an e-mail. I nearly deleted it, to be honest. It looked like all the others."


@pytest.fixture
def works(cast: make.Cast) -> list[CodingAssignment]:
    """Ruth codes one transcript blind with a1, and another with b1."""
    codebook = make.codebook(cast.study)
    first, second = (make.assignment(cast.study, cast.ruth, codebook=codebook) for _ in range(2))
    make.coding(first, "a1", 42, 80)
    make.coding(second, "b1", 42, 80)
    return [first, second]


def asked(cast: make.Cast, work: CodingAssignment, label: str) -> Export:
    code = work.codebook_version.codes.get(label=label)
    with acting_as(cast.ruth.id):
        return actions.request_code(
            study=cast.study, code=code, format=DOCX, filters={}, by=cast.ruth, now=make.NOW
        )


def asked_whole(cast: make.Cast, work: CodingAssignment, format: Export.Format) -> Export:
    transcript = work.transcript_version.transcript
    with acting_as(cast.ruth.id):
        return actions.request_transcript(transcript=transcript, format=format, by=cast.ruth, now=make.NOW)


def made(export: Export) -> Export:
    actions.make(run_id=export.run_id, now=make.NOW)
    return present(export)


def present(export: Export) -> Export:
    with acting_as(export.requested_by_id):
        return Export.objects.select_related("run").get(id=export.id)


def words_of(export: Export) -> str:
    return "\n".join(each.text for each in docx.Document(io.BytesIO(bytes(export.content))).paragraphs)


def correct(cast: make.Cast, work: CodingAssignment, *, hides_somebody: bool = True) -> None:
    with acting_as(cast.pi.id):
        run = agreement.correct_text(
            version=work.transcript_version,
            words={1: WITHOUT},
            hides_somebody=hides_somebody,
            by=cast.pi,
            now=make.NOW,
        )
    with as_worker():
        agreement.carry_correction(run_id=run.id, now=make.NOW)
    run.refresh_from_db()
    assert (run.state, run.failure) == (Run.State.DONE, "")


def test_files_that_held_the_words_are_gone_and_others_stay(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    first, second = works
    holding = [
        made(each)
        for each in (
            asked(cast, first, "a1"),
            asked_whole(cast, first, DOCX),
            asked_whole(cast, first, XLSX),
        )
    ]
    others = [made(each) for each in (asked(cast, first, "b1"), asked_whole(cast, second, DOCX))]
    assert "My manager" in words_of(holding[0])
    correct(cast, first)
    gone = [present(each) for each in holding]
    assert [(bytes(each.content), each.made_at, each.passages) for each in gone] == [(b"", None, 0)] * 3
    assert all(each.blacked_out_at for each in gone)
    kept = [present(each) for each in others]
    assert [each.content for each in kept] == [each.content for each in others]
    assert "My manager" in words_of(kept[0])
    again = made(asked(cast, first, "a1"))
    assert "My manager" not in words_of(again)
    assert "My boss" in words_of(again)


def test_a_correction_that_hides_nobody_leaves_files_as_they_are(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    export = made(asked(cast, works[0], "a1"))
    correct(cast, works[0], hides_somebody=False)
    assert present(export).content == export.content


def test_erased_words_go_from_files_too(cast: make.Cast, works: list[CodingAssignment]) -> None:
    export, transcript = made(asked(cast, works[0], "a1")), works[0].transcript_version.transcript
    Withdrawal.objects.create(
        participant=transcript.interview.participant,
        asked_on=make.NOW.date(),
        transcript="erase",
        codings="leave_out",
        recorded_at=make.NOW,
        recorded_by=cast.administrator,
    )
    with acting_as(cast.administrator.id):
        coding.erase_words(transcript=transcript, by=cast.administrator, now=make.NOW)
    assert (bytes(present(export).content), present(export).blacked_out_at is None) == (b"", False)
    event = AuditEvent.objects.get(verb="erased the words of")
    assert event.detail == {"files_with_these_words": "taken away"}


def test_the_list_says_why_a_file_is_gone_and_nobody_gets_it(
    client: Client, cast: make.Cast, works: list[CodingAssignment]
) -> None:
    export = made(asked(cast, works[0], "a1"))
    correct(cast, works[0])
    client.force_login(cast.ruth)
    page = client.get(at("exports", cast))
    assert is_clean(page)
    assert "The file is gone, because words of a transcript in it were blacked out" in page.content.decode()
    assert "Failed" not in page.content.decode()
    assert client.get(at("export_download", cast, export.id)).status_code == 404
    file = reverse("api:export_file", args=[cast.study.id, export.id])
    assert client.get(file).status_code == 404
    [listed] = client.get(reverse("api:exports", args=[cast.study.id])).json()["results"]
    assert (listed["state"], listed["made_at"], listed["blacked_out_at"] is None) == ("done", None, False)


def test_the_trail_says_the_same_whoever_has_coded_blind(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    """A number of files would tell what Ruth has coded, and with which code."""
    made(asked(cast, works[0], "a1"))
    correct(cast, works[0])
    correct(cast, make.assignment(cast.study, cast.jin, codebook=works[0].codebook_version))
    details = [each.detail for each in AuditEvent.objects.filter(verb="corrected")]
    assert details[0] == details[1]
    assert details[0]["files_with_these_words"] == "taken away"


def test_a_black_out_waits_for_a_file_that_is_being_written(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    export = asked(cast, works[0], "a1")
    with at_the_database() as other:
        with acting_as(cast.ruth.id):
            actions.make(run_id=export.run_id, now=make.NOW)
            black_out = begun(lambda: blacken(other, works[0].transcript_version))
            assert is_waiting(black_out)
        black_out.join(timeout=10)
        other.commit()
    gone = present(export)
    assert (bytes(gone.content), gone.made_at, gone.run.state) == (b"", None, Run.State.DONE)
    assert gone.blacked_out_at is not None


def test_a_file_that_is_begun_during_a_black_out_has_the_new_words(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    export = asked(cast, works[0], "a1")
    with at_the_database() as other:
        blacken(other, works[0].transcript_version)
        writing = begun(lambda: actions.make(run_id=export.run_id, now=make.NOW))
        assert is_waiting(writing)
        other.commit()
        writing.join(timeout=10)
    assert "My manager" not in words_of(present(export))
    assert "XX XXXXXXX" in words_of(present(export))


def test_what_was_blacked_out_before_the_upgrade_goes_from_files_of_that_time(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    """Nobody had noted what they hold: one of a code may hold anything, one of a transcript only that."""
    exports = [made(asked(cast, works[0], "b1")), made(asked_whole(cast, works[1], DOCX))]
    as_the_owner("UPDATE exports_export SET transcripts = '{}', created_at = '2026-03-01'")
    correct(cast, works[0])
    assert [present(each).blacked_out_at for each in exports] == [None, None]
    as_the_owner(FILES_MADE_BEFORE.NOTE)
    gone, kept = (present(each) for each in exports)
    assert (bytes(gone.content), gone.blacked_out_at is None) == (b"", False)
    assert len(gone.transcripts) == 2
    assert (kept.content, kept.transcripts) == (exports[1].content, exports[1].transcripts)


def as_the_owner(statements: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statements)


def test_export_blacked_out_is_gone(cast: make.Cast, works: list[CodingAssignment]) -> None:
    export = made(asked(cast, works[0], "a1"))
    with acting_as(cast.ruth.id), pytest.raises(IntegrityError, match="export_blacked_out_is_gone"):
        Export.objects.filter(id=export.id).update(blacked_out_at=make.NOW)


@contextmanager
def at_the_database() -> Iterator[psycopg.Connection[Any]]:
    """A second connection, of the owner: in its name the functions black out."""
    owner = database(os.environ["DATABASE_OWNER_URL"])
    here = connection.settings_dict
    with psycopg.connect(
        host=here["HOST"],
        port=here["PORT"],
        dbname=here["NAME"],
        user=owner["USER"],
        password=owner["PASSWORD"],
    ) as other:
        yield other


def blacken(other: psycopg.Connection[Any], version: TranscriptVersion) -> None:
    """As the functions do it, and not committed yet."""
    other.execute(
        "UPDATE transcripts_transcriptversion SET text = replace(text, 'My manager', 'XX XXXXXXX') "
        "WHERE id = %s",
        [version.id],
    )


def begun(act: Any) -> Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def is_waiting(thread: Thread) -> bool:
    thread.join(timeout=0.7)
    return thread.is_alive()


def test_files_go_after_their_days_whoever_asked_for_them(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    old, new = asked(cast, works[0], "a1"), asked(cast, works[1], "b1")
    with as_owner():
        Export.objects.filter(id=old.id).update(created_at=timezone.now() - timedelta(days=8))
        Export.objects.filter(id=new.id).update(created_at=timezone.now())
    forget_files()
    with acting_as(cast.ruth.id):
        assert [each.id for each in Export.objects.all()] == [new.id]
