"""Short words for what tests of pages ask again and again."""

import re
from html.parser import HTMLParser

from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.web.middleware import POLICY
from tests import make


def signed_in(user: object) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client


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


class Inline(HTMLParser):
    """Collects what the content security policy would not run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        code = tag == "script" and "src" not in given and given.get("type") != "application/json"
        if code or tag == "style":
            self.found.append(tag)
        self.found += [name for name in given if name == "style" or name.startswith("on")]


def is_clean(response: HttpResponse) -> bool:
    """Whether the page has our policy and nothing in it that the policy would stop."""
    policy = response.headers["Content-Security-Policy"]
    return policy == POLICY and Inline(response.content.decode()).found == []


def shape(client: Client, path: str, is_post: bool = False) -> tuple[int, str]:
    """Status and page, without the token that is another one in each answer."""
    answer = client.post(path, {"text": "x", "version": 0}) if is_post else client.get(path)
    return answer.status_code, re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())
