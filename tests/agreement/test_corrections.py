"""A text is corrected while it is coded: all that may still change moves with its words, unseen, once."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from apps.agreement import actions
from apps.agreement.models import AgreementRun, Round, RoundTranscript
from apps.audit.models import AuditEvent
from apps.coding import actions as coding
from apps.coding.models import Coding, CodingAssignment, Memo, Reading
from apps.core.identity import acting_as
from apps.jobs.models import Run
from apps.notices.models import Notice
from apps.transcripts import actions as transcripts
from apps.transcripts.models import Correction, TranscriptVersion
from tests import make
from tests.agreement import stage
from tests.conftest import as_owner, as_worker
from tests.web.asking import is_clean, queries_of, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

NOW = make.NOW
MANAGER = "My line manager, Jo, forwarded an e-mail. I nearly deleted it. It looked like all the others."


def correct(version: TranscriptVersion, words: dict[int, str], by: Any, **fields: Any) -> Run:
    return actions.correct_text(version=version, words=words, by=by, now=NOW, **fields)


def carry(run: Run) -> None:
    with as_worker():
        actions.carry_correction(run_id=run.id, now=NOW)
    run.refresh_from_db()
    assert run.failure == ""


def coded_words(assignment: CodingAssignment) -> list[str]:
    """The words under each of the coder's own standing codings."""
    assignment = CodingAssignment.objects.select_related("transcript_version").get(id=assignment.id)
    text = assignment.transcript_version.text
    with acting_as(assignment.coder_id):
        return [
            text[each.start : each.end] for each in Coding.objects.standing().filter(assignment=assignment)
        ]


def at(version: TranscriptVersion, words: str) -> dict[str, int]:
    start = version.text.index(words)
    return {"start": start, "end": start + len(words)}


@pytest.fixture
def round(cast: make.Cast) -> Round:
    return stage.open_round(cast)


@pytest.fixture
def version(round: Round) -> TranscriptVersion:
    return round.transcripts.get().transcript_version


def test_both_coders_of_a_round_go_on_with_the_same_corrected_text(
    cast: make.Cast, round: Round, version: TranscriptVersion
) -> None:
    ruth, jin = stage.work_of(round, cast.ruth), stage.work_of(round, cast.jin)
    make.coding(ruth, "a1", **at(version, "My manager"))
    make.coding(ruth, "a1", **at(version, "on nights"))
    make.coding(ruth, "a1", **at(version, "what did it for me."))
    make.coding(jin, "b1", **at(version, "in the car park"))
    carry(correct(version, {1: MANAGER}, cast.pi))
    assert coded_words(ruth) == ["My line manager", "on nights", "what did it for me."]
    assert coded_words(jin) == ["in the car park"]
    assert RoundTranscript.objects.get().transcript_version.number == 2
    assert {each.transcript_version.number for each in CodingAssignment.objects.all()} == {2}
    stage.submit(round, cast.ruth, cast.jin)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    stage.compute(round)
    assert round.state == Round.State.CONFERRING


def test_the_turns_and_sentences_of_the_new_version_are_those_of_its_words(
    cast: make.Cast, version: TranscriptVersion
) -> None:
    carry(correct(version, {1: MANAGER}, cast.pi))
    newest = TranscriptVersion.objects.get(number=2)
    spoken = [newest.text[turn.start : turn.end] for turn in newest.turns.order_by("position")]
    assert spoken == [MANAGER if place == 1 else words for place, (_, words) in enumerate(make.SPEECH)]
    assert [newest.text[start:end] for start, end in newest.sentences][1:3] == [
        "My line manager, Jo, forwarded an e-mail.",
        "I nearly deleted it.",
    ]
    assert newest.transcript.ready_at is not None


