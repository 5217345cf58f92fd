"""A round planned, drawn and given out; what was planned stays once it is drawn."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import Round, RoundAssignment
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.notices.models import Notice
from apps.participants import actions as participants
from apps.studies.permissions import Role
from apps.transcripts import actions as transcripts
from apps.transcripts.models import TranscriptVersion
from tests import make
from tests.transcripts import files

pytestmark = pytest.mark.django_db

NOW = make.NOW
LATER = NOW + timedelta(days=1)


@pytest.fixture
def mei(cast: make.Cast) -> User:
    return make.member(cast.study, Role.CODER, name="Mei Lin")


def plan(cast: make.Cast, **fields: Any) -> actions.Plan:
    fields = {
        "coders": [cast.ruth, cast.jin],
        "adjudicator": cast.adjudicator,
        "codebook_version": cast.study.codebooks.first().versions.first()
        if cast.study.codebooks.exists()
        else make.codebook(cast.study),
        "strata": ("group",),
        "at_least": 2,
        "share": 0.2,
        "per_group": 1,
        **fields,
    }
    return actions.Plan(**fields)


def planned(cast: make.Cast, picked: list[TranscriptVersion] | None = None, **fields: Any) -> Round:
    return actions.plan_round(
        study=cast.study, plan=plan(cast, **fields), picked=picked or [], by=cast.pi, now=NOW
    )


def drawn_names(round: Round) -> list[str]:
    return [str(each.transcript_version.transcript) for each in round.transcripts.all()]


def test_what_the_preview_shows_is_what_is_drawn(cast: make.Cast) -> None:
    for _ in range(5):
        make.transcript(cast.study)
    round = planned(cast, at_least=3)
    shown = queries.preview(round=round)
    actions.draw(round=round, shown=shown.digest, by=cast.pi, now=NOW)
    round.refresh_from_db()
    assert drawn_names(round) == [each.pseudonym for each in shown.taken]
    assert (round.state, len(shown.taken), round.drawn_at) == (Round.State.CODING, 3, NOW)
    told = Notice.objects.filter(kind="round opened").values_list("recipient__name", flat=True)
    assert sorted(told) == ["Jin Park", "Ruth Hale"]


def test_nothing_else_is_drawn_than_was_shown(cast: make.Cast) -> None:
    make.transcript(cast.study)
    round = planned(cast)
    shown = queries.preview(round=round)
    make.transcript(cast.study)
    with pytest.raises(actions.DrawChanged):
        actions.draw(round=round, shown=shown.digest, by=cast.pi, now=NOW)


def test_each_exclusion_has_its_reason(cast: make.Cast) -> None:
    unready, open_elsewhere, free = (
        make.transcript(cast.study, is_ready=ready) for ready in (False, True, True)
    )
    make.interview(cast.study)
    other = planned(cast, [open_elsewhere], kind=Round.Kind.CALIBRATION)
    round = planned(cast)
    shown = queries.preview(round=round)
    reasons = {each.pseudonym: each.reason for each in shown.left_out}
    assert reasons[str(unready.transcript)] == "is not ready: not yet checked and de-identified"
    assert reasons[str(open_elsewhere.transcript)] == f"is in {other}, which is open"
    assert "has no transcript yet" in reasons.values()
    assert [each.pseudonym for each in shown.taken] == [str(free.transcript)]


def test_a_rolling_round_takes_the_next_one_that_becomes_ready(cast: make.Cast) -> None:
    first, second, third = (make.transcript(cast.study, is_ready=ready) for ready in (True, True, False))
    round = planned(cast, at_least=3)
    assert queries.preview(round=round).still_wanted == 1
    actions.draw(round=round, by=cast.pi, now=NOW)
    with pytest.raises(actions.NothingToDraw):
        actions.draw(round=round, by=cast.pi, now=NOW)
    transcripts.mark_ready(
        transcript=third.transcript, is_checked=True, is_deidentified=True, by=cast.pi, now=NOW
    )
    actions.draw(round=round, by=cast.pi, now=NOW)
    round.refresh_from_db()
    assert round.drawn_at == NOW
    assert {first, second, third} == {each.transcript_version for each in round.transcripts.all()}
    with pytest.raises(actions.DrawOver):
        actions.draw(round=round, by=cast.pi, now=NOW)


def test_a_round_that_waits_for_more_transcripts_is_not_held(cast: make.Cast) -> None:
    make.transcript(cast.study)
    make.transcript(cast.study, is_ready=False)
    round = planned(cast)
    actions.draw(round=round, by=cast.pi, now=NOW)
    submit_all(round)
    round.refresh_from_db()
    assert round.state == Round.State.CODING
    actions.end_draw(round=round, by=cast.pi, now=NOW)
    round.refresh_from_db()
    assert round.state == Round.State.HELD


def test_an_ended_draw_can_be_taken_up_again_until_the_release(cast: make.Cast) -> None:
    make.transcript(cast.study)
    late = make.transcript(cast.study, is_ready=False)
    round = planned(cast)
    actions.draw(round=round, by=cast.pi, now=NOW)
    with pytest.raises(actions.DrawStays):
        actions.take_up_draw(round=round, by=cast.pi, now=NOW)
    submit_all(round)
    actions.end_draw(round=round, by=cast.pi, now=NOW)
    actions.take_up_draw(round=round, by=cast.pi, now=LATER)
    round.refresh_from_db()
    assert (round.state, round.drawn_at, round.batches.get().held_since) == (Round.State.CODING, None, None)
    assert actions.release_due(now=LATER + timedelta(days=1)) == 0
    transcripts.mark_ready(
        transcript=late.transcript, is_checked=True, is_deidentified=True, by=cast.pi, now=LATER
    )
    assert [each.version for each in queries.preview(round=round).taken] == [late]
    actions.end_draw(round=round, by=cast.pi, now=LATER + timedelta(hours=1))
    assert queries.was_ended_early(round=Round.objects.get(id=round.id))
    assert actions.release_due(now=LATER + timedelta(days=1)) == 1
    with pytest.raises(actions.DrawStays):
        actions.take_up_draw(round=round, by=cast.pi, now=LATER + timedelta(days=1))
    said = [each.verb for each in queries.happenings(round=round, with_ties=False)]
    assert [verb for verb in said if "draw " in verb] == ["draw ended", "draw taken up", "draw ended"]


def test_a_draw_that_came_to_its_own_end_is_not_taken_up(cast: make.Cast) -> None:
    make.transcript(cast.study)
    round = planned(cast, at_least=1)
    actions.draw(round=round, by=cast.pi, now=NOW)
    # The share of a larger study would want more; what was drawn to the end stays so.
    for _ in range(9):
        make.transcript(cast.study)
    with pytest.raises(actions.DrawStays):
        actions.take_up_draw(round=round, by=cast.pi, now=NOW)


def submit_all(round: Round) -> None:
    work = CodingAssignment.objects.filter(in_round__round_transcript__round=round, voided_at=None)
    for assignment in work.exclude(state="submitted"):
        with acting_as(assignment.coder_id):
            actions.submit(assignment=assignment, by=assignment.coder, now=NOW)


def test_what_was_picked_by_hand_is_stated_and_counted(cast: make.Cast) -> None:
    versions = [make.transcript(cast.study) for _ in range(4)]
    round = planned(cast, [versions[2]])
    shown = queries.preview(round=round)
    first = shown.taken[0]
    assert (first.version, first.is_picked_by_hand, first.why) == (versions[2], True, "picked by hand")
    actions.draw(round=round, by=cast.pi, now=NOW)
    assert list(round.transcripts.values_list("is_picked_by_hand", flat=True)) == [True, False]


def with_newer_text(version: TranscriptVersion, cast: make.Cast) -> TranscriptVersion:
    upload = transcripts.receive_text(study=cast.study, text=files.SPEECH, by=cast.pi, now=NOW)
    newer = coding.correct(
        transcript=version.transcript,
        upload=upload,
        roles=files.ROLES,  # type: ignore[arg-type]
        by=cast.pi,
        now=NOW,
    )
    transcripts.mark_ready(
        transcript=newer.transcript, is_checked=True, is_deidentified=True, by=cast.pi, now=NOW
    )
    return newer


def test_what_was_picked_is_drawn_once_with_the_text_that_it_was_given_since(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    round = planned(cast, [version], kind=Round.Kind.CALIBRATION)
    newer = with_newer_text(version, cast)
    actions.draw(round=round, by=cast.pi, now=NOW)
    member = round.transcripts.get()
    assert (member.transcript_version, member.is_picked_by_hand) == (newer, True)
    work = CodingAssignment.objects.filter(in_round__round_transcript=member)
    assert [each.transcript_version for each in work] == [newer, newer]


def test_whichever_text_is_named_its_transcript_is_picked_once_with_the_newest(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    newer = with_newer_text(version, cast)
    round = planned(cast, [version, newer], kind=Round.Kind.CALIBRATION)
    assert round.transcripts.get().transcript_version == newer
    actions.change_plan(
        round=round, plan=plan(cast, kind=Round.Kind.CALIBRATION), picked=[version], by=cast.pi, now=NOW
    )
    assert round.transcripts.get().transcript_version == newer


def test_a_text_that_another_plan_has_picked_since_is_not_taken_from_it(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    first = planned(cast, [version], kind=Round.Kind.CALIBRATION)
    newer = with_newer_text(version, cast)
    planned(cast, [newer], kind=Round.Kind.CALIBRATION)
    with pytest.raises(actions.InAnotherRound):
        actions.draw(round=first, by=cast.pi, now=NOW)


def test_three_coders_share_out_the_pairs(cast: make.Cast, mei: User) -> None:
    for _ in range(6):
        make.transcript(cast.study)
    round = planned(cast, coders=[cast.ruth, cast.jin, mei], at_least=6)
    actions.draw(round=round, by=cast.pi, now=NOW)
    rows = RoundAssignment.objects.filter(round_transcript__round=round)
    loads = [rows.filter(assignment__coder=coder).count() for coder in (cast.ruth, cast.jin, mei)]
    assert loads == [4, 4, 4]
    pairs = {}
    for row in rows.select_related("assignment__coder"):
        pairs.setdefault(row.round_transcript_id, []).append(row.assignment.coder.name)
    assert sorted(tuple(sorted(pair)) for pair in pairs.values()) == sorted(
        [("Jin Park", "Mei Lin"), ("Jin Park", "Ruth Hale"), ("Mei Lin", "Ruth Hale")] * 2
    )


def test_a_tie_that_blocks_coding_gives_the_transcript_to_others(cast: make.Cast, mei: User) -> None:
    version = make.transcript(cast.study)
    person = version.transcript.interview.participant
    participants.record_tie(
        study=cast.study, member=cast.ruth, to=person.site, code="block", by=cast.pi, now=NOW
    )
    participants.record_tie(study=cast.study, member=cast.jin, to=person, by=cast.pi, now=NOW)
    shown = queries.preview(round=planned(cast, coders=[cast.ruth, cast.jin, mei]))
    assert [coder.name for coder in shown.taken[0].coders] == ["Jin Park", "Mei Lin"]
    assert shown.taken[0].remarks == (f"Jin Park knows {person.pseudonym}",)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("allow", ()),
        ("warn", ("Tomas Reyes, who adjudicates, knows {}",)),
        ("block", ("Tomas Reyes, who adjudicates, knows {} and may not decide",)),
    ],
)
def test_the_ties_of_the_adjudicator_are_said_too(cast: make.Cast, rule: str, words: tuple[str, ...]) -> None:
    version = make.transcript(cast.study)
    person = version.transcript.interview.participant
    participants.record_tie(
        study=cast.study, member=cast.adjudicator, to=person, decide=rule, by=cast.pi, now=NOW
    )
    shown = queries.preview(round=planned(cast))
    assert shown.taken[0].remarks == tuple(each.format(person.pseudonym) for each in words)
    assert len(shown.taken[0].coders) == 2


def test_where_ties_leave_too_few_coders_the_transcript_is_left_out(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    group = version.transcript.interview.participant.group
    participants.record_tie(study=cast.study, member=cast.ruth, to=group, code="block", by=cast.pi, now=NOW)
    shown = queries.preview(round=planned(cast))
    assert shown.taken == ()
    assert shown.left_out[0].reason == "leaves too few coders: Ruth Hale may not code it"


@pytest.mark.parametrize(
    ("rule", "coders", "remarks"),
    [
        ("allow", ["Jin Park", "Ruth Hale"], ("Ruth Hale held the interview",)),
        ("block", ["Jin Park", "Mei Lin"], ()),
    ],
)
def test_having_interviewed_the_person_is_said_and_can_be_a_bar(
    cast: make.Cast, mei: User, rule: str, coders: list[str], remarks: tuple[str, ...]
) -> None:
    interview = make.interview(cast.study, interviewer=cast.ruth)
    make.transcript(cast.study, interview=interview)
    pool = [cast.ruth, cast.jin] if rule == "allow" else [cast.ruth, cast.jin, mei]
    shown = queries.preview(round=planned(cast, coders=pool, if_interviewed=rule))
    assert sorted(coder.name for coder in shown.taken[0].coders) == coders
    assert shown.taken[0].remarks == remarks


@pytest.mark.parametrize("change", [{"thresholds": [0.8]}, {"seed": 7}, {"tolerance": 0.9}, {"share": 1}])
def test_a_plan_stays_once_it_is_drawn(cast: make.Cast, change: dict[str, Any]) -> None:
    make.transcript(cast.study)
    round = planned(cast, thresholds=[0.667])
    Round.objects.filter(id=round.id).update(seed=2)  # Before the draw it may change.
    actions.draw(round=round, by=cast.pi, now=NOW)
    with pytest.raises(DatabaseError, match="round_plan_stays_once_drawn"), transaction.atomic():
        Round.objects.filter(id=round.id).update(**change)
    with pytest.raises(actions.PlanStays):
        actions.change_plan(round=round, plan=plan(cast), by=cast.pi, now=NOW)


def test_a_plan_can_be_changed_and_thrown_away_before_the_draw(cast: make.Cast) -> None:
    version = make.transcript(cast.study)
    round = planned(cast, [version])
    actions.change_plan(round=round, plan=plan(cast, seed=9, thresholds=(0.8,)), by=cast.pi, now=NOW)
    round.refresh_from_db()
    assert (round.seed, round.thresholds, round.transcripts.count()) == (9, [0.8], 0)
    actions.discard_plan(round=round, by=cast.pi, now=NOW)
    assert not Round.objects.filter(id=round.id).exists()


def test_a_re_test_draws_only_what_an_earlier_round_has(cast: make.Cast) -> None:
    earlier, fresh = make.transcript(cast.study), make.transcript(cast.study)
    first = planned(cast, [earlier], kind=Round.Kind.CALIBRATION)
    actions.draw(round=first, by=cast.pi, now=NOW)
    first.transcripts.update(is_round_open=False)
    again = queries.preview(round=planned(cast, kind=Round.Kind.RE_TEST))
    assert [each.version for each in again.taken] == [earlier]
    main = queries.preview(round=planned(cast))
    assert [each.version for each in main.taken] == [fresh]
