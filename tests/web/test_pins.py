"""Pinning a code on the coding page."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.codebooks.models import Code
from apps.coding.models import CodingAssignment, PinnedCode
from apps.core.identity import acting_as
from tests import make
from tests.web.asking import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


def of(name: str, work: CodingAssignment) -> str:
    return reverse(name, args=[work.study_id, work.id])


def pinned(client: Client, work: CodingAssignment) -> list[str]:
    """The pins that the page brings along."""
    page = client.get(of("assignment", work)).content.decode()
    (found,) = re.findall(r'data-pinned="([^"]*)"', page)
    return str(found).split()


def test_a_pin_is_there_on_another_device_and_goes_again(client: Client, work: CodingAssignment) -> None:
    client.force_login(work.coder)
    code = Code.objects.get(version=work.codebook_version, label="a1")
    given = {"code": code.id, "is_pinned": "true"}
    assert client.post(of("code_pin", work), given).status_code == 204
    assert client.post(of("code_pin", work), given).status_code == 204
    other = Client()
    other.force_login(work.coder)
    assert pinned(other, work) == [str(code.id)]
    assert other.post(of("code_pin", work), {**given, "is_pinned": "false"}).status_code == 204
    assert pinned(client, work) == []


def test_only_a_code_of_the_own_codebook_can_be_pinned(client: Client, work: CodingAssignment) -> None:
    client.force_login(work.coder)
    for code in (work.id, "a1", Code.objects.filter(is_applicable=False).values_list("id", flat=True)[0]):
        assert client.post(of("code_pin", work), {"code": code, "is_pinned": "true"}).status_code == 422
    with acting_as(work.coder_id):
        assert not PinnedCode.objects.exists()


def test_nobody_pins_on_the_page_of_another(cast: make.Cast, client: Client, work: CodingAssignment) -> None:
    given = {"code": Code.objects.get(version=work.codebook_version, label="a1").id, "is_pinned": "true"}
    answers = []
    for person in (cast.jin, cast.pi, cast.administrator):
        client.force_login(person)
        answers.append(client.post(of("code_pin", work), given).status_code)
    assert answers == [404, 404, 403]
    client.force_login(cast.ruth)
    assert pinned(client, work) == []


def test_pins_take_no_query_each(client: Client, work: CodingAssignment) -> None:
    client.force_login(work.coder)
    codes = [str(each) for each in Code.objects.filter(is_applicable=True).values_list("id", flat=True)[:3]]
    asked = []
    for code in codes:
        client.post(of("code_pin", work), {"code": code, "is_pinned": "true"})
        asked.append(queries_of(client, of("assignment", work)))
    assert (pinned(client, work), len(set(asked))) == (codes, 1)