def test_a_coding_whose_words_are_gone_waits_for_its_coder(
    cast: make.Cast, round: Round, version: TranscriptVersion, now: datetime
) -> None:
    ruth = stage.work_of(round, cast.ruth)
    made = make.coding(ruth, "a1", **at(version, "nearly deleted"))
    with acting_as(cast.ruth.id):
        coding.write_memo(assignment=ruth, coding=made, text="Telling.", by=cast.ruth)
    carry(correct(version, {1: "My manager forwarded an e-mail. I it, to be honest."}, cast.pi))
    assert coded_words(ruth) == []
    with acting_as(cast.ruth.id):
        lost = Coding.objects.to_decide().get()
        assert lost.id == made.id
        assert Memo.objects.get(coding=lost).text == "Telling."
        coding.restore(coding=lost, by=cast.ruth, now=now)
    assert coded_words(ruth) == ["I it, to be honest."]
    with acting_as(cast.jin.id):
        assert not Coding.objects.to_decide().exists()


def test_a_coding_can_be_let_go_with_its_words(
    cast: make.Cast, round: Round, version: TranscriptVersion, now: datetime
) -> None:
    make.coding(stage.work_of(round, cast.ruth), "a1", **at(version, "nearly deleted"))
    carry(correct(version, {1: "My manager forwarded an e-mail. I it."}, cast.pi))
    with acting_as(cast.ruth.id):
        coding.let_go(coding=Coding.objects.to_decide().get(), by=cast.ruth, now=now)
        assert not Coding.objects.to_decide().exists()
        assert not Coding.objects.standing().exists()


def test_the_place_where_a_coder_stopped_moves_as_well(
    cast: make.Cast, round: Round, version: TranscriptVersion, now: datetime
) -> None:
    ruth, place = stage.work_of(round, cast.ruth), at(version, "on nights")
    with acting_as(cast.ruth.id):
        coding.keep_place(assignment=ruth, position=place["start"], **place, by=cast.ruth, now=now)
    carry(correct(version, {1: MANAGER}, cast.pi))
    text = TranscriptVersion.objects.get(number=2).text
    with acting_as(cast.ruth.id):
        reading = Reading.objects.get()
    assert [text[start:end] for start, end in reading.seen] == ["on nights"]
    assert text[reading.position :].startswith("on nights")


def test_what_was_released_stays_as_it_was_and_its_figures_too(cast: make.Cast, now: datetime) -> None:
    round = stage.open_round(cast)
    stage.conferring(cast, round)
    version = round.transcripts.get().transcript_version
    primary = make.assignment(cast.study, cast.pi, version=version, kind=CodingAssignment.Kind.PRIMARY)
    make.coding(primary, "a1", **at(version, "on nights"))
    before = AgreementRun.objects.get(), coded_words(stage.work_of(round, cast.ruth))
    carry(correct(version, {1: MANAGER}, cast.pi))
    assert (AgreementRun.objects.get(), coded_words(stage.work_of(round, cast.ruth))) == before
    assert stage.work_of(round, cast.ruth).transcript_version_id == version.id
    assert RoundTranscript.objects.get().transcript_version_id == version.id
    primary.refresh_from_db()
    assert primary.transcript_version.number == 2
    assert coded_words(primary) == ["on nights"]


def test_a_submitted_coding_moves_with_the_other_until_its_release(
    cast: make.Cast, round: Round, version: TranscriptVersion
) -> None:
    make.coding(stage.work_of(round, cast.ruth), "a1", **at(version, "on nights"))
    stage.submit(round, cast.ruth)
    carry(correct(version, {1: MANAGER}, cast.pi))
    assert coded_words(stage.work_of(round, cast.ruth)) == ["on nights"]
    assert stage.work_of(round, cast.ruth).state == CodingAssignment.State.SUBMITTED


def test_a_name_that_was_missed_is_blacked_out_in_every_version_before(
    cast: make.Cast, version: TranscriptVersion
) -> None:
    carry(correct(version, {1: MANAGER}, cast.pi))
    second = TranscriptVersion.objects.get(number=2)
    carry(correct(second, {1: MANAGER.replace("Jo,", "[sister],")}, cast.pi, hides_somebody=True))
    texts = list(TranscriptVersion.objects.order_by("number").values_list("text", "length"))
    assert [" Jo" in text for text, _ in texts] == [False, False, False]
    assert "My line manager, XX, forwarded" in texts[1][0]
    assert [len(text) for text, _ in texts] == [length for _, length in texts]
    assert "[sister]" in texts[2][0]


