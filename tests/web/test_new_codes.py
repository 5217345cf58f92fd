"""A code made from a passage in the browser: offered where it may be, and never half made."""

import html
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from apps.codebooks import actions as codebooks
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    work = make.assignment(cast.study, cast.ruth, kind=CodingAssignment.Kind.PRIMARY)
    opened(work, True)
    return work


@pytest.fixture
def ruth(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.ruth)
    return client


def opened(work: CodingAssignment, may_grow: bool) -> None:
    codebook = work.codebook_version.codebook
    codebooks.take_new_codes(codebook=codebook, may_grow=may_grow, by=work.coder, now=make.NOW)


def page(work: CodingAssignment, **passage: Any) -> str:
    address = reverse("code_make", args=[work.study_id, work.id])
    return f"{address}?{urlencode(passage)}" if passage else address


def coding_page(work: CodingAssignment) -> str:
    return reverse("assignment", args=[work.study_id, work.id])


def read(response: Any) -> str:
    return html.unescape(response.content.decode())


def codings_of(work: CodingAssignment) -> list[Coding]:
    with acting_as(work.coder_id):
        return list(work.codings.select_related("code"))


def names(work: CodingAssignment) -> list[str]:
    return list(work.codebook_version.codes.filter(hue=0).values_list("name", flat=True))


def test_the_picker_offers_it_only_where_the_codebook_is_open(ruth: Client, work: CodingAssignment) -> None:
    assert page(work) in read(ruth.get(coding_page(work)))
    opened(work, False)
    assert page(work) not in read(ruth.get(coding_page(work)))


def test_it_is_named_in_the_words_of_the_passage(ruth: Client, work: CodingAssignment) -> None:
    words = work.transcript_version.text[45:60].strip()
    asked = ruth.get(page(work, start=45, end=60))
    assert asked.context["form"]["name"].value() == words
    assert f'<blockquote class="quote section" dir="auto">{words}' in read(asked)
    assert ruth.get(page(work, start=45, end=60, name="Nights")).context["form"]["name"].value() == "Nights"


def test_it_stands_in_the_codebook_of_the_next_page(ruth: Client, work: CodingAssignment) -> None:
    assert "What nights do." not in read(ruth.get(coding_page(work)))
    ruth.post(page(work), {"start": 45, "end": 60, "name": "Nights", "definition": "What nights do."})
    assert "What nights do." in read(ruth.get(coding_page(work)))


def test_it_is_made_and_applied_at_once(ruth: Client, work: CodingAssignment) -> None:
    answer = ruth.post(
        page(work), {"start": 45, "end": 60, "name": "Nights", "definition": "What nights do."}
    )
    (coding,) = codings_of(work)
    assert (coding.code.name, coding.start, coding.end) == ("Nights", 45, 60)
    assert answer.url == f"{coding_page(work)}?coding={coding.id}"


def test_a_name_much_like_another_asks_first(ruth: Client, work: CodingAssignment) -> None:
    given = {"start": 45, "end": 60, "name": "Construct aa"}
    asked = ruth.post(page(work), given)
    assert asked.status_code == 422
    assert "“Construct aa” is much like “Construct a”" in read(asked)
    assert (names(work), codings_of(work)) == ([], [])
    assert ruth.post(page(work), {**given, "is_sure": "on"}).status_code == 302
    assert names(work) == ["Construct aa"]


def test_a_passage_outside_the_text_leaves_no_code_behind(ruth: Client, work: CodingAssignment) -> None:
    answer = ruth.post(page(work), {"start": 45, "end": 10_000_000, "name": "Nights"})
    assert answer.status_code == 422
    assert names(work) == []


def test_a_closed_codebook_says_so(ruth: Client, work: CodingAssignment) -> None:
    opened(work, False)
    answer = ruth.post(page(work), {"start": 45, "end": 60, "name": "Nights"}, follow=True)
    assert "new codes wait for the next version" in read(answer)
    assert names(work) == []


def test_without_a_passage_one_is_sent_to_the_text(ruth: Client, work: CodingAssignment) -> None:
    assert ruth.get(page(work)).url == coding_page(work)


def test_nobody_else_makes_codes_in_it(client: Client, cast: make.Cast, work: CodingAssignment) -> None:
    client.force_login(cast.jin)
    assert client.post(page(work), {"start": 45, "end": 60, "name": "Nights"}).status_code == 404


def test_the_pi_opens_and_closes_the_codebook(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    client.force_login(cast.pi)
    codebook = work.codebook_version.codebook
    for given, expected in (({}, False), ({"takes_new_codes": "on"}, True)):
        client.post(reverse("codebook_rename", args=[cast.study.id]), {"name": codebook.name, **given})
        codebook.refresh_from_db()
        assert codebook.takes_new_codes is expected
