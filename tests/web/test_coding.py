"""Coding in pages: one's own work, the team's states, the text with its marks, and what is saved."""

import re
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.coding import actions
from apps.coding.models import Coding, CodingAssignment, Memo
from apps.core.identity import acting_as
from tests import make
from tests.web.asking import at, queries_of, said, shape

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


class Turns(HTMLParser):
    """What stands in the text of each turn, exactly, and which stretches are marked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.starts: list[int] = []
        self.marks: list[str] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag == "li" and "data-start" in facts:
            self.starts.append(int(facts["data-start"] or 0))
        if tag == "p" and facts.get("class") == "turn-text":
            self.texts.append("")
            self._inside.append(tag)
        elif self._inside and tag == "mark":
            self.marks.append("")
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data
        if "mark" in self._inside:
            self.marks[-1] += data


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


@pytest.fixture
def ruth(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.ruth)
    return client


def of(name: str, work: CodingAssignment, *ids: object) -> str:
    return reverse(name, args=[work.study_id, work.id, *ids])


def passage(work: CodingAssignment, label: str = "a1", start: int = 45, end: int = 70) -> dict[str, Any]:
    code = work.codebook_version.codes.get(label=label)
    return {"client_id": str(uuid4()), "code": str(code.id), "start": start, "end": end}


def codings_of(work: CodingAssignment) -> list[tuple[str, int, int]]:
    with acting_as(work.coder_id):
        rows = Coding.objects.standing().filter(assignment=work).order_by("start")
        return list(rows.values_list("code__label", "start", "end"))


def many_codings(work: CodingAssignment, number: int) -> None:
    codes = list(work.codebook_version.codes.filter(is_applicable=True))
    length = work.transcript_version.length
    rows = [
        Coding(assignment=work, code=codes[place % 4], start=place // 4, end=place // 4 + 1)
        for place in range(number)
        if place // 4 < length
    ]
    with acting_as(work.coder_id):
        Coding.objects.bulk_create(rows)


# --- whose page it is


@pytest.mark.parametrize("name", ["jin", "pi", "adjudicator"])
def test_to_everybody_else_there_is_no_such_coding(
    client: Client, cast: make.Cast, work: CodingAssignment, name: str
) -> None:
    coding = make.coding(work, "a1", 45, 70)
    client.force_login(getattr(cast, name))
    for page, post in (("assignment", False), ("assignment_submit", False), ("assignment_take_back", True)):
        assert shape(client, of(page, work), post) == shape(client, at(page, cast, uuid4()), post)
        assert shape(client, of(page, work), post)[0] == 404
    theirs = make.assignment(cast.study, getattr(cast, name), version=work.transcript_version)
    for page in ("coding_change", "coding_remove", "coding_restore", "coding_move", "coding_memo"):
        inside_mine = of(page, theirs, coding.id)
        assert shape(client, of(page, work, coding.id), True)[0] == 404
        assert shape(client, inside_mine, True) == shape(client, of(page, theirs, uuid4()), True)
    assert shape(client, of("coding", theirs, coding.id))[0] == 404
    assert codings_of(work) == [("a1", 45, 70)]


@pytest.mark.parametrize("name", ["administrator", "recruiter", "observer"])
def test_whoever_may_not_code_is_refused(
    client: Client, cast: make.Cast, work: CodingAssignment, name: str
) -> None:
    client.force_login(getattr(cast, name))
    assert client.get(of("assignment", work)).status_code == 403
    assert client.get(at("assignment", cast, uuid4())).status_code == 403


def test_a_primary_coding_too_is_changed_by_its_coder_only(client: Client, cast: make.Cast) -> None:
    work = make.assignment(cast.study, cast.ruth, kind=CodingAssignment.Kind.PRIMARY)
    make.coding(work, "a1", 45, 70)
    actions.submit(assignment=work, by=cast.ruth, now=make.NOW)
    client.force_login(cast.pi)
    assert client.get(of("assignment", work)).status_code == 404


# --- the text


def test_the_page_holds_the_transcript_and_nothing_else(ruth: Client, work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 70)
    make.coding(work, "b1", 60, 100)
    version = work.transcript_version
    shown = Turns(ruth.get(of("assignment", work)).content.decode())
    turns = list(version.turns.order_by("position"))
    assert shown.texts == [version.text[turn.start : turn.end] for turn in turns]
    assert shown.starts == [turn.start for turn in turns]
    assert shown.marks == [version.text[45:60], version.text[60:70], version.text[70:100]]


WILD = (
    ("I", '  <b>&amp;</b> "quoted"\tand\u00a0spaced '),
    ("P", "שלום 👩‍👩‍👧 e\u0301 \u2028 🇬🇧\nsecond line\u200f مرحبا"),
)


def test_no_letter_of_a_wild_text_is_changed(ruth: Client, cast: make.Cast) -> None:
    version = make.transcript(cast.study, speech=WILD)
    work = make.assignment(cast.study, cast.ruth, version=version)
    make.coding(work, "a1", 3, 60)
    shown = Turns(ruth.get(of("assignment", work)).content.decode())
    assert shown.texts == [words for _, words in WILD]


def test_opening_the_page_starts_the_assignment_once(ruth: Client, work: CodingAssignment) -> None:
    for _ in range(2):
        assert ruth.get(of("assignment", work)).status_code == 200
    work.refresh_from_db()
    assert work.state == "in_progress"
    assert AuditEvent.objects.filter(verb="started").count() == 1


RULES = ("Yours alone until you submit", "Open to colleagues", "Independent until release")


@pytest.mark.parametrize(
    ("kind", "is_open", "rule"),
    [("primary", False, RULES[0]), ("primary", True, RULES[1]), ("independent", False, RULES[2])],
)
def test_the_header_says_who_sees_the_codings(
    ruth: Client, cast: make.Cast, kind: str, is_open: bool, rule: str
) -> None:
    work = make.assignment(cast.study, cast.ruth, kind=CodingAssignment.Kind(kind))
    CodingAssignment.objects.filter(id=work.id).update(is_open=is_open)
    page = ruth.get(of("assignment", work)).content.decode()
    assert [each for each in RULES if each in page] == [rule]


def test_my_own_codings_are_counted_beside_the_codes(
    ruth: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    other = make.assignment(
        cast.study, cast.jin, version=work.transcript_version, codebook=work.codebook_version
    )
    make.coding(work, "a1", 45, 70)
    make.coding(other, "a1", 45, 70)
    make.coding(other, "b2", 45, 70)
    assert counts_beside(work, ruth.get(of("assignment", work))) == {"a1": 1}
    # The codebook is drawn once for both of them; the counts are not.
    jin = Client()
    jin.force_login(cast.jin)
    assert counts_beside(other, jin.get(of("assignment", other))) == {"a1": 1, "b2": 1}
    assert counts_beside(work, ruth.get(of("assignment", work))) == {"a1": 1}


def counts_beside(work: CodingAssignment, page: HttpResponse) -> dict[str, int]:
    """The codes of the codebook that say how often they were applied."""
    labels = {str(code.id): code.label for code in work.codebook_version.codes.all()}
    found = re.findall(r'id="count-([0-9a-f-]+)">(\d+)<', page.content.decode())
    return {labels[key]: int(number) for key, number in found}


def test_the_number_of_queries_does_not_grow_with_the_codings(
    ruth: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    many_codings(work, 1)
    one, one_saved = queries_of(ruth, of("assignment", work)), queries_of_adding(ruth, work)
    crowded = make.assignment(cast.study, cast.ruth)
    many_codings(crowded, 300)
    assert queries_of(ruth, of("assignment", crowded)) == one
    assert queries_of_adding(ruth, crowded) == one_saved


def queries_of_adding(client: Client, work: CodingAssignment) -> int:
    given = passage(work, "b2", 200, 210)
    with CaptureQueriesContext(connection) as captured:
        assert client.post(of("coding_add", work), given, **HTMX).status_code == 200
    return len(captured)


# --- saving


def test_a_coding_is_answered_with_its_turn_its_count_and_its_facts(
    ruth: Client, work: CodingAssignment
) -> None:
    answer = ruth.post(of("coding_add", work), passage(work), **HTMX)
    page = answer.content.decode()
    text = work.transcript_version.text
    code = work.codebook_version.codes.get(label="a1")
    assert codings_of(work) == [("a1", 45, 70)]
    assert (Turns(page).marks, Turns(page).starts) == ([text[45:70]], [42])
    assert re.findall(rf'id="count-{code.id}">(\d*)<', page) == ["1"]
    assert re.findall(r'data-start="(\d+)" data-end="(\d+)" data-influence', page) == [("45", "70")]


def test_without_a_coding_the_panel_holds_the_note_on_the_transcript(
    ruth: Client, work: CodingAssignment
) -> None:
    ruth.post(of("assignment_memo", work), {"text": "Guarded at first.", "version": 0}, **HTMX)
    page = ruth.get(of("passage", work), **HTMX).content.decode()
    assert re.findall(r"<textarea[^>]*>\s*([^<]*)</textarea>", page) == ["Guarded at first."]
    assert ruth.get(of("passage", work)).headers["Location"] == of("assignment", work)


def test_a_coding_over_several_turns_redraws_them_all(ruth: Client, work: CodingAssignment) -> None:
    make.coding(work, "b1", 30, 60)
    answer = ruth.post(of("coding_add", work), passage(work, start=50, end=200), **HTMX)
    turns = work.transcript_version.turns.order_by("position")
    assert Turns(answer.content.decode()).starts == [turn.start for turn in turns][:4]


def test_a_save_that_is_sent_again_is_answered_like_the_first(ruth: Client, work: CodingAssignment) -> None:
    given = passage(work)
    first, again = (ruth.post(of("coding_add", work), given, **HTMX) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert codings_of(work) == [("a1", 45, 70)]


def test_a_refused_save_is_one_sentence(ruth: Client, work: CodingAssignment) -> None:
    length = work.transcript_version.length
    outside = ruth.post(of("coding_add", work), passage(work, end=length + 5), **HTMX)
    assert (outside.status_code, outside.headers["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert outside.content.decode() == (
        f"The passage 45 to {length + 5} is not in a text of {length} characters."
    )
    wrong = ruth.post(of("coding_add", work), {**passage(work), "code": str(uuid4())}, **HTMX)
    assert (wrong.status_code, wrong.content.decode()) == (
        422,
        "This code is not in the codebook that you code with now; load the page again.",
    )
    nowhere = ruth.post(of("coding_add", work), {**passage(work), "start": "here"}, **HTMX)
    assert (nowhere.status_code, nowhere.content.decode()) == (422, "This passage cannot be coded.")
    actions.submit(assignment=work, by=work.coder, now=make.NOW)
    late = ruth.post(of("coding_add", work), passage(work), **HTMX)
    assert late.content.decode() == "This coding was submitted; take it back if you want to change it."
    assert codings_of(work) == []


def test_remove_restore_move_and_change(ruth: Client, work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 60)
    coding = make.coding(work, "a1", 55, 70)
    seen = []
    for name, given in (
        ("coding_remove", {}),
        ("coding_restore", {}),
        ("coding_move", {"start": 50, "end": 90}),
        ("coding_change", {"influence": "hinders", "is_to_discuss": "on"}),
    ):
        assert ruth.post(of(name, work, coding.id), given, **HTMX).status_code == 200
        seen.append(codings_of(work))
    assert seen == [[], [("a1", 45, 70)], [("a1", 50, 90)], [("a1", 50, 90)]]
    with acting_as(work.coder_id):
        coding.refresh_from_db()
    assert (coding.influence, coding.is_to_discuss) == ("hinders", True)


def test_without_scripts_a_form_leads_back_to_the_page(ruth: Client, work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 70)
    shown = f"{of('assignment', work)}?coding={coding.id}"
    change = ruth.post(of("coding_change", work, coding.id), {"influence": "helps"})
    memo = ruth.post(of("coding_memo", work, coding.id), {"text": "Why.", "version": 0})
    assert [answer.headers["Location"] for answer in (change, memo)] == [shown, shown]
    assert ruth.get(of("coding", work, coding.id)).headers["Location"] == shown
    page = ruth.get(shown)
    assert (page.context["passage"].coding, page.context["memo"].text) == (coding, "Why.")
    gone = ruth.post(of("coding_remove", work, coding.id))
    assert gone.headers["Location"] == of("assignment", work)


def test_the_panel_shows_what_lies_around_a_coding(ruth: Client, work: CodingAssignment) -> None:
    before = make.coding(work, "a1", 45, 60)
    coding = make.coding(work, "b1", 70, 90)
    over = make.coding(work, "b2", 80, 100)
    after = make.coding(work, "a2", 120, 130)
    passage = ruth.get(f"{of('assignment', work)}?coding={coding.id}").context["passage"]
    assert (passage.before, passage.also_here, passage.after) == (before, [over], after)
    assert (passage.words, passage.turn_number) == (work.transcript_version.text[70:90], 2)
    assert ruth.get(of("coding", work, coding.id), **HTMX).status_code == 200


def test_a_memo_written_in_two_tabs_shows_both_texts(ruth: Client, work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 70)
    first = ruth.post(of("coding_memo", work, coding.id), {"text": "In this tab.", "version": 0}, **HTMX)
    other = ruth.post(of("coding_memo", work, coding.id), {"text": "In that <tab>.", "version": 0}, **HTMX)
    assert (first.status_code, other.status_code) == (200, 409)
    page = other.content.decode()
    assert re.findall(r'id="memo-elsewhere"[^>]*>([^<]*)<', page) == ["In this tab."]
    assert re.findall(r"<textarea[^>]*>\s*([^<]*)</textarea>", page) == ["In that &lt;tab&gt;."]
    assert re.findall(r'name="version" value="(\d+)"', page) == ["1"]
    again = ruth.post(of("coding_memo", work, coding.id), {"text": "Both.", "version": 1}, **HTMX)
    with acting_as(work.coder_id):
        assert (again.status_code, Memo.objects.get().text) == (200, "Both.")


def test_a_note_on_the_whole_transcript(ruth: Client, work: CodingAssignment) -> None:
    answer = ruth.post(of("assignment_memo", work), {"text": "Guarded at first.", "version": 0}, **HTMX)
    assert answer.status_code == 200
    assert ruth.get(of("assignment", work)).context["memo"].text == "Guarded at first."


# --- handing in


def test_submitting_asks_once_and_names_what_lacks_a_memo(ruth: Client, work: CodingAssignment) -> None:
    explained = make.coding(work, "a1", 45, 60)
    left = make.coding(work, "b1", 70, 90)
    with acting_as(work.coder_id):
        for coding in (explained, left):
            actions.change(coding=coding, influence="", is_to_discuss=True, by=work.coder, now=make.NOW)
        actions.write_memo(assignment=work, coding=explained, text="Is it?", by=work.coder)
    page = ruth.get(of("assignment_submit", work))
    assert ([*page.context["to_explain"]], page.context["codings"]) == ([left], 2)
    answer = ruth.post(of("assignment_submit", work))
    name = work.transcript_version.transcript
    assert (answer.status_code, said(answer)) == (302, [f"{name} is submitted."])
    work.refresh_from_db()
    assert (work.state, work.released_at) == ("submitted", None)


def test_a_submitted_coding_can_be_read_and_taken_back(ruth: Client, work: CodingAssignment) -> None:
    coding = make.coding(work, "a1", 45, 70)
    ruth.post(of("assignment_submit", work))
    page = ruth.get(f"{of('assignment', work)}?coding={coding.id}").content.decode()
    forms = re.findall(r'<form[^>]*action="([^"]+)"', page)
    assert [form for form in forms if "/assignments/" in form] == [of("assignment_take_back", work)]
    assert Turns(page).marks == [work.transcript_version.text[45:70]]
    ruth.post(of("assignment_take_back", work))
    work.refresh_from_db()
    assert work.state == "in_progress"


def test_a_second_submission_is_refused_in_words(ruth: Client, work: CodingAssignment) -> None:
    ruth.post(of("assignment_submit", work))
    answer = ruth.post(of("assignment_submit", work))
    assert said(answer)[-1] == "This coding was submitted; take it back if you want to change it."


def test_what_was_released_is_not_taken_back(ruth: Client, work: CodingAssignment) -> None:
    ruth.post(of("assignment_submit", work))
    actions.release(assignments=[work], now=make.NOW)
    answer = ruth.post(of("assignment_take_back", work))
    assert said(answer)[-1] == "This coding cannot be taken back: it is not submitted, or was released."
    page = ruth.get(of("assignment", work)).content.decode()
    assert page.count("This coding was released and does not change any more.") == 1