def test_a_name_that_stood_there_from_the_beginning_is_blacked_out_there(cast: make.Cast) -> None:
    version = make.transcript(cast.study, speech=(("P", "Then Anna Kowalska rang. It was late."),))
    carry(correct(version, {0: "Then Anna Kowalska rang me. It was late."}, cast.pi))
    second = TranscriptVersion.objects.get(number=2)
    carry(correct(second, {0: "Then my sister rang me. It was late."}, cast.pi, hides_somebody=True))
    assert list(TranscriptVersion.objects.order_by("number").values_list("text", flat=True)) == [
        "Then XXXX XXXXXXXX rang. It was late.",
        "Then XXXX XXXXXXXX rang me. It was late.",
        "Then my sister rang me. It was late.",
    ]


def test_the_app_role_changes_no_stored_text(version: TranscriptVersion) -> None:
    with pytest.raises(DatabaseError, match="text_of_a_transcript_stays"), transaction.atomic():
        TranscriptVersion.objects.filter(id=version.id).update(text="x" * version.length)


def test_the_app_role_moves_nothing(cast: make.Cast, version: TranscriptVersion) -> None:
    correct(version, {1: MANAGER}, cast.pi)
    correction = Correction.objects.get()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        coding.carry(correction=correction, corrected=version, now=NOW)


def test_the_worker_moves_only_what_somebody_asked_to_correct_and_sees_none_of_it(
    cast: make.Cast, round: Round, version: TranscriptVersion
) -> None:
    make.coding(stage.work_of(round, cast.ruth), "a1", **at(version, "on nights"))
    correct(version, {1: MANAGER}, cast.pi)
    correction = Correction.objects.get()
    with as_worker(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError):
            cursor.execute("SELECT concord_carry(%s, %s, %s)", [uuid4(), version.id, NOW])
        with pytest.raises(DatabaseError):
            cursor.execute("SELECT concord_carry(%s, %s, %s)", [correction.id, version.id, NOW])
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("SELECT concord_take_out(%s)", [correction.id])
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("UPDATE coding_coding SET start = 0")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("UPDATE coding_codingassignment SET transcript_version_id = NULL")
        cursor.execute("SELECT count(*) FROM coding_coding")
        assert cursor.fetchone() == (0,)


def test_it_is_carried_out_once_and_told_to_every_coder_alike(
    cast: make.Cast, round: Round, version: TranscriptVersion
) -> None:
    run = correct(version, {1: MANAGER}, cast.pi)
    carry(run)
    carry(run)
    assert TranscriptVersion.objects.filter(transcript=version.transcript).count() == 2
    told = Notice.objects.filter(kind="text corrected").order_by("recipient__name")
    assert {each.recipient for each in told} == {cast.ruth, cast.jin}
    assert len(told) == 2
    assert len({each.text for each in told}) == 1
    verbs = AuditEvent.objects.filter(noun="transcript").order_by("occurred_at", "created_at")
    assert [(each.verb, each.actor_id) for each in verbs][-2:] == [
        ("asked to correct", cast.pi.id),
        ("corrected", cast.pi.id),
    ]


def test_a_worker_that_fails_halfway_leaves_nothing(
    cast: make.Cast, round: Round, version: TranscriptVersion
) -> None:
    ruth = stage.work_of(round, cast.ruth)
    make.coding(ruth, "a1", **at(version, "on nights"))
    run = correct(version, {1: MANAGER}, cast.pi)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notices_notice ADD CONSTRAINT nobody CHECK (kind <> 'text corrected')")
    try:
        with as_worker():
            actions.carry_correction(run_id=run.id, now=NOW)
        run.refresh_from_db()
        assert (run.state, TranscriptVersion.objects.count()) == (Run.State.QUEUED, 1)
        assert coded_words(ruth) == ["on nights"]
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE notices_notice DROP CONSTRAINT nobody")
    with as_worker():
        actions.carry_correction(run_id=run.id, now=NOW)
    assert TranscriptVersion.objects.count() == 2


