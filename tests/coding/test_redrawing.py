"""What a page draws anew after each change, and nothing else, leaves it as if it were opened again."""

import random

import pytest

from apps.coding import actions, queries
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


def a_passage(work: CodingAssignment, chance: random.Random) -> tuple[int, int]:
    """Often of one character, which may lie between two turns; some over several turns, few over most."""
    length = work.transcript_version.length
    start = chance.randrange(length - 1)
    return start, min(length, start + chance.choice((1, 1, 2, 12, 12, 60, length)))


def change(work: CodingAssignment, chance: random.Random) -> None:
    """One of the things that a coder does."""
    standing = list(Coding.objects.standing().filter(assignment=work).order_by("start", "id"))
    act = chance.choice(("add", "add", "add", "remove", "move", "undo")) if standing else "add"
    start, end = a_passage(work, chance)
    by = {"by": work.coder, "now": make.NOW}
    if act == "add":
        make.coding(work, chance.choice(LABELS), start, end, influence=chance.choice(INFLUENCES))
    elif act == "remove":
        actions.remove(coding=chance.choice(standing), **by)
    elif act == "move":
        actions.change(coding=chance.choice(standing), start=start, end=end, **by)
    elif queries.ledger(work).to_undo:
        actions.undo(assignment=work, **by)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("margin", [1, pages.MARGIN])
def test_a_page_that_only_redraws_stays_as_one_that_is_opened_again(
    cast: make.Cast, monkeypatch: pytest.MonkeyPatch, margin: int, seed: int
) -> None:
    monkeypatch.setattr(pages, "MARGIN", margin)
    chance = random.Random(seed)
    speech = tuple(("IP"[number % 2], "word " * chance.randint(1, 9)) for number in range(25))
    work = make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=speech))
    with acting_as(cast.ruth.id):
        shown = opened(work)
        for number in range(30):
            before = queries.ledger(work).number
            change(work, chance)
            for each in queries.since(work, before, queries.ledger(work)).turns:
                shown[each.turn.start] = each[:4]
            assert shown == opened(work), number
