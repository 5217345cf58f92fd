"""Files arrive: they are read and wait, or leave nothing behind."""

import hashlib
from datetime import datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from apps.audit.models import AuditEvent
from apps.core.refusal import Refused
from apps.transcripts import actions
from apps.transcripts.engine.drafts import Draft
from apps.transcripts.models import SourceFile, Transcript, TranscriptVersion, Upload
from tests import make
from tests.transcripts import files

pytestmark = pytest.mark.django_db


def receive(
    cast: make.Cast, now: datetime, name: str = "a.txt", data: bytes = files.TEXT, **options: bool
) -> Upload:
    return actions.receive(study=cast.study, name=name, data=data, by=cast.administrator, now=now, **options)


def confirm(cast: make.Cast, now: datetime, upload: Upload) -> Transcript:
    return actions.confirm(
        upload=upload,
        interview=make.interview(cast.study),
        roles=files.ROLES,  # type: ignore[arg-type]
        by=cast.administrator,
        now=now,
    )


def sentence_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.sentence


def test_a_file_is_kept_byte_for_byte_with_its_digest(cast: make.Cast, now: datetime) -> None:
    upload = receive(cast, now, "interview.docx", files.WORD)
    source = SourceFile.objects.get()
    assert (bytes(source.content), source.size) == (files.WORD, len(files.WORD))
    assert source.sha256 == hashlib.sha256(files.WORD).hexdigest()
    assert [label.name for label in Draft.from_json(upload.draft).labels] == ["I", "P"]


def test_the_trail_names_the_digest_of_a_file_and_not_its_name(cast: make.Cast, now: datetime) -> None:
    receive(cast, now, "Jane Smith.txt")
    event = AuditEvent.objects.get()
    assert (event.verb, event.noun, event.object_name) == ("uploaded", "source file", "")
    assert event.detail == {"sha256": SourceFile.objects.get().sha256, "kind": "txt", "size": len(files.TEXT)}


@pytest.mark.parametrize(("name", "data", "sentence"), files.WRONG, ids=[each[0] for each in files.WRONG])
def test_a_wrong_file_leaves_nothing(
    cast: make.Cast, now: datetime, name: str, data: bytes, sentence: str
) -> None:
    with pytest.raises(Refused) as caught:
        receive(cast, now, name, data)
    assert sentence_of(caught) == sentence
    assert (SourceFile.objects.count(), Upload.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_the_same_file_twice_is_told_apart_from_one_in_use(cast: make.Cast, now: datetime) -> None:
    upload = receive(cast, now)
    with pytest.raises(actions.WaitsAlready) as waits:
        receive(cast, now, "copy.txt")
    assert sentence_of(waits) == "copy.txt was uploaded before and waits to be confirmed."
    confirm(cast, now, upload)
    with pytest.raises(actions.InUseAlready) as in_use:
        receive(cast, now, "copy.txt")
    assert sentence_of(in_use) == "copy.txt is the transcript of Hub client 01 already."


def test_another_study_may_hold_the_same_file(cast: make.Cast, now: datetime) -> None:
    receive(cast, now)
    other = make.study("Another")
    actions.receive(study=other, name="a.txt", data=files.TEXT, by=cast.outsider, now=now)
    assert SourceFile.objects.count() == 2


def test_two_people_without_labels_may_speak_in_turn(cast: make.Cast, now: datetime) -> None:
    text = b"How did you hear of it?\n\nFrom a colleague.\n\nAnd then?\n\nI rang.\n"
    upload = receive(cast, now, data=text, do_speakers_alternate=True)
    labels = Draft.from_json(upload.draft).labels
    assert [(label.name, label.count) for label in labels] == [("Interviewer", 2), ("Participant", 2)]


def test_speaking_in_turn_is_not_forced_on_a_file_with_labels(cast: make.Cast, now: datetime) -> None:
    upload = receive(cast, now, do_speakers_alternate=True)
    assert [label.name for label in Draft.from_json(upload.draft).labels] == ["I", "P"]


def test_a_very_long_name_keeps_its_ending(cast: make.Cast, now: datetime) -> None:
    receive(cast, now, "x" * 400 + ".txt")
    assert SourceFile.objects.get().name == "x" * 251 + ".txt"


def test_pasted_text_is_kept_as_a_file(cast: make.Cast, now: datetime) -> None:
    actions.receive_text(study=cast.study, text=files.SPEECH, by=cast.administrator, now=now)
    source = SourceFile.objects.get()
    assert (source.name, bytes(source.content)) == ("Pasted text.txt", files.TEXT)


def test_discarding_removes_the_file_too(cast: make.Cast, now: datetime) -> None:
    upload = receive(cast, now)
    actions.discard(upload=upload, by=cast.administrator, now=now)
    assert (Upload.objects.count(), SourceFile.objects.count()) == (0, 0)
    with pytest.raises(actions.Gone):
        actions.discard(upload=upload, by=cast.administrator, now=now)
    assert list(AuditEvent.objects.order_by("created_at").values_list("verb", flat=True)) == [
        "uploaded",
        "discarded",
    ]


def test_the_original_can_be_read_again_and_outlives_that_upload(cast: make.Cast, now: datetime) -> None:
    transcript = confirm(cast, now, receive(cast, now))
    upload = actions.read_again(transcript=transcript, by=cast.administrator, now=now)
    with pytest.raises(actions.WaitsAlready):
        actions.read_again(transcript=transcript, by=cast.administrator, now=now)
    actions.discard(upload=upload, by=cast.administrator, now=now)
    assert (Upload.objects.count(), SourceFile.objects.count()) == (0, 1)


def test_a_transcript_without_original_says_so(cast: make.Cast, now: datetime) -> None:
    version = make.transcript(cast.study)
    with pytest.raises(actions.NoOriginal):
        actions.read_again(transcript=version.transcript, by=cast.administrator, now=now)
    with pytest.raises(actions.NoOriginal):
        actions.fetch_original(version=version, by=cast.administrator, now=now)


def test_whoever_fetches_an_original_stands_in_the_trail(cast: make.Cast, now: datetime) -> None:
    confirm(cast, now, receive(cast, now))
    version = TranscriptVersion.objects.get()
    source = actions.fetch_original(version=version, by=cast.pi, now=now)
    event = AuditEvent.objects.order_by("created_at").last()
    assert event is not None
    assert bytes(source.content) == files.TEXT
    assert (event.verb, event.noun, event.actor_name) == ("downloaded", "source file", "Amara Osei")
    assert event.detail == {"sha256": source.sha256, "transcript": "Hub client 01"}


@pytest.mark.django_db(transaction=True)
def test_the_same_file_from_two_people_at_once_is_kept_once(cast: make.Cast, now: datetime) -> None:
    start, outcomes = Barrier(2), []

    def one() -> None:
        try:
            start.wait(timeout=10)
            receive(cast, now)
            outcomes.append("kept")
        except actions.WaitsAlready:
            outcomes.append("waits already")
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["kept", "waits already"]
    assert SourceFile.objects.count() == 1
