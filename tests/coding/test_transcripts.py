"""What may happen to a transcript only until somebody codes it."""

from datetime import datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from apps.coding import actions
from apps.coding.models import CodingAssignment
from apps.transcripts.actions import receive_text
from apps.transcripts.models import Transcript
from tests import make
from tests.transcripts import files

pytestmark = pytest.mark.django_db


def test_a_transcript_nobody_codes_can_be_taken_back_and_corrected(cast: make.Cast, now: datetime) -> None:
    transcript = make.transcript(cast.study).transcript
    actions.withdraw_ready(transcript=transcript, by=cast.pi, now=now)
    upload = receive_text(study=cast.study, text=files.SPEECH, by=cast.pi, now=now)
    version = actions.correct(
        transcript=transcript,
        upload=upload,
        roles=files.ROLES,  # type: ignore[arg-type]
        by=cast.pi,
        now=now,
    )
    assert (version.number, version.transcript) == (2, transcript)


def test_one_that_was_given_to_a_coder_stays(cast: make.Cast, now: datetime) -> None:
    version = make.transcript(cast.study)
    assignment = make.assignment(cast.study, cast.ruth, version=version)
    upload = receive_text(study=cast.study, text=files.SPEECH, by=cast.pi, now=now)
    with pytest.raises(actions.GivenToCoders) as caught:
        actions.withdraw_ready(transcript=version.transcript, by=cast.pi, now=now)
    assert caught.value.sentence == (
        "Hub client 01 was given to somebody to code, so its text and its state stay."
    )
    with pytest.raises(actions.GivenToCoders):
        actions.correct(
            transcript=version.transcript,
            upload=upload,
            roles=files.ROLES,  # type: ignore[arg-type]
            by=cast.pi,
            now=now,
        )
    with pytest.raises(actions.GivenToCoders):
        actions.move(transcript=version.transcript, interview=make.interview(cast.study), by=cast.pi, now=now)
    CodingAssignment.objects.filter(id=assignment.id).update(voided_at=now)
    actions.withdraw_ready(transcript=version.transcript, by=cast.pi, now=now)


def test_a_text_that_was_replaced_is_given_to_nobody(cast: make.Cast, now: datetime) -> None:
    first, codebook = make.transcript(cast.study), make.codebook(cast.study)
    upload = receive_text(study=cast.study, text=files.SPEECH, by=cast.pi, now=now)
    actions.correct(
        transcript=first.transcript,
        upload=upload,
        roles=files.ROLES,  # type: ignore[arg-type]
        by=cast.pi,
        now=now,
    )
    Transcript.objects.update(ready_at=now, ready_by=cast.pi)
    with pytest.raises(actions.Replaced):
        actions.assign(
            study=cast.study,
            coder=cast.ruth,
            transcript_version=first,
            codebook_version=codebook,
            kind=CodingAssignment.Kind.PRIMARY,
            by=cast.pi,
            now=now,
        )
    assert CodingAssignment.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_giving_and_taking_back_at_once_never_leave_a_coder_with_an_unready_text(
    cast: make.Cast, now: datetime
) -> None:
    version, codebook = make.transcript(cast.study), make.codebook(cast.study)
    start = Barrier(2)

    def give() -> None:
        try:
            start.wait(timeout=10)
            actions.assign(
                study=cast.study,
                coder=cast.ruth,
                transcript_version=version,
                codebook_version=codebook,
                kind=CodingAssignment.Kind.PRIMARY,
                by=cast.pi,
                now=now,
            )
        except actions.NotReady:
            pass
        finally:
            connection.close()

    def take_back() -> None:
        try:
            start.wait(timeout=10)
            actions.withdraw_ready(transcript=Transcript.objects.get(), by=cast.pi, now=now)
        except actions.GivenToCoders:
            pass
        finally:
            connection.close()

    threads = [Thread(target=give), Thread(target=take_back)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    is_ready, is_given = Transcript.objects.get().ready_at is not None, CodingAssignment.objects.exists()
    assert (is_ready, is_given) in {(True, True), (False, False)}
