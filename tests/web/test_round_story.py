"""A round in which everything comes between, as its page and its report tell it."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.agreement import actions
from apps.agreement.models import Discrepancy, Round
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.studies.permissions import Role
from tests import make
from tests.agreement import stage

pytestmark = pytest.mark.django_db(transaction=True)

NOW = make.NOW


@pytest.fixture
def round(cast: make.Cast) -> Round:
    """Six transcripts of three coders, of whom each two share two."""
    mei = make.member(cast.study, Role.CODER, name="Mei Lin")
    plan = actions.Plan(
        coders=[cast.ruth, cast.jin, mei],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study, is_frozen=False),
        strata=("group",),
        at_least=6,
        share=0,
        per_group=1,
        per_site=0,
        per_interviewer=0,
    )
    for _ in range(6):
        make.transcript(cast.study)
    round = actions.plan_round(study=cast.study, plan=plan, picked=[], by=cast.pi, now=NOW)
    actions.draw(round=round, by=cast.pi, now=NOW)
    round.refresh_from_db()
    return round


def work(round: Round, **of: object) -> list[CodingAssignment]:
    rows = CodingAssignment.objects.filter(in_round__round_transcript__round=round, voided_at=None, **of)
    return list(rows.select_related("coder").order_by("in_round__round_transcript__position", "coder__name"))


def hand_in(assignment: CodingAssignment, *labels: str) -> None:
    """Codes one passage with each label, and submits."""
    codes = assignment.codebook_version.codes
    with acting_as(assignment.coder_id):
        for label in labels:
            coding.add(
                assignment=assignment,
                code=codes.get(label=label),
                start=41,
                end=80,
                by=assignment.coder,
                now=NOW,
            )
        actions.submit(assignment=assignment, by=assignment.coder, now=NOW)


def read(person: User, name: str, round: Round) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(reverse(name, args=[round.study_id, round.id]))
    assert answer.status_code == 200
    return " ".join(unescape(answer.text).split())


def test_a_round_with_everything_that_can_come_between_is_released_counted_and_told(
    cast: make.Cast, round: Round
) -> None:
    pairs = {
        frozenset(each.coder.name for each in work(round, in_round__round_transcript=member))
        for member in round.transcripts.all()
    }
    assert len(pairs) == 3

    # Jin hands in one and leaves half-way: what is begun is set aside and shared out over the others.
    first, *unfinished = work(round, coder=cast.jin)
    hand_in(first, "a1")
    actions.replace_coder(round=round, leaving=cast.jin, by=cast.pi, now=NOW)
    assert not work(round, coder=cast.jin, state="assigned")
    both = {"Ruth Hale", "Mei Lin"}
    for each in unfinished:
        taken_over = work(round, transcript_version=each.transcript_version)
        assert {one.coder.name for one in taken_over} == both

    # One transcript is taken out before the release.
    out = round.transcripts.exclude(transcript_version=first.transcript_version).first()
    actions.withdraw_transcript(member=out, reason="Recorded twice.", by=cast.pi, now=NOW)
    name = str(out.transcript_version.transcript)

    # The others code, Ruth once nothing at all; the last submission starts the hold.
    waiting = work(round, state="assigned")
    nothing = next(each for each in waiting if each.coder == cast.ruth)
    for each in waiting:
        hand_in(each, *(() if each == nothing else ("a1",)))
    round.refresh_from_db()
    assert round.state == Round.State.HELD
    before = read(cast.pi, "round", round)
    assert "nothing coded" not in before
    actions.release_now(round=round, by=cast.pi, now=NOW)
    stage.compute(round)

    page = read(cast.pi, "round", round)
    assert "6, 1 taken out" in page
    assert "taken out: Recorded twice." in page
    assert 'Jin Park <span class="quiet">(left 2 March)' in page
    assert page.count("nothing coded") == 1
    assert "Mei Lin" in page
    report = read(cast.pi, "agreement", round)
    assert "<dt>Transcripts</dt><dd>5</dd>" in report
    assert name in page
    # Where all coded the same there is no difference; where Ruth coded nothing there is one.
    with acting_as(cast.pi.id):
        found = Discrepancy.objects.get()
    assert (found.kind, found.round_transcript.transcript_version) == ("missed", nothing.transcript_version)


def test_an_empty_coding_is_not_told_to_an_adjudicator_from_whom_names_are_hidden(cast: make.Cast) -> None:
    round = stage.open_round(cast, has_unnamed_sides=True)
    stage.code(round, cast.ruth, "a1", 41, 80)
    stage.submit(round, cast.ruth, cast.jin)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    stage.compute(round)
    assert "nothing coded" in read(cast.pi, "round", round)
    assert "nothing coded" not in read(cast.adjudicator, "round", round)
    with acting_as(cast.pi.id):
        actions.close(round=round, by=cast.pi, now=NOW)
    assert "nothing coded" in read(cast.adjudicator, "round", round)
