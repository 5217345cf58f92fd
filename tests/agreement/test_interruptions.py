"""A coder leaves half-way, a transcript is withdrawn, a text is unblinded: what a user would expect."""

import pytest
from django.db import DatabaseError, transaction

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import Round, RoundTranscript
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.notices.models import Notice
from apps.participants import actions as participants
from apps.studies.permissions import Role
from apps.transcripts import actions as transcripts
from apps.transcripts.models import TranscriptVersion
from tests import make
from tests.agreement.stage import open_round, rolling_round, submit, work_of

pytestmark = pytest.mark.django_db

NOW = make.NOW


@pytest.fixture
def mei(cast: make.Cast) -> User:
    return make.member(cast.study, Role.CODER, name="Mei Lin")


def member_of(round: Round) -> RoundTranscript:
    return round.transcripts.get()


def test_the_unfinished_work_of_who_leaves_goes_to_another_anew(cast: make.Cast, mei: User) -> None:
    round = open_round(cast)
    left = work_of(round, cast.jin)
    make.coding(left, "a1", 45, 70)
    (given,) = actions.replace_coder(round=round, leaving=cast.jin, instead=mei, by=cast.pi, now=NOW)
    left.refresh_from_db()
    assert (left.voided_at, given.coder, given.state) == (NOW, mei, CodingAssignment.State.ASSIGNED)
    assert list(round.coders.filter(left_at=None).values_list("coder__name", flat=True)) == [
        "Ruth Hale",
        "Mei Lin",
    ]
    with acting_as(mei.id):
        assert not Coding.objects.exists()
    submit(round, cast.ruth, mei)
    assert round.state == Round.State.HELD


def test_what_was_submitted_before_the_coder_left_stays(cast: make.Cast, mei: User) -> None:
    round = open_round(cast)
    submit(round, cast.jin)
    assert actions.replace_coder(round=round, leaving=cast.jin, instead=mei, by=cast.pi, now=NOW) == []
    submit(round, cast.ruth)
    assert round.state == Round.State.HELD


def test_without_a_name_the_work_is_shared_out_over_the_others(cast: make.Cast, mei: User) -> None:
    version = make.transcript(cast.study)
    plan = actions.Plan(
        coders=[cast.ruth, cast.jin, mei],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study),
        at_least=1,
    )
    round = actions.plan_round(study=cast.study, plan=plan, picked=[version], by=cast.pi, now=NOW)
    actions.draw(round=round, by=cast.pi, now=NOW)
    coders = {row.assignment.coder for row in member_of(round).assignments.all()}
    leaving = coders.pop()
    third = ({cast.ruth, cast.jin, mei} - coders - {leaving}).pop()
    (given,) = actions.replace_coder(round=round, leaving=leaving, by=cast.pi, now=NOW)
    assert given.coder == third


def test_where_nobody_can_take_over_nothing_is_done(cast: make.Cast) -> None:
    round = open_round(cast)
    with pytest.raises(actions.NobodyToCode), transaction.atomic():
        actions.replace_coder(round=round, leaving=cast.jin, by=cast.pi, now=NOW)
    assert work_of(round, cast.jin).voided_at is None


def test_the_adjudicator_does_not_take_over(cast: make.Cast) -> None:
    with pytest.raises(actions.AdjudicatorCodes):
        actions.replace_coder(
            round=open_round(cast), leaving=cast.jin, instead=cast.adjudicator, by=cast.pi, now=NOW
        )


def test_a_withdrawn_transcript_is_set_aside_and_the_rest_goes_on(cast: make.Cast) -> None:
    first, second = make.transcript(cast.study), make.transcript(cast.study)
    round = actions.open_round(
        study=cast.study,
        transcript_versions=[first, second],
        coders=[cast.ruth, cast.jin],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study),
        by=cast.pi,
        now=NOW,
    )
    for work in CodingAssignment.objects.filter(transcript_version=first):
        with acting_as(work.coder_id):
            actions.submit(assignment=work, by=work.coder, now=NOW)
    member = round.transcripts.get(transcript_version=second)
    actions.withdraw_transcript(member=member, reason="Consent was withdrawn.", by=cast.pi, now=NOW)
    round.refresh_from_db()
    assert round.state == Round.State.HELD
    assert not CodingAssignment.objects.filter(transcript_version=second, voided_at=None).exists()
    assert [line.pseudonym for line in queries.progress(round=round) if line.withdrawn_reason] == [
        str(second.transcript)
    ]
    with pytest.raises(actions.OutAlready):
        actions.withdraw_transcript(member=member, reason="Again.", by=cast.pi, now=NOW)


def test_unblinding_opens_the_text_to_readers_but_not_to_the_pair(cast: make.Cast) -> None:
    round = open_round(cast)
    make.coding(work_of(round, cast.jin), "a1", 45, 70)
    member = member_of(round)
    with pytest.raises(actions.ReasonNeeded):
        actions.unblind(member=member, reason=" ", by=cast.pi, now=NOW)
    actions.unblind(member=member, reason="Somebody may be at risk.", by=cast.pi, now=NOW)
    for reader, seen in ((cast.pi, 1), (cast.jin, 1), (cast.ruth, 0), (cast.administrator, 0)):
        with acting_as(reader.id):
            assert Coding.objects.count() == Coding.objects.visible_to(reader).count() == seen
    assert not round.transcripts.counted().exists()


