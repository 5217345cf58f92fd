"""Where the page of a discrepancy leads once nothing waits on its transcript any more."""

import re

import pytest
from django.urls import reverse

from apps.agreement.models import Discrepancy
from tests import make
from tests.agreement import stage
from tests.web.asking import at, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(cast: make.Cast) -> list[Discrepancy]:
    """One on each of two transcripts, in the order of the round."""
    round = stage.open_round(cast, transcripts=2)
    batch = round.batches.get()
    stage.differ_in(batch, cast)
    stage.release_and_compute(batch, cast)
    return list(Discrepancy.objects.order_by("round_transcript__position"))


def propose(coder: object, row: Discrepancy, cast: make.Cast) -> None:
    """Ruth's coding stands."""
    wish = {"outcome": stage.side_of(row, cast.ruth).value}
    signed_in(coder).post(at("propose", cast, row.round_transcript.round_id, row.id), wish)


def go_on(user: object, row: Discrepancy) -> list[str]:
    """Where the page leads that shows this one, by the key n."""
    round = row.round_transcript.round
    answer = signed_in(user).get(reverse("discrepancy", args=[round.study_id, round.id, row.id]))
    return re.findall(r'data-press="n"[^>]*href="([^"]+)"', answer.text)


def test_with_nothing_left_on_a_transcript_the_pair_goes_on_with_the_next(
    cast: make.Cast, two: list[Discrepancy]
) -> None:
    first, second = two
    round = first.round_transcript.round
    there = at("discrepancy", cast, round.id, second.id)
    for coder in (cast.ruth, cast.jin):
        propose(coder, first, cast)
    assert go_on(cast.ruth, first) == [there]
    propose(cast.ruth, second, cast)
    assert go_on(cast.ruth, first) == []
    assert go_on(cast.jin, first) == [there]


def test_an_adjudicator_is_led_through_what_was_left_to_them_alone(
    cast: make.Cast, two: list[Discrepancy]
) -> None:
    first, second = two
    round = first.round_transcript.round
    assert go_on(cast.adjudicator, first) == [at("adjudication", cast)]
    assert "may still settle this between themselves" in seen_by(cast.adjudicator, first)
    signed_in(cast.ruth).post(at("escalate", cast, round.id, second.id))
    assert go_on(cast.adjudicator, first) == [at("discrepancy", cast, round.id, second.id)]
    assert "may still settle this between themselves" not in seen_by(cast.adjudicator, second)
    assert "may still settle this between themselves" not in seen_by(cast.ruth, first)


def seen_by(user: object, row: Discrepancy) -> str:
    round = row.round_transcript.round
    return signed_in(user).get(reverse("discrepancy", args=[round.study_id, round.id, row.id])).text


def test_the_whole_transcript_opens_at_the_passage_while_its_text_is_the_same(
    cast: make.Cast, two: list[Discrepancy]
) -> None:
    row = two[0]
    version = row.round_transcript.transcript_version
    here = re.findall(r'data-press="w" href="([^"]+)"', seen_by(cast.ruth, row))[0]
    address = here.replace("&amp;", "&").partition("#")[0]
    assert here.endswith("#turn-2")
    words = version.text[row.start : row.end].strip()
    assert f'<mark class="found">{words}</mark>' in signed_in(cast.ruth).get(address).text
    other = address.replace(str(version.id), str(two[1].id))
    assert '<mark class="found">' not in signed_in(cast.ruth).get(other).text