def test_a_save_from_a_page_with_the_old_text_finds_its_words(
    cast: make.Cast, round: Round, version: TranscriptVersion, now: datetime
) -> None:
    ruth, old = stage.work_of(round, cast.ruth), at(version, "on nights")
    a1 = round.codebook_version.codes.get(label="a1")
    first = {"assignment": ruth, "code": a1, "by": cast.ruth, "now": now, "client_id": uuid4(), **old}
    carry(correct(version, {1: MANAGER}, cast.pi))
    with acting_as(cast.ruth.id):
        with pytest.raises(coding.WhichText), transaction.atomic():
            coding.add(**first)
        made, is_new = coding.add(**first, transcript_version=version.id)
        again, is_new_again = coding.add(**first, transcript_version=version.id)
        assert (again.id, is_new, is_new_again) == (made.id, True, False)
        assert coded_words(ruth) == ["on nights"]
        moved = coding.change(
            coding=made,
            start=old["start"] - 2,
            end=old["end"],
            transcript_version=version.id,
            by=cast.ruth,
            now=now,
        )
        assert moved.end - moved.start == len("on nights") + 2
        with pytest.raises(coding.WhichText):
            coding.change(coding=made, start=3, transcript_version=version.id, by=cast.ruth, now=now)
        with pytest.raises(coding.WhichText):
            coding.add(**{**first, "client_id": uuid4()}, transcript_version=uuid4())


def test_words_that_are_gone_are_refused_with_a_sentence(
    cast: make.Cast, round: Round, version: TranscriptVersion, now: datetime
) -> None:
    carry(correct(version, {1: "My manager forwarded an e-mail. I it."}, cast.pi))
    with acting_as(cast.ruth.id), pytest.raises(coding.WordsGone):
        coding.add(
            assignment=stage.work_of(round, cast.ruth),
            code=round.codebook_version.codes.get(label="a1"),
            **at(version, "nearly deleted"),
            transcript_version=version.id,
            by=cast.ruth,
            now=now,
        )


def test_what_cannot_be_corrected_says_why(cast: make.Cast, version: TranscriptVersion) -> None:
    with pytest.raises(transcripts.NothingChanged):
        correct(version, {1: make.SPEECH[1][1]}, cast.pi)
    with pytest.raises(transcripts.NoWords):
        correct(version, {1: " \n "}, cast.pi)
    with pytest.raises(transcripts.NoSuchTurn):
        correct(version, {99: "x"}, cast.pi)
    run = correct(version, {1: MANAGER}, cast.pi)
    with pytest.raises(transcripts.BeingCorrected):
        correct(version, {1: "Other."}, cast.pi)
    carry(run)
    with pytest.raises(transcripts.NotPresent):
        correct(version, {1: "Other."}, cast.pi)


def test_a_page_with_the_old_text_is_told_to_open_anew_after_its_save_is_stored(
    cast: make.Cast, round: Round, version: TranscriptVersion
) -> None:
    ruth, client = stage.work_of(round, cast.ruth), Client()
    client.force_login(cast.ruth)
    carry(correct(version, {1: MANAGER}, cast.pi))
    asked = {
        "client_id": str(uuid4()),
        "code": str(round.codebook_version.codes.get(label="a1").id),
        "transcript_version": str(version.id),
        **at(version, "on nights"),
    }
    url = reverse("coding_add", args=[cast.study.id, ruth.id])
    assert client.post(url, asked, headers={"HX-Request": "true"}).status_code == 205
    assert coded_words(ruth) == ["on nights"]
    page = client.get(reverse("assignment", args=[cast.study.id, ruth.id])).text
    assert str(TranscriptVersion.objects.get(number=2).id) in page


def test_a_coder_decides_on_the_page_about_a_coding_without_words(
    cast: make.Cast, round: Round, version: TranscriptVersion
) -> None:
    ruth, client = stage.work_of(round, cast.ruth), Client()
    client.force_login(cast.ruth)
    made = make.coding(ruth, "a1", **at(version, "nearly deleted"))
    carry(correct(version, {1: "My manager forwarded an e-mail. I it."}, cast.pi))
    page = client.get(reverse("assignment", args=[cast.study.id, ruth.id])).text
    assert reverse("codings_lost", args=[cast.study.id, ruth.id]) in page
    url = reverse("coding_lost", args=[cast.study.id, ruth.id, made.id])
    assert "Nothing waits for you here" in client.post(url, {"keep": "1"}, follow=True).text
    assert coded_words(ruth) == ["I it."]


