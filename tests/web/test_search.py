import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from tests.web.asking import at, is_clean, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.ruth)
    return client


def test_a_hit_leads_to_its_place_where_it_is_marked(ruth: Client, cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    page = ruth.get(at("find", cast), {"find": '"on nights"'})
    place = f"{at('transcript', cast, version.transcript_id)}?find=%22on%20nights%22#turn-4"
    html = page.content.decode()
    assert is_clean(page)
    assert f'href="{place}"' in html
    assert '<mark class="found">nights</mark>' in html
    assert '<mark class="found">nights</mark>' in ruth.get(place).content.decode()


def test_a_passage_in_the_address_is_marked(ruth: Client, cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    start = version.text.index("My manager")
    page = ruth.get(
        at("transcript", cast, version.transcript_id), {"start": start, "end": start + 10}
    ).content.decode()
    assert page.count('<mark class="found">My manager</mark>') == 1


def test_beside_hits_the_keys_are_theirs(ruth: Client, cast: make.Cast) -> None:
    make.transcript(cast.study)
    path = reverse("find", args=[cast.study.id])
    assert b"autofocus" in ruth.get(path).content
    assert b"autofocus" in ruth.get(path, {"find": "nobodysaidthis"}).content
    assert b"data-hits" in (found := ruth.get(path, {"find": "the"}).content)
    assert b"autofocus" not in found


def test_hostile_words_are_shown_as_they_are(ruth: Client, cast: make.Cast) -> None:
    make.transcript(cast.study, speech=(("P", "<script>alert(1)</script> nights & days"),))
    html = ruth.get(at("find", cast), {"find": "nights <script>"}).content.decode()
    assert "&lt;" in html
    assert "<script>alert" not in html


@pytest.mark.parametrize("asked", ["", "zzz", "*", "x" * 300])
def test_nothing_found_is_said(ruth: Client, cast: make.Cast, asked: str) -> None:
    make.transcript(cast.study)
    assert ruth.get(at("find", cast), {"find": asked}).status_code == 200


def test_sites_are_hidden_from_coders_where_the_study_wishes(
    ruth: Client, client: Client, cast: make.Cast
) -> None:
    make.transcript(cast.study)
    assert b'name="site"' in ruth.get(at("find", cast)).content
    cast.study.are_sites_hidden_from_coders = True
    cast.study.save()
    assert b'name="site"' not in ruth.get(at("find", cast)).content
    narrowed = ruth.get(at("find", cast), {"find": "nights", "site": make.site(cast.study).id})
    assert len(narrowed.context["found"]) == 1
    client.force_login(cast.pi)
    assert b'name="site"' in client.get(at("find", cast)).content


def test_the_header_offers_the_search_to_those_who_may_read(client: Client, cast: make.Cast) -> None:
    offered = {}
    for name in ("ruth", "pi", "administrator", "recruiter", "observer"):
        client.force_login(getattr(cast, name))
        offered[name] = at("find", cast).encode() in client.get(at("study_today", cast)).content
    assert offered == {"ruth": True, "pi": True, "administrator": True, "recruiter": False, "observer": False}


def test_the_search_takes_the_same_number_of_queries(ruth: Client, cast: make.Cast) -> None:
    make.transcript(cast.study)
    path = f"{at('find', cast)}?find=rang*"
    one = queries_of(ruth, path)
    for _ in range(2):
        make.transcript(cast.study)
    assert queries_of(ruth, path) == one


def test_the_endpoint_finds_the_same(ruth: Client, cast: make.Cast) -> None:
    make.transcript(cast.study)
    answer = ruth.get(reverse("api:find", args=[cast.study.id]), {"find": "coll*", "role": "participant"})
    found = answer.json()
    assert (found["turns"], found["transcripts"]) == (1, 1)
    (hit,) = found["hits"]
    assert (hit["turn"], [each["words"] for each in hit["pieces"] if each["is_hit"]]) == (4, ["colleague"])
    assert ruth.get(reverse("api:find", args=[cast.study.id])).status_code == 400
