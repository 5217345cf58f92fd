"""What a page draws anew after each change, and nothing else, leaves it as if it were opened again."""

import random

import pytest

from apps.coding import queries
from apps.coding.models import Coding, CodingAssignment
from apps.coding.queries import pages
from apps.core.identity import acting_as
from tests import make

pytestmark = pytest.mark.django_db

LABELS = ("a1", "b1")
INFLUENCES = ("", *Coding.Influence.values)
Shown = dict[int, tuple[object, ...]]


def opened(work: CodingAssignment) -> Shown:
    return {each.turn.start: each[:4] for each in queries.surface(work).turns}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("margin", [1, pages.MARGIN])
def test_a_page_that_only_redraws_stays_as_one_that_is_opened_again(
    cast: make.Cast, monkeypatch: pytest.MonkeyPatch, margin: int, seed: int
) -> None:
    monkeypatch.setattr(pages, "MARGIN", margin)
    chance = random.Random(seed)
    speech = tuple(("IP"[number % 2], "word " * chance.randint(1, 9)) for number in range(25))
    work = make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=speech))
    length = work.transcript_version.length
    with acting_as(cast.ruth.id):
        shown = opened(work)
        for number in range(40):
            start = chance.randrange(length - 1)
            # Most of one character, which may lie between two turns; some over several turns.
            end = min(length, start + chance.choice((1, 1, 2, 12, 12, 60)))
            made = make.coding(work, chance.choice(LABELS), start, end, influence=chance.choice(INFLUENCES))
            ledger = queries.ledger(work)
            for each in queries.since(work, number, ledger).turns:
                shown[each.turn.start] = each[:4]
            assert shown == opened(work), (number, made.start, made.end)
