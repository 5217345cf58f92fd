"""A ruling reaches everybody who codes at once, and stays beside the definition."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.agreement import actions
from apps.agreement.models import Round, Ruling
from apps.notices.models import Notice
from tests import make
from tests.agreement import stage
from tests.web.asking import at, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "Only where somebody else is brought in."


def rule(cast: make.Cast, round: Round, label: str = "a1", text: str = WORDS) -> Ruling:
    code = round.codebook_version.codes.get(label=label)
    return actions.give_ruling(round=round, code=code, text=text, by=cast.pi, now=stage.NOW)


def test_an_open_page_is_woken_and_told_how_many_there_are(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    work = stage.work_of(round, cast.ruth)
    ruth, live = signed_in(cast.ruth), at("live", cast, work.id)
    assert "ruling" not in ruth.get(live).text
    with CaptureQueriesContext(connection) as asked:
        rule(cast, round)
    woken = [query["sql"] for query in asked if "pg_notify" in query["sql"]]
    both = {work.topic, stage.work_of(round, cast.jin).topic}
    assert {topic for topic in both for sql in woken if topic in sql} == both
    assert "event: ruling\ndata: 1\n\n" in ruth.get(live).text


def test_the_page_asks_for_those_that_it_does_not_show_yet(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    work = stage.work_of(round, cast.ruth)
    rule(cast, round)
    ruth, fresh = signed_in(cast.ruth), at("rulings", cast, work.id)
    page = ruth.get(at("assignment", cast, work.id)).text
    assert 'id="definitions" data-rulings="1"' in page
    assert f'data-rulings="{fresh}"' in page
    later = rule(cast, round, "b2", "Not for money alone.")
    answer = ruth.get(fresh, {"known": 1}, headers={"HX-Request": "true"}).text
    assert f'data-rules="{later.code_id}"' in answer
    assert "Not for money alone." in answer
    assert WORDS not in answer
    assert signed_in(cast.jin).get(fresh, headers={"HX-Request": "true"}).status_code == 404


def test_a_notice_of_a_long_ruling_says_that_it_goes_on_and_leads_there(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    rule(cast, round, text="Whatever is said of others. " * 20)
    notice = Notice.objects.get(recipient=cast.jin, kind="ruling")
    assert (len(notice.text), notice.text[-1]) == (300, "…")
    opened = signed_in(cast.jin).post(reverse("notice_read", args=[notice.id]))
    assert opened.headers["Location"] == at("round", cast, round.id)


def test_it_stands_below_the_definition_where_coders_confer(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    rule(cast, round, "b1")
    found = stage.conferring(cast, round)
    ruth = signed_in(cast.ruth)
    assert WORDS in ruth.get(at("discrepancy", cast, round.id, found["b1"].id)).text
    assert WORDS not in ruth.get(at("discrepancy", cast, round.id, found["a2"].id)).text
