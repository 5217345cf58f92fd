"""Short words for what tests of pages ask again and again."""

from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import make


def at(name: str, cast: make.Cast, *ids: object) -> str:
    """The address of a page of the cast's study."""
    return reverse(name, args=[cast.study.id, *ids])


def said(response: HttpResponse) -> list[str]:
    """The messages that the next page will show."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def queries_of(client: Client, path: str) -> int:
    """How many queries a page takes, once the session exists."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
