import pytest
from django.test import Client

from apps.codebooks.models import CodebookVersion
from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment, SecondLook
from apps.core.identity import acting_as
from tests import make
from tests.coding.test_second_looks import second
from tests.web.asking import at, is_clean, said


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    work = make.assignment(cast.study, cast.ruth, kind=CodingAssignment.Kind.PRIMARY)
    for start, end in ((41, 80), (150, 200)):
        make.coding(work, "a1", start, end)
    return work


@pytest.fixture
def version(cast: make.Cast, work: CodingAssignment) -> CodebookVersion:
    return second(cast, work)


def codings(cast: make.Cast) -> list[Coding]:
    with acting_as(cast.ruth.id):
        return list(Coding.objects.order_by("start"))


def test_each_look_leads_to_the_next_and_the_last_to_taking_over(
    client: Client, cast: make.Cast, work: CodingAssignment, version: CodebookVersion
) -> None:
    client.force_login(cast.ruth)
    first, other = codings(cast)
    assert at("second_looks", cast) in client.get(at("codebook", cast)).text
    page = client.get(at("second_look", cast, first.id))
    assert is_clean(page)
    assert all(words in page.text for words in ("What a1 means.", "Narrower.", 'data-key="y Enter"'))
    answer = client.post(at("second_look", cast, first.id), {"outcome": "fits"})
    assert answer.headers["Location"] == at("second_look", cast, other.id)
    wrong = client.post(at("second_look", cast, other.id), {"outcome": "another"})
    assert (wrong.status_code, "Say which other code it is." in wrong.text) == (422, True)
    b1 = version.codes.get(label="b1")
    answer = client.post(at("second_look", cast, other.id), {"outcome": "another", "code": b1.id})
    assert answer.headers["Location"] == at("second_looks", cast)
    assert said(answer) == ["All is looked at again. Now take it over."]
    assert is_clean(client.get(at("second_looks", cast)))
    answer = client.post(at("second_looks_take_over", cast), {"assignment": work.id})
    assert said(answer) == ["1 transcript is under version 2 now."]
    work.refresh_from_db()
    assert work.codebook_version == version
    assert "Everything of yours is under this version." in client.get(at("second_looks", cast)).text


def test_it_is_undone_by_its_key(
    client: Client, cast: make.Cast, work: CodingAssignment, version: CodebookVersion
) -> None:
    client.force_login(cast.ruth)
    first, _other = codings(cast)
    client.post(at("second_look", cast, first.id), {"outcome": "removed", "reason": "<b>No</b>"})
    page = client.get(at("second_look", cast, first.id))
    assert ("&lt;b&gt;No&lt;/b&gt;" in page.text, 'data-key="u"' in page.text) == (True, True)
    client.post(at("second_look_undo", cast, first.id))
    with acting_as(cast.ruth.id):
        assert SecondLook.objects.filter(undone_at=None).count() == 0


def test_anothers_coding_is_not_found_and_before_a_second_version_nothing_is(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    client.force_login(cast.ruth)
    assert client.get(at("second_looks", cast)).status_code == 404
    second(cast, work)
    first = codings(cast)[0]
    for person in (cast.jin, cast.pi):
        client.force_login(person)
        assert client.get(at("second_look", cast, first.id)).status_code == 404
        assert client.post(at("second_look", cast, first.id), {"outcome": "fits"}).status_code == 404
    client.force_login(cast.administrator)
    assert client.get(at("second_looks", cast)).status_code == 403


def test_the_same_over_the_api(
    client: Client, cast: make.Cast, work: CodingAssignment, version: CodebookVersion
) -> None:
    with acting_as(cast.ruth.id):
        actions.submit(assignment=work, by=cast.ruth, now=make.NOW)
    client.force_login(cast.ruth)
    base = f"/api/v1/studies/{cast.study.id}/codebook/second-looks/"
    ask = {"content_type": "application/json"}
    told = client.get(base).json()
    assert (told["number"], told["done"], told["total"]) == (2, 0, 2)
    first, other = codings(cast)
    made = client.post(f"{base}{first.id}/", {"outcome": "fits"}, **ask)
    assert (made.status_code, made.json()["looked_by"]) == (201, "Ruth Hale")
    assert client.delete(f"{base}{first.id}/").status_code == 204
    early = client.post(f"{base}take-over/", {"assignment": str(work.id)}, **ask)
    assert early.status_code == 422
    for each in (first, other):
        client.post(f"{base}{each.id}/", {"outcome": "removed", "reason": "Narrower now."}, **ask)
    done = client.post(f"{base}take-over/", {"assignment": str(work.id)}, **ask)
    assert (done.status_code, done.json()["transcripts"]) == (200, [])
