"""Files through the upload page, and from there to a transcript."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.participants.models import Interview
from apps.transcripts import actions
from apps.transcripts.models import SourceFile, Transcript, TranscriptVersion, Upload
from tests import make
from tests.transcripts import files

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024


@pytest.fixture
def client(cast: make.Cast) -> Client:
    client = Client()
    client.force_login(cast.administrator)
    return client


def page(name: str, cast: make.Cast, *ids: object) -> str:
    return reverse(name, args=[cast.study.id, *ids])


def send(client: Client, cast: make.Cast, *given: tuple[str, bytes], **extra: object) -> HttpResponse:
    """What a browser sends: by a form without script, and by the script with the header of htmx."""
    headers = extra.pop("headers", None)
    body = {"file": [SimpleUploadedFile(name, data) for name, data in given], **extra}
    return client.post(page("upload_add", cast), body, headers=headers)


def sentences(answer: HttpResponse) -> list[str]:
    return [outcome.sentence for outcome in answer.context["outcomes"] if outcome.sentence]


def confirmed(cast: make.Cast, target: str, **fields: str) -> dict[str, str]:
    return {"target": target, "role-0": "interviewer", "role-1": "participant", **fields}


def waiting(cast: make.Cast, text: str = files.SPEECH, name: str = "Pasted text") -> Upload:
    return actions.receive_text(study=cast.study, text=text, name=name, by=cast.pi, now=make.NOW)


def test_one_file_leads_to_the_question_who_speaks(client: Client, cast: make.Cast) -> None:
    answer = send(client, cast, ("a.docx", files.WORD))
    assert (answer.status_code, answer["Location"]) == (302, page("upload", cast, Upload.objects.get().id))


def test_several_files_are_all_taken(client: Client, cast: make.Cast) -> None:
    answer = send(client, cast, ("a.docx", files.WORD), ("b.txt", files.TEXT))
    assert (answer.status_code, answer["Location"]) == (302, page("transcripts", cast))
    text = client.get(page("transcripts", cast)).text
    assert [name in text for name in ("2 files were read.", "a.docx", "b.txt")] == [True, True, True]


@pytest.mark.parametrize(("name", "data", "sentence"), files.WRONG, ids=[each[0] for each in files.WRONG])
def test_a_wrong_file_gets_one_sentence_and_leaves_nothing(
    client: Client, cast: make.Cast, name: str, data: bytes, sentence: str
) -> None:
    answer = send(client, cast, (name, data))
    assert (answer.status_code, sentences(answer)) == (422, [sentence])
    assert sentence in answer.text
    assert (SourceFile.objects.count(), Upload.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("header", [None, {"HX-Request": "true"}])
def test_a_file_over_the_limit_is_not_taken(
    client: Client, cast: make.Cast, header: dict[str, str] | None
) -> None:
    answer = send(client, cast, ("big.txt", b"P: x\n" * (5 * MEGABYTE)), headers=header)
    assert answer.status_code == 413
    assert sentences(answer) == ["big.txt is larger than 20 MB, the most that can be taken."]
    assert SourceFile.objects.count() == 0


def test_each_file_has_its_own_outcome(client: Client, cast: make.Cast) -> None:
    answer = send(
        client,
        cast,
        ("big.txt", b"P: x\n" * (5 * MEGABYTE)),
        ("a.docx", files.WORD),
        ("empty.txt", b""),
        ("b.txt", files.TEXT),
    )
    assert answer.status_code == 422
    assert sentences(answer) == [
        "big.txt is larger than 20 MB, the most that can be taken.",
        "empty.txt is empty.",
    ]
    assert sorted(SourceFile.objects.values_list("name", flat=True)) == ["a.docx", "b.txt"]


def test_the_script_gets_only_the_line_of_its_file(client: Client, cast: make.Cast) -> None:
    answer = send(client, cast, ("a.txt", files.TEXT), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<li class="task outcome"')
    assert page("upload", cast, Upload.objects.get().id) in answer.text
    refused = send(client, cast, ("empty.txt", b""), headers={"HX-Request": "true"})
    assert (refused.status_code, refused.text.count("<li"), "<html" in refused.text) == (422, 1, False)
    assert sentences(refused) == ["empty.txt is empty."]


def test_nothing_chosen_is_said_at_the_form(client: Client, cast: make.Cast) -> None:
    answer = send(client, cast)
    assert (answer.status_code, "Choose at least one file." in answer.text) == (422, True)


def test_the_same_file_again_is_refused(client: Client, cast: make.Cast) -> None:
    send(client, cast, ("a.txt", files.TEXT))
    answer = send(client, cast, ("b.txt", files.TEXT))
    assert sentences(answer) == ["b.txt was uploaded before and waits to be confirmed."]


def test_two_people_in_turn_if_the_person_says_so(client: Client, cast: make.Cast) -> None:
    text = b"How did you hear?\n\nFrom a colleague.\n\nAnd then?\n\nI rang.\n"
    assert send(client, cast, ("a.txt", text)).status_code == 422
    assert send(client, cast, ("a.txt", text), do_speakers_alternate="on").status_code == 302


def test_pasted_text(client: Client, cast: make.Cast) -> None:
    refused = client.post(page("upload_paste", cast), {"text": "Nobody speaks here.\n\nNobody."})
    assert (refused.status_code, "No speakers were found in Pasted text.txt" in refused.text) == (422, True)
    answer = client.post(page("upload_paste", cast), {"text": files.SPEECH, "name": "Hub client 01"})
    assert answer["Location"] == page("upload", cast, Upload.objects.get().id)
    assert SourceFile.objects.get().name == "Hub client 01.txt"


def test_the_page_of_an_upload_shows_what_was_found(client: Client, cast: make.Cast) -> None:
    text = files.SPEECH.replace("e-mail", "café e-mail").encode("cp1252")
    send(client, cast, ("a.txt", text + b"\n\nRecorded in March\n"))
    shown = client.get(page("upload", cast, Upload.objects.get().id)).text
    assert "2 labels were found in a.txt." in shown
    assert "The character encoding was guessed as cp1252; check these words: café" in shown
    assert '<option value="interviewer" selected>' in shown
    assert "4 turns, " in shown


def test_the_interview_is_suggested_by_the_name_of_the_file(client: Client, cast: make.Cast) -> None:
    interviews = [make.interview(cast.study) for _ in range(2)]
    upload = waiting(cast, name="hub-client_2 final")
    text = client.get(page("upload", cast, upload.id)).text
    assert f'<option value="interview:{interviews[1].id}" selected>' in text
    assert "Suggested by the name of the file." in text
    nameless = client.get(page("upload", cast, waiting(cast, files.SPEECH + "\n\nI: So.").id)).text
    assert ("Suggested by" in nameless, '<option value="" selected>' in nameless) == (False, True)


def test_the_preview_follows_the_roles(client: Client, cast: make.Cast) -> None:
    address = page("upload_preview", cast, waiting(cast).id)
    text = client.post(
        address, {"role-0": "interviewer", "role-1": "participant", "speaker-1": "Client"}
    ).text
    assert (text.count('<li class="turn'), text.count("Client <span"), "participants" in text) == (
        4,
        2,
        False,
    )
    none = client.post(address, {"role-0": "interviewer", "role-1": "other"}).text
    assert "Nobody is marked as participant yet." in none
    unknown = client.post(address, {"role-0": "interviewer", "role-1": "ghost"}).text
    assert "Choose a role for each label to see the turns." in unknown


def test_an_upload_becomes_the_transcript_of_an_interview(client: Client, cast: make.Cast) -> None:
    interview, upload = make.interview(cast.study), waiting(cast)
    answer = client.post(
        page("upload", cast, upload.id),
        confirmed(cast, f"interview:{interview.id}", **{"speaker-1": "Client", "is_excerpt": "on"}),
    )
    transcript = Transcript.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page("transcript", cast, transcript.id))
    assert (transcript.interview, transcript.is_excerpt) == (interview, True)
    turns = TranscriptVersion.objects.get().turns
    assert list(turns.values_list("speaker", flat=True)) == ["I", "Client", "I", "Client"]


def test_after_one_upload_comes_the_next(client: Client, cast: make.Cast) -> None:
    interview, first, second = (
        make.interview(cast.study),
        waiting(cast),
        waiting(cast, files.SPEECH + "\n\nI: So."),
    )
    answer = client.post(page("upload", cast, first.id), confirmed(cast, f"interview:{interview.id}"))
    assert answer["Location"] == page("upload", cast, second.id)


def test_an_interview_is_recorded_on_the_way(client: Client, cast: make.Cast) -> None:
    person, upload = make.participant(cast.study), waiting(cast)
    target = confirmed(cast, f"person:{person.id}", mode="telephone")
    undated = client.post(page("upload", cast, upload.id), target)
    assert (undated.status_code, "Say when the interview was held." in undated.text) == (422, True)
    future = client.post(page("upload", cast, upload.id), {**target, "held_on": "2999-01-01"})
    assert (future.status_code, "cannot have been held yet" in future.text) == (422, True)
    assert (Interview.objects.count(), Upload.objects.count()) == (0, 1)
    client.post(page("upload", cast, upload.id), {**target, "held_on": "2026-02-03"})
    interview = Transcript.objects.get().interview
    assert (interview.participant, interview.held_on, interview.mode) == (
        person,
        date(2026, 2, 3),
        "telephone",
    )


def test_a_transcript_nobody_codes_is_corrected(client: Client, cast: make.Cast) -> None:
    version, given = make.transcript(cast.study), make.transcript(cast.study)
    make.assignment(cast.study, cast.ruth, version=given)
    upload = waiting(cast)
    offered = client.get(page("upload", cast, upload.id)).text
    assert f"transcript:{version.transcript_id}" in offered
    assert f"transcript:{given.transcript_id}" not in offered
    forced = client.post(
        page("upload", cast, upload.id), confirmed(cast, f"transcript:{given.transcript_id}")
    )
    assert forced.status_code == 422
    client.post(page("upload", cast, upload.id), confirmed(cast, f"transcript:{version.transcript_id}"))
    assert version.transcript.versions.count() == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"target": ""}, "This field is required."),
        ({"role-1": "other"}, "Nobody is marked as participant, so there would be nothing to code."),
        ({"role-1": "not_a_speaker"}, "Nobody is marked as participant, so there would be nothing to code."),
        ({"speaker-1": "x" * 121}, "Ensure this value has at most 120 characters (it has 121)."),
    ],
)
def test_what_does_not_make_a_transcript_is_said_at_the_form(
    client: Client, cast: make.Cast, change: dict[str, str], sentence: str
) -> None:
    interview, upload = make.interview(cast.study), waiting(cast)
    answer = client.post(
        page("upload", cast, upload.id), {**confirmed(cast, f"interview:{interview.id}"), **change}
    )
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert (Transcript.objects.count(), Upload.objects.count()) == (0, 1)


def test_an_upload_is_discarded(client: Client, cast: make.Cast) -> None:
    upload = waiting(cast)
    answer = client.post(page("upload_discard", cast, upload.id), follow=True)
    assert "Pasted text.txt was discarded." in answer.text
    assert SourceFile.objects.count() == 0
    assert client.post(page("upload_discard", cast, upload.id)).status_code == 404


def test_people_and_interviews_of_another_study_are_not_offered(client: Client, cast: make.Cast) -> None:
    other = make.interview(make.study("Another"))
    upload = waiting(cast)
    answer = client.post(page("upload", cast, upload.id), confirmed(cast, f"interview:{other.id}"))
    assert (answer.status_code, Transcript.objects.count()) == (422, 0)
    assert client.get(reverse("upload", args=[other.study_id, upload.id])).status_code == 404


def test_emoji_combining_and_right_to_left_text_keep_their_places(client: Client, cast: make.Cast) -> None:
    said = ["cafe\u0301?", "👩\u200d🔬 🙂🙂", "שלום, مرحبا?", "𝒳 a\u00a0b"]
    text = "\n\n".join(f"{label}: {words}" for label, words in zip("IPIP", said, strict=True))
    send(client, cast, ("a.txt", text.encode("utf-16")))
    interview = make.interview(cast.study)
    client.post(page("upload", cast, Upload.objects.get().id), confirmed(cast, f"interview:{interview.id}"))
    version = TranscriptVersion.objects.get()
    assert [version.text[turn.start : turn.end] for turn in version.turns.all()] == said
    assert [(turn.start, turn.end) for turn in version.turns.all()] == [(0, 6), (8, 14), (16, 28), (30, 35)]
    text = client.get(page("transcript", cast, Transcript.objects.get().id)).text
    assert [f'dir="auto">{words}</p>' in text for words in said] == [True] * 4
