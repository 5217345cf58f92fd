"""Short words for what tests of the API ask again and again."""

from typing import Any

from django.urls import reverse
from rest_framework.test import APIClient

from tests import make


def signed_in(user: Any) -> APIClient:
    """A client of somebody who is signed in."""
    client = APIClient()
    client.force_login(user)
    return client


def address(name: str, cast: make.Cast, *ids: object) -> str:
    """The address of an endpoint of the cast's study."""
    return reverse(f"api:{name}", args=[cast.study.id, *ids])
