"""The codebook beside the text where codes lie under codes: a tree, and each code with the path to it."""

from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from apps.coding import queries
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.web import codebook
from tests import make
from tests.web.asking import queries_of

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


class Pane(HTMLParser):
    """The codebook: each heading and code with how many lists it is in, and the names of the lists."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[tuple[int, str]] = []
        self.paths: dict[str, str] = {}
        self.lists: list[str | None] = []
        self.lit: dict[str, list[str]] = {}
        self._groups: list[list[str]] = []
        self._open: list[tuple[str, bool]] = []
        self._depth = 0
        self._heading = False
        self.feed(page.partition('<div id="codes">')[2].partition('<div id="definitions"')[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        classes = facts.get("class", "").split()
        if tag == "ul":
            self._depth += 1
            self.lists.append(facts.get("aria-label"))
        if tag in ("section", "li"):
            self._open.append((tag, "code-group" in classes))
            if "code-group" in classes:
                self._groups.append([])
        if "data-code" in facts:
            self.lines.append((self._depth, facts["data-label"]))
            self.paths[facts["data-label"]] = facts["data-path"]
            for group in self._groups:
                group.append(facts["data-label"])
        if facts.get("data-only"):
            self.lit[facts["data-only"]] = self._groups[-1]
        self._heading |= tag in ("h3", "h4")

    def handle_endtag(self, tag: str) -> None:
        if tag == "ul":
            self._depth -= 1
        if tag in ("section", "li") and self._open.pop()[1]:
            self._groups.pop()

    def handle_data(self, data: str) -> None:
        if self._heading and data.strip():
            self.lines.append((self._depth, data.strip()))
            self._heading = False


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth, codebook=make.deep_codebook(cast.study))


@pytest.fixture
def ruth(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.ruth)
    return client


def page_of(client: Client, work: CodingAssignment) -> str:
    return client.get(reverse("assignment", args=[work.study_id, work.id])).content.decode()


def test_the_pane_is_a_tree(ruth: Client, work: CodingAssignment) -> None:
    pane = Pane(page_of(ruth, work))
    assert pane.lines == [
        (0, "Construct a"),
        (1, "a1"),
        (2, "a1a"),
        (2, "a1b"),
        (1, "a2"),
        (0, "Construct b"),
        (1, "b1"),
        (1, "b2"),
        (1, "Shared work"),
        (2, "b3a"),
        (1, "x1"),
    ]
    assert pane.lists == ["Construct a", "Subconstruct a1", "Construct b", "Shared work", "Codes"]


def test_a_code_holds_the_whole_path_to_it(ruth: Client, work: CodingAssignment) -> None:
    """The picker searches and shows it: two codes may have the same name in different places."""
    paths = Pane(page_of(ruth, work)).paths
    assert (paths["a1a"], paths["b3a"]) == ("Construct a › Subconstruct a1", "Construct b › Shared work")
    assert (paths["a1"], paths["a2"], paths["x1"]) == ("Construct a", "Construct a", "")


def test_a_construct_and_a_middle_level_light_up_all_that_is_under_them(
    ruth: Client, work: CodingAssignment
) -> None:
    assert Pane(page_of(ruth, work)).lit == {
        "Construct a": ["a1", "a1a", "a1b", "a2"],
        "Construct a › Subconstruct a1": ["a1", "a1a", "a1b"],
        "Construct b": ["b1", "b2", "b3a"],
        "Construct b › Shared work": ["b3a"],
    }


def test_a_construct_that_can_be_applied_is_the_first_of_its_codes(ruth: Client, cast: make.Cast) -> None:
    version = make.codebook(cast.study, is_frozen=False)
    version.codes.filter(label="a").update(is_applicable=True)
    pane = Pane(page_of(ruth, make.assignment(cast.study, cast.ruth, codebook=version)))
    assert pane.lines[:4] == [(0, "Construct a"), (1, "a"), (1, "a1"), (1, "a2")]
    assert (pane.paths["a"], pane.lit["Construct a"]) == ("", ["a", "a1", "a2"])


def test_each_count_stands_beside_its_code(ruth: Client, work: CodingAssignment) -> None:
    for label, times in (("a1a", 1), ("b3a", 3), ("x1", 2)):
        for place in range(times):
            make.coding(work, label, 45 + 10 * place, 50 + 10 * place)
    page = page_of(ruth, work)
    for code in work.codebook_version.codes.filter(is_applicable=True):
        expected = {"a1a": "1", "b3a": "3", "x1": "2"}.get(code.label, "")
        assert f'id="count-{code.id}">{expected}<' in page


def test_the_panel_of_a_passage_says_where_its_code_belongs(ruth: Client, work: CodingAssignment) -> None:
    deep = make.coding(work, "b3a", 45, 70)
    flat = make.coding(work, "a1", 80, 90)
    alone = make.coding(work, "x1", 100, 110)
    address = [reverse("coding", args=[work.study_id, work.id, each.id]) for each in (deep, flat, alone)]
    paths = [ruth.get(one, **HTMX).context["passage"].path for one in address]
    assert paths == ["Construct b › Shared work", "Construct a", ""]
    assert "Construct b › Shared work" in ruth.get(address[0], **HTMX).content.decode()
    page = reverse("assignment", args=[work.study_id, work.id])
    assert len({queries_of(ruth, f"{page}?coding={each.id}") for each in (deep, flat, alone)}) == 1


def test_the_codebook_is_drawn_once(work: CodingAssignment) -> None:
    codebook.drawn.cache_clear()
    with acting_as(work.coder_id):
        for _ in range(3):
            codebook.panel(work, queries.surface(work))
    assert codebook.drawn.cache_info().misses == 1
