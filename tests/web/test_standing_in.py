"""What a tie keeps the adjudicator from deciding waits for whoever can, and is said to whoever plans."""

import re

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import Discrepancy, Resolution, Round
from apps.analysis.queries import round_standings, waiting_for
from apps.core.identity import acting_as
from apps.notices.models import Notice
from apps.participants import actions as participants
from apps.studies.models import Membership
from apps.studies.permissions import Role
from tests import make
from tests.agreement import stage
from tests.api.asking import address
from tests.api.asking import signed_in as asking
from tests.web.asking import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

INSTEAD = "Round 1: you can decide what the coders left open and Tomas Reyes may not."
TO_ADJUDICATOR = "Round 1: what the coders left open waits for you."


@pytest.fixture
def round(cast: make.Cast) -> Round:
    return stage.open_round(cast)


@pytest.fixture
def found(cast: make.Cast, round: Round) -> dict[str, Discrepancy]:
    return stage.conferring(cast, round)


def bar(cast: make.Cast, round: Round, *people: User) -> None:
    person = round.transcripts.get().transcript_version.transcript.interview.participant
    for each in people:
        participants.record_tie(
            study=cast.study, member=each, to=person, decide="block", by=cast.pi, now=make.NOW
        )


def end_conferring(cast: make.Cast, round: Round) -> None:
    with acting_as(cast.ruth.id):
        actions.end_conferring(round=round, by=cast.ruth, now=make.NOW)


def told(person: User) -> list[str]:
    return list(
        Notice.objects.filter(recipient=person, kind="left to adjudicator").values_list("text", flat=True)
    )


def waiting(cast: make.Cast, user: User) -> dict[str, int]:
    membership = Membership.objects.get(study=cast.study, user=user)
    with acting_as(user.id):
        rounds = round_standings(cast.study, membership)
        found = waiting_for(cast.study, membership, rounds, now=make.NOW)
    return {each.kind: each.count for each in found if each.kind != "open_discrepancies"}


def page_of(person: User, name: str, *ids: object) -> str:
    return signed_in(person).get(reverse(name, args=ids)).text


def test_who_can_decide_instead_is_told_and_the_barred_adjudicator_is_not(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    bar(cast, round, cast.adjudicator)
    with acting_as(cast.ruth.id):
        actions.escalate(discrepancy=found["a2"], by=cast.ruth, now=make.NOW)
    end_conferring(cast, round)
    assert told(cast.adjudicator) == []
    assert told(cast.pi) == [INSTEAD]
    assert told(cast.ruth) == told(cast.jin) == told(cast.observer) == []


def test_without_a_tie_the_adjudicator_is_told_and_nobody_else(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    end_conferring(cast, round)
    assert (told(cast.adjudicator), told(cast.pi)) == ([TO_ADJUDICATOR], [])


def test_it_waits_on_the_first_page_and_in_the_queue_of_who_can(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    bar(cast, round, cast.adjudicator)
    assert waiting(cast, cast.pi) == {}
    end_conferring(cast, round)
    assert waiting(cast, cast.adjudicator) == {}
    assert waiting(cast, cast.pi) == {"to_decide_instead": 3}
    assert "Round 1, in place of its adjudicator, who may not." in page_of(
        cast.pi, "study_today", cast.study.id
    )
    queue = page_of(cast.pi, "adjudication", cast.study.id)
    assert "in place of Tomas Reyes, who may not decide them" in queue
    rows = asking(cast.pi).get(address("adjudication", cast)).json()
    assert [each["in_place_of"] for each in rows] == ["Tomas Reyes"] * 3
    with acting_as(cast.pi.id):
        wish = queries.Wish(outcome=Resolution.Outcome.NEITHER, reason="Small talk.")
        actions.settle(discrepancy=found["a2"], by=cast.pi, now=make.NOW, **wish)
    assert waiting(cast, cast.pi) == {"to_decide_instead": 2}


def test_the_page_of_the_round_says_who_can(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    bar(cast, round, cast.adjudicator)
    end_conferring(cast, round)
    name = str(round.transcripts.get().transcript_version.transcript)
    pages = {
        person: page_of(person, "round", cast.study.id, round.id)
        for person in (cast.pi, cast.adjudicator, cast.ruth, cast.observer)
    }
    line = rf"{name}: 3 discrepancies\.\s+Can decide: {cast.pi.name}\."
    assert [bool(re.search(line, page)) for page in pages.values()] == [True, True, False, False]
    assert "Tomas Reyes may not decide some of what the coders left open." in pages[cast.pi]
    here = address("round_left_to_others", cast, round.id)
    assert asking(cast.pi).get(here).json() == [{"transcript": name, "count": 3, "deciders": [cast.pi.name]}]
    assert asking(cast.ruth).get(here).status_code == 403


def test_where_nobody_can_whoever_plans_is_told_what_helps(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    bar(cast, round, cast.adjudicator, cast.pi)
    end_conferring(cast, round)
    assert waiting(cast, cast.pi) == {"barred": 3}
    assert "Nobody in the study can decide them now" in page_of(cast.pi, "round", cast.study.id, round.id)
    assert told(cast.pi) == told(cast.adjudicator) == []
    mei = make.member(cast.study, Role.ADJUDICATOR, name="Mei Lin")
    assert waiting(cast, mei) == {"to_decide_instead": 3}
    assert "Can decide: Mei Lin." in page_of(cast.pi, "round", cast.study.id, round.id)


def test_an_adjudicator_who_has_left_the_study_decides_no_more(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    Membership.objects.filter(study=cast.study, user=cast.adjudicator).update(left_at=make.NOW)
    end_conferring(cast, round)
    assert waiting(cast, cast.pi) == {"to_decide_instead": 3}
    assert told(cast.pi) == [INSTEAD]


def test_beside_a_discrepancy_nobody_is_promised_what_only_the_pair_gets(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    """The past decisions on a code are shown after one's own proposal, to those who make one."""
    proposing, once_decided = (
        "is shown after you propose",
        "How others were decided is shown once this one is.",
    )
    here = ("discrepancy", cast.study.id, round.id, found["b1"].id)
    assert proposing in page_of(cast.ruth, *here)
    bar(cast, round, cast.adjudicator)
    barred = page_of(cast.adjudicator, *here)
    beside = barred[barred.index("past-title") :]
    assert (proposing in barred, once_decided in beside) == (False, True)
    assert "So somebody else decides on this transcript." in beside
    end_conferring(cast, round)
    after = page_of(cast.ruth, *here)
    assert (proposing in after, once_decided in after) == (False, True)
