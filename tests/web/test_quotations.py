"""The page of what a person was shown and answered, the endpoint beside it, and where it is told."""

import pytest
from django.test import Client

from apps.coding.models import CodingAssignment
from apps.participants import actions as people
from apps.participants.actions import Clause
from apps.transcripts.models import QuotationCheck, TranscriptVersion
from tests import make
from tests.api.asking import address, signed_in
from tests.web.asking import at, is_clean, queries_of

pytestmark = pytest.mark.django_db

WORDS = "They rang back  the same day."
AGREED = {"words": WORDS, "outcome": "agreed", "happened_on": "2026-03-01"}


@pytest.fixture
def version(cast: make.Cast) -> TranscriptVersion:
    """A study whose form asks whether quotations are to be seen first; nothing is recorded."""
    clauses = [Clause("quotation_after_check")]
    people.add_consent_version(
        study=cast.study, label="v1", clauses=clauses, by=cast.administrator, now=make.NOW
    )
    return make.transcript(cast.study)


def test_from_showing_to_the_answer_and_back(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    client.force_login(cast.administrator)
    page = at("quotations", cast, version.transcript_id)
    assert "Nothing was shown to this person yet." in client.get(page).content.decode()
    record = at("quotation_record", cast, version.transcript_id)
    assert client.post(record, {**AGREED, "outcome": "shown"}).status_code == 302
    assert client.post(record, AGREED).status_code == 302
    answer = client.get(page)
    html = answer.content.decode()
    assert is_clean(answer)
    assert "They rang back the same day." in html
    assert html.index("May be quoted: agreed") < html.index("Agreed <span") < html.index("Shown <span")
    last = QuotationCheck.objects.get(outcome="agreed")
    undo = at("quotation_undo", cast, version.transcript_id, last.id)
    assert client.post(undo).status_code == 302
    assert client.post(undo).status_code == 404
    assert [each.outcome for each in QuotationCheck.objects.all()] == ["shown"]


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"words": "Never said."}, "words", "do not stand in the transcript"),
        ({"words": "the"}, "words", "stand there 7 times"),
        ({"words": ""}, "words", "required"),
        ({"outcome": ""}, "outcome", "required"),
        ({"outcome": "reworded"}, "wording", "Write down the words"),
        ({"happened_on": "2999-01-01"}, "happened_on", "still to come"),
        ({"happened_on": "31 February"}, "happened_on", "valid date"),
    ],
)
def test_what_cannot_be_recorded_says_why(
    client: Client,
    cast: make.Cast,
    version: TranscriptVersion,
    given: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    client.force_login(cast.pi)
    answer = client.post(at("quotation_record", cast, version.transcript_id), AGREED | given)
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors[field])
    assert QuotationCheck.objects.count() == 0


def test_one_of_several_places_is_meant_where_one_comes_from_it(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    client.force_login(cast.pi)
    second = version.text.index("And what happened") + 4
    page = at("quotations", cast, version.transcript_id)
    html = client.get(page, {"start": second, "end": second + 4}).content.decode()
    assert f'value="{second}"' in html
    given = {**AGREED, "words": "what", "start": second}
    assert client.post(at("quotation_record", cast, version.transcript_id), given).status_code == 302
    assert QuotationCheck.objects.get().start == second


def test_coders_read_it_and_do_not_record(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    page = at("quotations", cast, version.transcript_id)
    record = at("quotation_record", cast, version.transcript_id)
    answers = {}
    for name in ("ruth", "recruiter", "observer", "outsider"):
        client.force_login(getattr(cast, name))
        answers[name] = (client.get(page).status_code, client.post(record, AGREED).status_code)
    assert answers == {
        "ruth": (200, 403),
        "recruiter": (403, 403),
        "observer": (403, 403),
        "outsider": (404, 404),
    }
    client.force_login(cast.ruth)
    html = client.get(page).content.decode()
    assert version.transcript.interview.participant.site.name not in html
    assert record not in html


def test_a_list_of_any_length_takes_the_same_number_of_queries(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    client.force_login(cast.pi)
    page, record = (at(name, cast, version.transcript_id) for name in ("quotations", "quotation_record"))
    client.post(record, AGREED)
    one = queries_of(client, page)
    for words in ("Mm.", "I was in the car park."):
        client.post(record, {**AGREED, "words": words})
    assert queries_of(client, page) == one


def test_a_coding_says_whether_its_words_may_be_quoted(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    work = make.assignment(cast.study, cast.ruth, version=version, kind=CodingAssignment.Kind.PRIMARY)
    start = version.text.index("They rang back")
    made = make.coding(work, "a1", start, start + 28)
    client.force_login(cast.ruth)
    page = at("code_codings", cast, made.code_id)
    html = client.get(page).content.decode()
    assert "To be shown to the person before it is quoted" in html
    assert f"{at('quotations', cast, version.transcript_id)}?start={start}&amp;end={start + 28}" in html
    client.force_login(cast.pi)
    client.post(at("quotation_record", cast, version.transcript_id), AGREED)
    client.force_login(cast.ruth)
    assert "May be quoted: agreed" in client.get(page).content.decode()


def test_the_same_through_the_api(cast: make.Cast, version: TranscriptVersion) -> None:
    client = signed_in(cast.administrator)
    checks = address("quotation_checks", cast, version.transcript_id)
    given = {"start": 42, "end": 52, "outcome": "reworded", "happened_on": "2026-03-01", "wording": "My boss"}
    made = client.post(checks, given, format="json")
    assert (made.status_code, made.json()["outcome"], made.json()["wording"]) == (201, "reworded", "My boss")
    assert client.post(checks, given, format="json").json()["id"] == made.json()["id"]
    assert client.post(checks, given | {"end": 99_999}, format="json").status_code == 422
    assert len(client.get(checks).json()["results"]) == 1
    one = address("quotation_check", cast, version.transcript_id, made.json()["id"])
    assert [client.delete(one).status_code for _ in range(2)] == [204, 404]
    assert signed_in(cast.ruth).post(checks, given, format="json").status_code == 403
