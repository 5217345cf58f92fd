"""Pages let go of their rows without waiting for a search for cycles."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory


class Rows(list[str]):
    """A list that tells when it is gone."""


def somebody_asks() -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


@pytest.fixture
def no_search() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_what_a_page_was_made_of_is_gone_when_it_is_drawn(no_search: None) -> None:
    page = engines["django"].from_string("{% for row in rows %}{{ row }}{% endfor %}")
    rows = Rows("ab")
    gone = weakref.ref(rows)
    assert page.render({"rows": rows}, somebody_asks()) == "ab"
    del rows
    assert gone() is None


def test_a_template_of_the_folder_lets_go_as_well(no_search: None) -> None:
    sentence = Rows("a")
    gone = weakref.ref(sentence)
    drawn = render_to_string("_parts/notice.html", {"kind": "info", "sentence": sentence}, somebody_asks())
    assert "notice" in drawn
    del sentence
    assert gone() is None


def test_a_template_that_is_missing_is_named() -> None:
    with pytest.raises(TemplateDoesNotExist, match=r"nowhere\.html"):
        get_template("nowhere.html")
    page = engines["django"].from_string("{% include name %}")
    with pytest.raises(TemplateDoesNotExist, match=r"nowhere\.html"):
        page.render({"name": "nowhere.html"})
