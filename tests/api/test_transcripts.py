"""Transcripts and uploads through the API: the same actions and rules as on the pages."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.coding.models import CodingAssignment
from apps.transcripts import actions
from apps.transcripts.models import SourceFile, Transcript, TranscriptVersion, Upload
from tests import make
from tests.api.asking import address, signed_in
from tests.transcripts import files

pytestmark = pytest.mark.django_db

SPEAKERS = [{"label": "I", "role": "interviewer"}, {"label": "P", "role": "participant", "name": "Client"}]


@pytest.fixture
def client(cast: make.Cast) -> APIClient:
    return signed_in(cast.administrator)


def waiting(cast: make.Cast) -> Upload:
    return actions.receive_text(study=cast.study, text=files.SPEECH, by=cast.pi, now=make.NOW)


def test_a_file_is_uploaded_and_described(client: APIClient, cast: make.Cast) -> None:
    answer = client.post(address("uploads", cast), {"file": SimpleUploadedFile("a.docx", files.WORD)})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["size"], made["kind"]) == ("a.docx", len(files.WORD), "docx")
    assert [(label["name"], label["count"], label["role"]) for label in made["labels"]] == [
        ("I", 2, "interviewer"),
        ("P", 2, "participant"),
    ]
    assert [row["id"] for row in client.get(address("uploads", cast)).json()["results"]] == [made["id"]]
    assert client.get(address("upload", cast, made["id"])).json() == made


@pytest.mark.parametrize(
    ("name", "data", "sentence"), files.WRONG[:3], ids=[name for name, _, _ in files.WRONG[:3]]
)
def test_a_wrong_file_is_a_problem_with_one_sentence(
    client: APIClient, cast: make.Cast, name: str, data: bytes, sentence: str
) -> None:
    answer = client.post(address("uploads", cast), {"file": SimpleUploadedFile(name, data)})
    assert (answer.status_code, answer.json()["detail"]) == (422, sentence)
    assert answer["Content-Type"] == "application/problem+json"
    assert SourceFile.objects.count() == 0


def test_a_file_over_the_limit_is_not_taken(client: APIClient, cast: make.Cast) -> None:
    big = SimpleUploadedFile("big.txt", b"P: x\n" * (5 * 1024 * 1024))
    answer = client.post(address("uploads", cast), {"file": big})
    assert answer.status_code == 413
    assert answer.json()["detail"] == "big.txt is larger than 20 MB, the most that can be taken."
    assert SourceFile.objects.count() == 0


def test_no_file_is_said_at_the_field(client: APIClient, cast: make.Cast) -> None:
    answer = client.post(address("uploads", cast), {})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["file"])


def test_a_text_can_be_sent_as_it_is(client: APIClient, cast: make.Cast) -> None:
    answer = client.post(address("upload_paste", cast), {"text": files.SPEECH}, format="json")
    assert (answer.status_code, answer.json()["name"]) == (201, "Pasted text.txt")


def test_an_upload_is_confirmed_and_read(client: APIClient, cast: make.Cast) -> None:
    interview = make.interview(cast.study)
    body = {"interview": str(interview.id), "speakers": SPEAKERS, "is_excerpt": True}
    answer = client.post(address("upload_confirm", cast, waiting(cast).id), body, format="json")
    made = answer.json()
    assert (answer.status_code, made["pseudonym"], made["is_excerpt"]) == (201, "Hub client 01", True)
    assert (made["number"], made["word_count"], made["turn_count"]) == (1, 30, 4)
    text = client.get(address("transcript", cast, made["id"])).json()
    assert [(turn["speaker"], text["text"][turn["start"] : turn["end"]]) for turn in text["turns"]] == [
        ("I", "How did you first hear about it?"),
        ("Client", "An e-mail. I nearly deleted it, to be honest."),
        ("I", "Mm."),
        ("Client", "Then a colleague on nights rang them, and that did it for me."),
    ]
    assert [text["text"][start:end] for start, end in text["sentences"]][1:3] == [
        "An e-mail.",
        "I nearly deleted it, to be honest.",
    ]


def test_an_interview_is_recorded_on_the_way(client: APIClient, cast: make.Cast) -> None:
    person, upload = make.participant(cast.study), waiting(cast)
    body = {"participant": str(person.id), "speakers": SPEAKERS}
    undated = client.post(address("upload_confirm", cast, upload.id), body, format="json")
    assert (undated.status_code, list(undated.json()["errors"])) == (400, ["held_on"])
    dated = client.post(
        address("upload_confirm", cast, upload.id), {**body, "held_on": "2026-02-03"}, format="json"
    )
    assert dated.status_code == 201
    assert Transcript.objects.get().interview.participant == person


def test_a_correction_is_the_next_version(client: APIClient, cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    body = {"transcript": str(version.transcript_id), "speakers": SPEAKERS}
    made = client.post(address("upload_confirm", cast, waiting(cast).id), body, format="json").json()
    assert (made["id"], made["number"], made["ready_at"]) == (str(version.transcript_id), 2, None)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"interview": None}, 400),
        ({"speakers": SPEAKERS[:1]}, 422),
        ({"speakers": [SPEAKERS[0], {"label": "P", "role": "other"}]}, 422),
        ({"speakers": [SPEAKERS[0], {"label": "P", "role": "ghost"}]}, 400),
    ],
)
def test_what_does_not_make_a_transcript(
    client: APIClient, cast: make.Cast, change: dict[str, object], status: int
) -> None:
    body = {"interview": str(make.interview(cast.study).id), "speakers": SPEAKERS, **change}
    answer = client.post(address("upload_confirm", cast, waiting(cast).id), body, format="json")
    assert (answer.status_code, Transcript.objects.count(), Upload.objects.count()) == (status, 0, 1)


def test_an_interview_of_another_study_cannot_be_named(client: APIClient, cast: make.Cast) -> None:
    body = {"interview": str(make.interview(make.study("Another")).id), "speakers": SPEAKERS}
    answer = client.post(address("upload_confirm", cast, waiting(cast).id), body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["interview"])


def test_an_upload_is_discarded(client: APIClient, cast: make.Cast) -> None:
    upload = waiting(cast)
    assert client.delete(address("upload", cast, upload.id)).status_code == 204
    assert (client.delete(address("upload", cast, upload.id)).status_code, SourceFile.objects.count()) == (
        404,
        0,
    )


def test_a_transcript_is_declared_ready_and_not(client: APIClient, cast: make.Cast) -> None:
    version = make.transcript(cast.study, is_ready=False)
    ready = address("transcript_ready", cast, version.transcript_id)
    half = client.post(ready, {"is_checked": True, "is_deidentified": False}, format="json")
    assert (half.status_code, Transcript.objects.get().ready_at) == (422, None)
    whole = client.post(ready, {"is_checked": True, "is_deidentified": True}, format="json")
    assert (whole.status_code, whole.json()["ready_at"] is None) == (200, False)
    assert client.delete(ready).json()["ready_at"] is None
    client.post(ready, {"is_checked": True, "is_deidentified": True}, format="json")
    make.assignment(cast.study, cast.ruth, version=version)
    refused = client.delete(ready)
    assert refused.status_code == 422
    assert refused.json()["detail"] == (
        "Hub client 01 was given to somebody to code, so its text and its state stay."
    )


def test_a_coder_reads_only_what_is_ready(cast: make.Cast) -> None:
    ready, unready = make.transcript(cast.study), make.transcript(cast.study, is_ready=False)
    coder = signed_in(cast.ruth)
    rows = coder.get(address("transcripts", cast)).json()["results"]
    assert [row["id"] for row in rows] == [str(ready.transcript_id)]
    assert coder.get(address("transcript", cast, ready.transcript_id)).status_code == 200
    assert coder.get(address("transcript", cast, unready.transcript_id)).status_code == 404
    assert coder.get(address("uploads", cast)).status_code == 403


def test_a_coder_learns_nothing_of_others_coding(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    coder = signed_in(cast.ruth)
    addresses = [address("transcripts", cast), address("transcript", cast, version.transcript_id)]
    before = [coder.get(each).json() for each in addresses]
    other = make.assignment(cast.study, cast.jin, version=version)
    CodingAssignment.objects.filter(id=other.id).update(state="submitted", submitted_at=make.NOW)
    assert [coder.get(each).json() for each in addresses] == before


def test_a_transcript_of_another_study_is_not_found(client: APIClient, cast: make.Cast) -> None:
    other = make.transcript(make.study("Another"))
    assert client.get(address("transcript", cast, other.transcript_id)).status_code == 404
    assert client.delete(address("transcript_ready", cast, other.transcript_id)).status_code == 404


def test_the_list_asks_as_much_for_three_rows_as_for_one(client: APIClient, cast: make.Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address("transcripts", cast)).status_code == 200
        return len(captured)

    make.transcript(cast.study)
    first = queries()
    make.transcript(cast.study)
    make.transcript(cast.study)
    assert queries() == first


def test_reading_a_text_shows_the_newest(client: APIClient, cast: make.Cast, now: datetime) -> None:
    version = make.transcript(cast.study)
    actions.add_version(
        transcript=version.transcript,
        upload=waiting(cast),
        roles=files.ROLES,  # type: ignore[arg-type]
        by=cast.pi,
        now=now,
    )
    text = client.get(address("transcript", cast, version.transcript_id)).json()
    newest = TranscriptVersion.objects.get(number=2)
    assert (text["version"], text["text"]) == (str(newest.id), newest.text)