def test_that_page_shows_where_each_would_be_kept_and_what_its_coder_said_of_it(
    cast: make.Cast, round: Round, version: TranscriptVersion
) -> None:
    ruth = stage.work_of(round, cast.ruth)
    made = make.coding(ruth, "a1", **at(version, "nearly deleted"), influence="hinders")
    with acting_as(cast.ruth.id):
        coding.write_memo(assignment=ruth, coding=made, text="Telling <b>.", by=cast.ruth)
        coding.change(coding=made, is_to_discuss=True, by=cast.ruth, now=NOW)
    theirs = make.coding(stage.work_of(round, cast.jin), "b1", **at(version, "nearly"))
    carry(correct(version, {1: "My manager forwarded an e-mail. I it. So be it."}, cast.pi))
    page = reverse("assignment", args=[cast.study.id, ruth.id])
    client = signed_in(cast.ruth)
    seen = client.get(reverse("codings_lost", args=[cast.study.id, ruth.id]))
    assert is_clean(seen)
    shown = seen.text
    assert f'<a href="{page}?turn=2#turn-2">Turn 2</a> <span class="quiet">P</span>' in shown
    before, after = "My manager forwarded an e-mail. ", " So be it."
    assert f'{before}</span><mark class="found">I it.</mark><span class="quiet">{after}<' in shown
    assert "Subconstruct a1 · Hinders · discuss" in shown
    assert "Telling &lt;b&gt;." in shown
    assert str(theirs.id) not in shown
    assert client.get(reverse("codings_lost", args=[cast.study.id, theirs.assignment_id])).status_code == 404


def test_that_page_takes_as_many_queries_for_three_codings_as_for_one(
    cast: make.Cast, round: Round, version: TranscriptVersion
) -> None:
    ruth, client = stage.work_of(round, cast.ruth), signed_in(cast.ruth)
    url = reverse("codings_lost", args=[cast.study.id, ruth.id])
    for label in ("a1", "a2", "b1"):
        make.coding(ruth, label, **at(version, "nearly deleted"))
    carry(correct(version, {1: "My manager forwarded an e-mail. I it."}, cast.pi))
    three = queries_of(client, url)
    with acting_as(cast.ruth.id):
        for each in Coding.objects.to_decide()[1:]:
            coding.let_go(coding=each, by=cast.ruth, now=NOW)
    assert queries_of(client, url) == three


def test_the_page_undoes_across_a_correction_and_says_where_it_cannot(
    cast: make.Cast, round: Round, version: TranscriptVersion
) -> None:
    ruth, client = stage.work_of(round, cast.ruth), signed_in(cast.ruth)
    gone = make.coding(ruth, "a1", **at(version, "nearly deleted"))
    with acting_as(cast.ruth.id):
        coding.remove(coding=gone, by=cast.ruth, now=NOW)
    make.coding(ruth, "b1", **at(version, "on nights"))
    carry(correct(version, {1: "My manager forwarded an e-mail. I it."}, cast.pi))
    page = client.get(reverse("assignment", args=[cast.study.id, ruth.id])).text
    assert "Undo: “Subconstruct b1” coded" in page
    url, asked = reverse("undo", args=[cast.study.id, ruth.id]), {"headers": {"HX-Request": "true"}}
    undone = client.post(url, {"since": "3"}, **asked)
    assert (undone.status_code, 'id="turn-4"' in undone.text) == (200, True)
    assert coded_words(ruth) == []
    kept = client.post(url, {"since": "4"}, **asked)
    assert kept.status_code == 409
    assert "A correction took out the words that this was about" in kept.text
    stale = client.post(url, {"transcript_version": str(version.id)}, **asked)
    assert stale.status_code == 205
    address = reverse("api:undo", args=[cast.study.id, ruth.id])
    answer = client.post(address, {"client_id": str(uuid4())}, content_type="application/json")
    assert (answer.status_code, "A correction took out the words" in answer.text) == (422, True)
