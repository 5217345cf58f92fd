"""An upload becomes a text that stays, and is declared fit to be coded."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from apps.audit.models import AuditEvent
from apps.core.refusal import Refused
from apps.participants.actions import book_interview
from apps.participants.actions.interviews import HeldInTheFuture
from apps.participants.models import Interview
from apps.transcripts import actions
from apps.transcripts.models import SearchedTurn, Transcript, TranscriptVersion, Turn, Upload
from tests import make
from tests.conftest import as_owner
from tests.transcripts import files

pytestmark = pytest.mark.django_db


def upload(cast: make.Cast, now: datetime, text: str = files.SPEECH) -> Upload:
    return actions.receive_text(study=cast.study, text=text, by=cast.administrator, now=now)


def confirm(cast: make.Cast, now: datetime, waiting: Upload | None = None, **fields: object) -> Transcript:
    wanted = {
        "upload": waiting or upload(cast, now),
        "interview": make.interview(cast.study) if "interview" not in fields else None,
        "roles": files.ROLES,
        **fields,
    }
    return actions.confirm(**wanted, by=cast.administrator, now=now)  # type: ignore[arg-type]


def test_a_confirmed_upload_is_the_text_of_its_interview(cast: make.Cast, now: datetime) -> None:
    interview = make.interview(cast.study)
    transcript = confirm(cast, now, interview=interview, is_excerpt=True, speakers={"P": "Client"})
    version = TranscriptVersion.objects.get()
    assert (transcript.interview, transcript.is_excerpt, transcript.ready_at) == (interview, True, None)
    assert (version.number, version.made_by, version.word_count) == (1, cast.administrator, 30)
    assert version.length == len(version.text)
    assert [
        (turn.speaker, turn.role, version.text[turn.start : turn.end]) for turn in version.turns.all()
    ] == [
        ("I", "interviewer", "How did you first hear about it?"),
        ("Client", "participant", "An e-mail. I nearly deleted it, to be honest."),
        ("I", "interviewer", "Mm."),
        ("Client", "participant", "Then a colleague on nights rang them, and that did it for me."),
    ]
    assert [version.text[start:end] for start, end in version.sentences] == [
        "How did you first hear about it?",
        "An e-mail.",
        "I nearly deleted it, to be honest.",
        "Mm.",
        "Then a colleague on nights rang them, and that did it for me.",
    ]
    assert Upload.objects.count() == 0


def test_confirming_is_written_down(cast: make.Cast, now: datetime) -> None:
    transcript = confirm(cast, now)
    event = AuditEvent.objects.get(noun="transcript")
    assert (event.verb, event.object_id, event.object_name) == ("confirmed", transcript.id, "Hub client 01")
    assert event.detail == {"words": 30}


def test_every_code_point_is_stored_where_it_was(cast: make.Cast, now: datetime) -> None:
    words = ["cafe\u0301 and café", "👩\u200d🔬 said 🙂🙂", "שלום עולם, مرحبا", "a\u00a0b\u2028c 𝒳"]
    text = "\n\n".join(f"{label}: {said}" for label, said in zip("IPIP", words, strict=True))
    transcript = confirm(cast, now, upload(cast, now, text))
    version = transcript.versions.get()
    stored = [version.text[turn.start : turn.end] for turn in version.turns.all()]
    assert stored == [*words[:3], "a\u00a0b\nc 𝒳"]  # a line separator is a line end
    assert [(turn.start, turn.end) for turn in version.turns.all()] == [(0, 14), (16, 27), (29, 45), (47, 54)]


@pytest.mark.parametrize(
    ("roles", "refusal", "sentence"),
    [
        ({"I": "interviewer"}, actions.RoleMissing, "Say who speaks under “P”."),
        (
            {"I": "interviewer", "P": "other"},
            actions.NoParticipant,
            "Nobody is marked as participant, so there would be nothing to code.",
        ),
    ],
)
def test_roles_that_do_not_make_a_transcript(
    cast: make.Cast, now: datetime, roles: dict[str, str], refusal: type[Refused], sentence: str
) -> None:
    with pytest.raises(refusal) as caught:
        confirm(cast, now, roles=roles)
    assert caught.value.sentence == sentence
    assert (Upload.objects.count(), Transcript.objects.count()) == (1, 0)


def test_an_interview_has_one_transcript(cast: make.Cast, now: datetime) -> None:
    interview = make.interview(cast.study)
    confirm(cast, now, interview=interview)
    with pytest.raises(actions.InterviewHasTranscript):
        confirm(cast, now, upload(cast, now, files.SPEECH + "\n\nI: Thank you.\n"), interview=interview)
    assert Upload.objects.count() == 1


def test_an_interview_that_was_not_held_has_no_transcript(cast: make.Cast, now: datetime) -> None:
    booked = make.interview(cast.study, status=Interview.Status.BOOKED)
    with pytest.raises(actions.NotHeld):
        confirm(cast, now, interview=booked)


def test_an_interview_of_another_study_is_refused(cast: make.Cast, now: datetime) -> None:
    with pytest.raises(actions.OfAnotherStudy):
        confirm(cast, now, interview=make.interview(make.study("Another")))


def test_an_upload_is_confirmed_once(cast: make.Cast, now: datetime) -> None:
    waiting = upload(cast, now)
    confirm(cast, now, Upload.objects.get())
    with pytest.raises(actions.Gone):
        confirm(cast, now, waiting)


def for_person(cast: make.Cast, now: datetime, **fields: object) -> Transcript:
    wanted = {
        "upload": fields.get("upload") or upload(cast, now),
        "held_on": now.date() - timedelta(days=3),
        "mode": "telephone",
        "roles": files.ROLES,
        **fields,
    }
    return actions.confirm_for_person(**wanted, by=cast.administrator, now=now)  # type: ignore[arg-type]


def test_an_interview_can_be_recorded_with_its_transcript(cast: make.Cast, now: datetime) -> None:
    transcript = for_person(cast, now, participant=make.participant(cast.study))
    interview = Interview.objects.get()
    assert transcript.interview == interview
    assert (interview.status, interview.mode, interview.held_on) == ("held", "telephone", date(2026, 2, 27))


def test_a_booked_interview_becomes_the_held_one(cast: make.Cast, now: datetime) -> None:
    person = make.participant(cast.study)
    booked = book_interview(participant=person, by=cast.administrator, now=now)
    assert for_person(cast, now, participant=person).interview == booked
    assert Interview.objects.get().status == "held"


def test_a_refused_transcript_records_no_interview(cast: make.Cast, now: datetime) -> None:
    person = make.participant(cast.study)
    with pytest.raises(actions.RoleMissing):
        for_person(cast, now, participant=person, roles={})
    tomorrow = now.date() + timedelta(days=1)
    with pytest.raises(HeldInTheFuture):
        for_person(cast, now, participant=person, held_on=tomorrow, upload=Upload.objects.get())
    assert (Interview.objects.count(), Upload.objects.count()) == (0, 1)


def test_a_correction_is_a_new_version_that_has_to_be_checked_anew(cast: make.Cast, now: datetime) -> None:
    transcript = confirm(cast, now)
    actions.mark_ready(transcript=transcript, is_checked=True, is_deidentified=True, by=cast.pi, now=now)
    first = transcript.versions.get()
    corrected = actions.add_version(
        transcript=transcript,
        upload=upload(cast, now, files.SPEECH.replace("nights", "days")),
        roles=files.ROLES,  # type: ignore[arg-type]
        by=cast.administrator,
        now=now,
    )
    transcript.refresh_from_db()
    assert (corrected.number, corrected.text == first.text.replace("nights", "days")) == (2, True)
    assert (transcript.ready_at, transcript.ready_by) == (None, None)
    assert TranscriptVersion.objects.newest().get() == corrected
    assert AuditEvent.objects.filter(noun="transcript", verb="corrected").count() == 1


def test_both_statements_make_a_transcript_ready(cast: make.Cast, now: datetime) -> None:
    transcript = confirm(cast, now)
    for said in (
        {"is_checked": True, "is_deidentified": False},
        {"is_checked": False, "is_deidentified": True},
    ):
        with pytest.raises(actions.StatementMissing):
            actions.mark_ready(transcript=transcript, **said, by=cast.pi, now=now)
    actions.mark_ready(transcript=transcript, is_checked=True, is_deidentified=True, by=cast.pi, now=now)
    transcript.refresh_from_db()
    assert (transcript.ready_at, transcript.ready_by) == (now, cast.pi)
    event = AuditEvent.objects.get(verb="marked ready")
    assert event.detail == {"said": ["checked against the recording", "de-identified"]}


def test_saying_it_twice_changes_nothing(cast: make.Cast, now: datetime) -> None:
    transcript = confirm(cast, now)
    for by in (cast.pi, cast.administrator):
        actions.mark_ready(transcript=transcript, is_checked=True, is_deidentified=True, by=by, now=now)
    transcript.refresh_from_db()
    assert transcript.ready_by == cast.pi
    assert AuditEvent.objects.filter(verb="marked ready").count() == 1


def test_readiness_can_be_taken_back(cast: make.Cast, now: datetime) -> None:
    transcript = make.transcript(cast.study).transcript
    actions.withdraw_ready(transcript=transcript, by=cast.pi, now=now)
    transcript.refresh_from_db()
    assert (transcript.ready_at, transcript.ready_by) == (None, None)
    with pytest.raises(actions.NotReady):
        actions.withdraw_ready(transcript=transcript, by=cast.pi, now=now)


def test_a_transcript_of_the_wrong_interview_is_moved(cast: make.Cast, now: datetime) -> None:
    transcript, right = make.transcript(cast.study).transcript, make.interview(cast.study)
    actions.move(transcript=transcript, interview=right, by=cast.pi, now=now)
    transcript.refresh_from_db()
    assert (transcript.interview, str(transcript)) == (right, "Hub client 02")
    event = AuditEvent.objects.get(verb="moved")
    assert (event.object_name, event.detail) == ("Hub client 02", {"before": "Hub client 01"})
    with pytest.raises(actions.InterviewHasTranscript):
        actions.move(transcript=transcript, interview=right, by=cast.pi, now=now)
    other = make.interview(make.study("Another"))
    with pytest.raises(actions.OfAnotherStudy):
        actions.move(transcript=transcript, interview=other, by=cast.pi, now=now)


def refused_by_the_database(change: Callable[[], object]) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        change()
    return str(caught.value).split("\n")[0]


def test_a_text_and_its_turns_never_change(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    changes: list[Callable[[], object]] = [
        lambda: TranscriptVersion.objects.update(text="Other words."),
        lambda: TranscriptVersion.objects.update(number=7),
        lambda: Turn.objects.filter(position=0).update(end=3),
        lambda: Turn.objects.filter(position=0)._raw_delete("default"),
        lambda: Turn.objects.update(speaker="X"),
        lambda: TranscriptVersion.objects.filter(id=version.id)._raw_delete("default"),
    ]
    assert [refused_by_the_database(change) for change in changes] == ["text_of_a_transcript_stays"] * 6
    # The words that are kept of each turn go first, and do not go.
    changes = [
        lambda: SearchedTurn.objects.update(text="Other words."),
        lambda: Turn.objects.filter(position=0).delete(),
        lambda: version.delete(),
    ]
    refused = "permission denied for table transcripts_searchedturn"
    assert [refused_by_the_database(change) for change in changes] == [refused] * 3


@pytest.mark.django_db(transaction=True)
def test_the_owner_of_the_tables_may_delete_a_text(cast: make.Cast) -> None:
    make.transcript(cast.study)
    with as_owner():
        Transcript.objects.all().delete()
        assert (TranscriptVersion.objects.count(), Turn.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_same_interview", [True, False])
def test_two_administrators_at_once_make_one_transcript(
    cast: make.Cast, now: datetime, is_same_interview: bool
) -> None:
    waiting, interview = upload(cast, now), make.interview(cast.study)
    interviews = [interview, interview if is_same_interview else make.interview(cast.study)]
    start, outcomes = Barrier(2), []

    def one(interview: Interview) -> None:
        mine = Upload.objects.get(id=waiting.id)
        try:
            start.wait(timeout=10)
            confirm(cast, now, mine, interview=interview)
            outcomes.append("confirmed")
        except actions.Gone:
            outcomes.append("gone")
        finally:
            connection.close()

    threads = [Thread(target=one, args=[each]) for each in interviews]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["confirmed", "gone"]
    assert (Transcript.objects.count(), TranscriptVersion.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_uploads_for_one_interview_at_once_make_one_transcript(cast: make.Cast, now: datetime) -> None:
    interview = make.interview(cast.study)
    uploads = [upload(cast, now), upload(cast, now, files.SPEECH + "\n\nI: Thank you.\n")]
    start, outcomes = Barrier(2), []

    def one(mine: Upload) -> None:
        try:
            start.wait(timeout=10)
            confirm(cast, now, mine, interview=interview)
            outcomes.append("confirmed")
        except actions.InterviewHasTranscript:
            outcomes.append("has one")
        finally:
            connection.close()

    threads = [Thread(target=one, args=[each]) for each in uploads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["confirmed", "has one"]
    assert (Transcript.objects.count(), Upload.objects.count()) == (1, 1)
