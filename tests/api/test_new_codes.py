"""A code made while coding, through the API."""

from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from apps.codebooks import actions as codebooks
from apps.coding.models import CodingAssignment
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    work = make.assignment(cast.study, cast.ruth, kind=CodingAssignment.Kind.PRIMARY)
    codebook = work.codebook_version.codebook
    codebooks.take_new_codes(codebook=codebook, may_grow=True, by=cast.pi, now=make.NOW)
    return work


def asked(user: object, work: CodingAssignment, **given: Any) -> Any:
    client = APIClient()
    client.force_login(user)
    return client.post(reverse("api:code_make", args=[work.study_id, work.id]), given, format="json")


def test_it_is_made_under_a_code(cast: make.Cast, work: CodingAssignment) -> None:
    above = work.codebook_version.codes.get(label="a")
    answer = asked(cast.ruth, work, name="Nights", parent=str(above.id), definition="At night.")
    assert answer.status_code == 201
    made = {field: answer.data[field] for field in ("label", "name", "parent", "definition")}
    assert made == {"label": "a3", "name": "Nights", "parent": str(above.id), "definition": "At night."}


def test_much_like_another_is_refused_until_one_is_sure(cast: make.Cast, work: CodingAssignment) -> None:
    answer = asked(cast.ruth, work, name="Construct aa")
    assert answer.status_code == 422
    assert "is much like “Construct a”" in str(answer.data)
    assert asked(cast.ruth, work, name="Construct aa", is_sure=True).status_code == 201


def test_a_code_of_another_version_is_not_there(cast: make.Cast, work: CodingAssignment) -> None:
    elsewhere = make.codebook(cast.study).codes.first()
    assert asked(cast.ruth, work, name="Nights", parent=str(elsewhere.id)).status_code == 404


def test_others_do_not_find_the_assignment(cast: make.Cast, work: CodingAssignment) -> None:
    assert asked(cast.jin, work, name="Nights").status_code == 404
