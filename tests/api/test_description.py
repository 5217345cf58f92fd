from io import StringIO

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests import make
from tests.web.asking import is_clean


def test_the_description_is_valid_and_complete() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_it_is_given_as_yaml_and_as_json(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    assert client.get(reverse("api:schema")).content.startswith(b"openapi: 3")
    described = client.get(reverse("api:schema"), {"format": "json"}).json()
    assert "/api/v1/studies/{study_id}/members/" in described["paths"]


def test_the_guide_lists_every_endpoint_without_anything_from_elsewhere(
    client: Client, cast: make.Cast
) -> None:
    client.force_login(cast.ruth)
    described = client.get(reverse("api:schema"), {"format": "json"}).json()["paths"]
    page = client.get(reverse("api:guide"))
    assert is_clean(page)
    listed = [(line.method.lower(), line.path) for line in page.context["endpoints"]]
    assert listed == [(method, path) for path, methods in described.items() for method in methods]


def test_neither_is_for_passers_by(client: Client, db: None) -> None:
    assert client.get(reverse("api:schema")).status_code == 401
    assert client.get(reverse("api:guide")).status_code == 401