def test_the_database_opens_nothing_without_a_reason_on_record(cast: make.Cast) -> None:
    work = work_of(open_round(cast), cast.jin)
    with pytest.raises(DatabaseError, match="unblinding_has_a_reason"), transaction.atomic():
        CodingAssignment.objects.filter(id=work.id).update(unblinded_at=NOW)


def test_the_database_releases_nothing_before_the_round_is_held_and_waited_for(cast: make.Cast) -> None:
    round = open_round(cast)
    works = CodingAssignment.objects.filter(in_round__round_transcript__round=round)
    submit(round, cast.ruth)
    mine = works.filter(coder=cast.ruth)
    with pytest.raises(DatabaseError, match="waits_for_its_batch"), transaction.atomic():
        mine.update(released_at=NOW)
    submit(round, cast.jin)
    with pytest.raises(DatabaseError, match="waits_for_the_hold"), transaction.atomic():
        mine.update(released_at=NOW)
    actions.release_now(round=round, by=cast.pi, now=NOW)
    with pytest.raises(DatabaseError, match="release_is_final"), transaction.atomic():
        mine.update(voided_at=NOW)


def test_what_was_given_out_stays_in_its_round(cast: make.Cast) -> None:
    round = open_round(cast)
    row = member_of(round).assignments.first()
    for act, refusal in (
        (row.delete, "permission denied"),
        (lambda: type(row).objects.filter(id=row.id).update(position=7), "roundassignment_stays"),
        (lambda: round.coders.all().delete(), "round_stays_once_drawn"),
    ):
        with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
            act()
    with pytest.raises(DatabaseError, match="codingassignment_begins_blind"), transaction.atomic():
        CodingAssignment.objects.create(
            study=cast.study,
            coder=cast.ruth,
            transcript_version=make.transcript(cast.study),
            codebook_version=make.codebook(cast.study),
            kind="independent",
            state="submitted",
            submitted_at=NOW,
            released_at=NOW,
        )


def test_who_coded_a_transcript_or_is_tied_to_it_does_not_decide_on_it(cast: make.Cast, mei: User) -> None:
    member = member_of(open_round(cast))
    person = member.transcript_version.transcript.interview.participant
    assert queries.may_decide(round_transcript=member, user=cast.adjudicator)
    assert not queries.may_decide(round_transcript=member, user=cast.ruth)
    participants.record_tie(
        study=cast.study, member=cast.adjudicator, to=person.group, decide="block", by=cast.pi, now=NOW
    )
    assert not queries.may_decide(round_transcript=member, user=cast.adjudicator)


def test_another_adjudicator_is_named_and_told_until_the_close(cast: make.Cast) -> None:
    round = open_round(cast)
    changed = actions.replace_adjudicator(round=round, instead=cast.pi, by=cast.pi, now=NOW)
    assert changed.adjudicator == cast.pi
    told = Notice.objects.get(recipient=cast.pi, kind="left to adjudicator").text
    assert told == "Round 1: you decide what its coders leave open, in place of Tomas Reyes."
    said = [each.words for each in queries.happenings(round=round, with_ties=False)]
    assert said[-1] == f"{cast.pi.name} became its adjudicator in place of Tomas Reyes."
    for person, refusal in (
        (cast.pi, actions.AdjudicatorStays),
        (cast.ruth, actions.AdjudicatorCodes),
        (cast.administrator, actions.NotADecider),
    ):
        with pytest.raises(refusal):
            actions.replace_adjudicator(round=round, instead=person, by=cast.pi, now=NOW)
    with acting_as(cast.pi.id):
        actions.void(round=round, reason="Begun anew.", by=cast.pi, now=NOW)
    with pytest.raises(actions.AdjudicatorStays):
        actions.replace_adjudicator(round=round, instead=cast.adjudicator, by=cast.pi, now=NOW)


def test_a_draw_that_somebody_ended_is_not_opened_by_taking_a_transcript_out(cast: make.Cast) -> None:
    round = rolling_round(cast)
    late = TranscriptVersion.objects.exclude(id__in=round.transcripts.values("transcript_version")).get()
    actions.end_draw(round=round, by=cast.pi, now=NOW)
    transcripts.mark_ready(
        transcript=late.transcript, is_checked=True, is_deidentified=True, by=cast.pi, now=NOW
    )
    actions.withdraw_transcript(member=member_of(round), reason="Too faint.", by=cast.pi, now=NOW)
    round.refresh_from_db()
    assert round.drawn_at == NOW
    round = actions.take_up_draw(round=round, by=cast.pi, now=NOW)
    assert [each.version for each in queries.preview(round=round).taken] == [late]
