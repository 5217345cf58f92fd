"""The pages of transcripts: the list, a text, and whether it is fit to be coded."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.audit.models import AuditEvent
from apps.coding.models import CodingAssignment
from apps.transcripts import actions
from apps.transcripts.models import Transcript, TranscriptVersion, Upload
from tests import make
from tests.transcripts import files
from tests.web.asking import at, signed_in

pytestmark = pytest.mark.django_db


def stored(cast: make.Cast, now: datetime) -> Transcript:
    """A transcript that came from a file."""
    upload = actions.receive(
        study=cast.study, name="Jane Smith.txt", data=files.TEXT, by=cast.administrator, now=now
    )
    return actions.confirm(
        upload=upload,
        interview=make.interview(cast.study),
        roles=files.ROLES,  # type: ignore[arg-type]
        by=cast.administrator,
        now=now,
    )


def test_an_empty_study_tells_each_role_the_next_step(cast: make.Cast) -> None:
    keeper = signed_in(cast.administrator).get(at("transcripts", cast)).text
    reader = signed_in(cast.ruth).get(at("transcripts", cast)).text
    assert ("No transcripts yet." in keeper, at("upload_add", cast) in keeper) == (True, True)
    assert ("No transcript is ready to be read yet." in reader, at("upload_add", cast) in reader) == (
        True,
        False,
    )


def test_the_list_says_what_there_is(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    text = signed_in(cast.administrator).get(at("transcripts", cast)).text
    shown = [
        words in text for words in ("Hub client 01", "Hub clients", "Ready", f">{version.word_count}<", ">6<")
    ]
    assert shown == [True] * 5


def test_the_list_can_be_narrowed(cast: make.Cast) -> None:
    other = make.group(cast.study, "Hub staff")
    make.transcript(cast.study)
    staff = make.participant(cast.study, group=other)
    make.transcript(cast.study, interview=make.interview(cast.study, participant=staff), is_ready=False)
    client = signed_in(cast.administrator)

    def found(**wanted: object) -> list[str]:
        answer = client.get(at("transcripts", cast), wanted)
        return [str(line.version.transcript) for line in answer.context["lines"]]

    assert found() == ["Hub client 01", "Hub staff 01"]
    assert found(group=other.id) == ["Hub staff 01"]
    assert found(state="ready") == ["Hub client 01"]
    assert found(state="not_ready") == ["Hub staff 01"]
    assert found(name="staff") == ["Hub staff 01"]
    assert found(name="nobody") == []


def test_a_coder_sees_only_ready_texts_and_no_file_names(cast: make.Cast, now: datetime) -> None:
    transcript = stored(cast, now)
    client = signed_in(cast.ruth)
    assert client.get(at("transcript", cast, transcript.id)).status_code == 404
    assert client.get(at("transcripts", cast), {"state": "not_ready"}).context["lines"] == []
    actions.mark_ready(transcript=transcript, is_checked=True, is_deidentified=True, by=cast.pi, now=now)
    upload = actions.read_again(transcript=transcript, by=cast.pi, now=now)
    texts = [
        client.get(at(*each)).text for each in (("transcripts", cast), ("transcript", cast, transcript.id))
    ]
    assert ["Hub client 01" in text for text in texts] == [True, True]
    for secret in ("Jane Smith", "Northmoor", str(upload.id), "10 February 2026"):
        assert [secret in text for text in texts] == [False, False]


def test_a_coder_learns_nothing_of_others_coding(cast: make.Cast) -> None:
    """The pages are the same, byte for byte, whatever the other coder has done."""
    version = make.transcript(cast.study)
    make.assignment(cast.study, cast.ruth, version=version)
    client = signed_in(cast.ruth)
    addresses = [at("transcripts", cast), at("transcript", cast, version.transcript_id)]
    before = [without_tokens(client.get(address).text) for address in addresses]
    other = make.assignment(cast.study, cast.jin, version=version)
    CodingAssignment.objects.filter(id=other.id).update(state="submitted", submitted_at=make.NOW)
    assert [without_tokens(client.get(address).text) for address in addresses] == before
    assert sum("Not started" in line for line in before[0]) == 1


def without_tokens(text: str) -> list[str]:
    return [line for line in text.split("\n") if "csrf" not in line]


def test_who_gives_work_sees_how_far_it_is(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    make.assignment(cast.study, cast.ruth, version=version)
    other = make.assignment(cast.study, cast.jin, version=version)
    CodingAssignment.objects.filter(id=other.id).update(state="submitted", submitted_at=make.NOW)
    for user in (cast.pi, cast.administrator):
        assert "2 coders, 1 submitted" in signed_in(user).get(at("transcripts", cast)).text


def test_a_text_is_read_turn_by_turn_without_added_white_space(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    text = signed_in(cast.ruth).get(at("transcript", cast, version.transcript_id)).text
    assert '<p class="turn-text" dir="auto">Mm.</p>' in text
    assert text.count('<li class="turn') == 6
    assert text.count('<li class="turn turn-interviewer"') == 3


def test_a_transcript_is_declared_ready_with_both_statements(cast: make.Cast, now: datetime) -> None:
    transcript = stored(cast, now)
    client, address = signed_in(cast.administrator), at("transcript_ready", cast, transcript.id)
    half = client.post(address, {"is_checked": "on"})
    transcript.refresh_from_db()
    assert (half.status_code, "This field is required." in half.text, transcript.ready_at) == (
        422,
        True,
        None,
    )
    answer = client.post(address, {"is_checked": "on", "is_deidentified": "on"})
    transcript.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, at("transcript", cast, transcript.id))
    assert transcript.ready_by == cast.administrator


def test_readiness_is_taken_back_until_somebody_has_it(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    client = signed_in(cast.pi)
    reading, taking_back = (
        at(name, cast, version.transcript_id) for name in ("transcript", "transcript_not_ready")
    )
    assert "Take that back" in client.get(reading).text
    make.assignment(cast.study, cast.ruth, version=version)
    assert "Take that back" not in client.get(reading).text
    refused = client.post(taking_back, follow=True)
    assert "Hub client 01 was given to somebody to code, so its text and its state stay." in refused.text
    CodingAssignment.objects.all().update(voided_at=make.NOW)
    client.post(taking_back)
    assert Transcript.objects.get().ready_at is None


def test_the_original_is_for_keepers_and_leaves_a_trace(cast: make.Cast, now: datetime) -> None:
    transcript = stored(cast, now)
    actions.mark_ready(transcript=transcript, is_checked=True, is_deidentified=True, by=cast.pi, now=now)
    address = at("transcript_original", cast, transcript.id, 1)
    assert signed_in(cast.ruth).get(address).status_code == 403
    answer = signed_in(cast.administrator).get(address)
    assert (answer.status_code, answer.content) == (200, files.TEXT)
    assert answer["Content-Disposition"] == 'attachment; filename="Jane Smith.txt"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    event = AuditEvent.objects.get(verb="downloaded")
    assert (event.actor_id, event.noun, event.address) == (cast.administrator.id, "source file", "127.0.0.1")


def test_a_text_without_original_has_none_to_download(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    client = signed_in(cast.pi)
    assert client.get(at("transcript_original", cast, version.transcript_id, 1)).status_code == 404
    assert "Download the original" not in client.get(at("transcript", cast, version.transcript_id)).text


def test_earlier_versions_are_for_keepers(cast: make.Cast, now: datetime) -> None:
    transcript = stored(cast, now)
    upload = actions.receive_text(
        study=cast.study, text=files.SPEECH.replace("nights", "days"), by=cast.pi, now=now
    )
    actions.add_version(
        transcript=transcript,
        upload=upload,
        roles=files.ROLES,  # type: ignore[arg-type]
        by=cast.pi,
        now=now,
    )
    actions.mark_ready(transcript=transcript, is_checked=True, is_deidentified=True, by=cast.pi, now=now)
    old, new = at("transcript_version", cast, transcript.id, 1), at("transcript", cast, transcript.id)
    keeper, coder = signed_in(cast.administrator), signed_in(cast.ruth)
    assert coder.get(old).status_code == 403
    assert ["on nights" in keeper.get(old).text, "on days" in keeper.get(new).text] == [True, True]
    assert "This is version 1, which was replaced." in keeper.get(old).text
    assert ["on days" in coder.get(new).text, "Version 1" in coder.get(new).text] == [True, False]
    assert keeper.get(at("transcript_version", cast, transcript.id, 3)).status_code == 404


def test_the_speakers_of_a_stored_text_can_be_put_right(cast: make.Cast, now: datetime) -> None:
    transcript = stored(cast, now)
    client = signed_in(cast.administrator)
    answer = client.post(at("transcript_read_again", cast, transcript.id))
    upload = Upload.objects.get()
    assert answer["Location"] == at("upload", cast, upload.id)
    assert f'value="transcript:{transcript.id}" selected' in client.get(answer["Location"]).text
    again = client.post(at("transcript_read_again", cast, transcript.id), follow=True)
    assert "Jane Smith.txt was uploaded before and waits to be confirmed." in again.text


def test_a_transcript_of_the_wrong_interview_is_moved(cast: make.Cast) -> None:
    version, right = make.transcript(cast.study), make.interview(cast.study)
    client, address = signed_in(cast.administrator), at("transcript_move", cast, version.transcript_id)
    assert "Hub client 02 · 10 February 2026 · Video" in client.get(address).text
    wrong = client.post(address, {"interview": version.transcript.interview_id})
    assert (wrong.status_code, Transcript.objects.get().interview_id == right.id) == (422, False)
    assert client.post(address, {"interview": right.id}).status_code == 302
    assert Transcript.objects.get().interview_id == right.id


@pytest.mark.parametrize("who", ["administrator", "ruth"])
def test_the_list_asks_as_much_for_three_rows_as_for_one(cast: make.Cast, who: str) -> None:
    client = signed_in(getattr(cast, who))
    codebook = make.codebook(cast.study)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(at("transcripts", cast)).status_code == 200
        return len(captured)

    def one_more() -> TranscriptVersion:
        version = make.transcript(cast.study)
        make.assignment(cast.study, cast.ruth, version=version, codebook=codebook)
        actions.receive_text(study=cast.study, text=f"{files.SPEECH}\n{version.id}", by=cast.pi, now=make.NOW)
        return version

    one_more()
    first = queries()
    one_more()
    one_more()
    assert queries() == first
