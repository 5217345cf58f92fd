"""The demonstration as it lies in the database."""

from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Avg, F, Max, Min, Q

from apps.accounts.models import User
from apps.agreement.actions import settle
from apps.agreement.models import AgreementResult, Discrepancy, Resolution, Round
from apps.audit.models import AuditEvent
from apps.codebooks.models import Code, CodebookVersion
from apps.coding.models import Coding, CodingAssignment, Memo
from apps.demo import library, team
from apps.demo.build import build
from apps.demo.keys import key
from apps.participants.models import CharacteristicValue, Interview
from apps.studies.models import Membership, Study
from apps.studies.permissions import Role
from apps.transcripts.models import Transcript, TranscriptVersion, Turn
from tests.demo.conftest import TODAY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("demonstration"),
    pytest.mark.xdist_group("demonstration"),
]

Kind, State = CodingAssignment.Kind, CodingAssignment.State


def main_round() -> Round:
    return Round.objects.get(number=2)


def of_round(round: Round) -> list[Discrepancy]:
    return list(
        Discrepancy.objects.filter(agreement_run__round=round).select_related("first_code", "second_code")
    )


def alphas(round: Round) -> dict[str, float]:
    rows = AgreementResult.objects.filter(
        agreement_run__round=round, level="answer", code__parent__isnull=False, alpha__isnull=False
    )
    return {name: alpha for name, alpha in rows.values_list("code__name", "alpha") if alpha is not None}


def test_it_says_that_it_is_invented(demonstration: Study) -> None:
    assert demonstration.is_demonstration
    assert demonstration.id == key("study")
    assert demonstration.name.endswith("(invented demonstration)")


def test_each_interview_followed_a_version_of_the_guide_that_was_in_use(demonstration: Study) -> None:
    guides = demonstration.topic_guides.all()
    assert sorted((each.group.stem, each.number) for each in guides) == sorted(
        (group.stem, number) for group in demonstration.groups.all() for number in (1, 2)
    )
    assert all(each.reviews.count() == 1 and each.questions.count() >= 6 for each in guides)
    interviews = Interview.objects.filter(study=demonstration)
    assert interviews.filter(topic_guide=None).count() == interviews.filter(held_on=None).count()
    assert not interviews.filter(held_on__lt=F("topic_guide__used_from")).exists()
    assert {row["topic_guide__number"] for row in interviews.values("topic_guide__number")} >= {1, 2}


def test_somebody_can_sign_in_for_each_role(demonstration: Study) -> None:
    memberships = Membership.objects.filter(study=demonstration).select_related("user")
    assert {role for each in memberships for role in each.roles} == {role.value for role in Role}
    assert {each.user.email for each in memberships} == {member.email for member in team.TEAM}
    assert all(each.user.check_password(team.PASSWORD) for each in memberships[:2])
    assert {each.user.email.split("@")[1] for each in memberships} == {"demo.example"}


def test_three_sites_and_four_groups_that_reached_their_targets(demonstration: Study) -> None:
    assert [site.name for site in demonstration.sites.all()] == ["Northmoor", "Eastvale", "Southdown"]
    groups = demonstration.groups.all()
    assert [(group.stem, group.target) for group in groups] == [
        ("Hub client", 19),
        ("Non-Hub keyworker", 20),
        ("Hub staff", 14),
        ("Wider stakeholder", 10),
    ]
    assert all(group.participants.count() == group.target == group.numbers_minted for group in groups)


def test_interviews_last_62_minutes_on_average() -> None:
    facts = Interview.objects.aggregate(mean=Avg("minutes"), least=Min("minutes"), most=Max("minutes"))
    assert facts == {"mean": 62, "least": 21, "most": 101}
    assert Interview.objects.filter(mode=Interview.Mode.VIDEO, status=Interview.Status.HELD).count() == 63


def test_what_was_not_collected_is_told_from_what_was_not_said() -> None:
    states = CharacteristicValue.objects.filter(characteristic__name="Gender").values_list("state", flat=True)
    assert Counter(states) == {"given": 38, "not_collected": 24, "prefer_not": 1}


def test_every_transcript_is_its_turns_and_the_file_it_came_from() -> None:
    for version in TranscriptVersion.objects.select_related("source_file"):
        turns = list(version.turns.all())
        assert version.text == "\n\n".join(version.text[turn.start : turn.end] for turn in turns)
        assert version.length == len(version.text)
        assert version.source_file is not None
        typed = bytes(version.source_file.content).decode()
        assert typed.replace("I: ", "").replace("P: ", "") == version.text.replace("I: ", "").replace(
            "P: ", ""
        )


def test_sentences_lie_within_turns() -> None:
    version = TranscriptVersion.objects.get(id=key("version", key("transcript", "Hub client 05"), 1))
    turns = [(turn.start, turn.end) for turn in Turn.objects.filter(version=version)]
    assert all(any(start <= one and other <= end for start, end in turns) for one, other in version.sentences)


def test_all_transcripts_but_one_are_ready() -> None:
    assert [str(each) for each in Transcript.objects.filter(ready_at=None)] == ["Non-Hub keyworker 18"]
    assert Transcript.objects.count() == 63


def test_both_codebook_versions_are_in_use_and_differ_in_one_definition() -> None:
    first, second = CodebookVersion.objects.order_by("number")
    assert first.is_frozen
    assert second.is_frozen
    before = dict(Code.objects.filter(version=first).values_list("lineage", "exclude"))
    after = Code.objects.filter(version=second).values_list("lineage", "name", "exclude")
    assert [name for lineage, name, exclude in after if before[lineage] != exclude] == ["Legitimation"]
    assert len(before) == len(after) == 23


def test_every_coding_lies_in_its_text_and_in_its_codebook() -> None:
    assert Coding.objects.count() > 2000
    outside = Q(end__gt=F("assignment__transcript_version__length"))
    elsewhere = ~Q(code__version=F("assignment__codebook_version"))
    assert not Coding.objects.filter(outside | elsewhere | Q(code__is_applicable=False)).exists()


def test_codings_begin_and_end_with_a_word() -> None:
    texts = dict(TranscriptVersion.objects.values_list("id", "text"))
    rows = Coding.objects.values_list("assignment__transcript_version", "start", "end")
    for version, start, end in rows:
        around = f" {texts[version]} "
        assert (around[start].isspace(), around[end + 1].isspace()) == (True, True)
        assert around[start + 1 : end + 1] == around[start + 1 : end + 1].strip()


def test_work_is_at_every_stage() -> None:
    counts = Counter(CodingAssignment.objects.values_list("kind", "state"))
    assert counts == {
        (Kind.PRIMARY, State.SUBMITTED): 28,
        (Kind.PRIMARY, State.IN_PROGRESS): 3,
        (Kind.PRIMARY, State.ASSIGNED): 2,
        (Kind.INDEPENDENT, State.SUBMITTED): 2 * (3 + 13 + 6) + 2 + 2 * 2,
        (Kind.INDEPENDENT, State.IN_PROGRESS): 2 + 1,
        (Kind.INDEPENDENT, State.ASSIGNED): 4 + 1,
        (Kind.CONSENSUS, State.SUBMITTED): 3 + 13,
    }
    waiting = Transcript.objects.ready().filter(versions__assignments=None)
    assert [str(each) for each in waiting] == ["Wider stakeholder 09"]


def test_two_colleagues_code_one_text_openly() -> None:
    together = CodingAssignment.objects.filter(kind=Kind.PRIMARY, state=State.IN_PROGRESS, is_open=True)
    texts = Counter(together.values_list("transcript_version", flat=True))
    assert sorted(texts.values()) == [1, 2]
    assert not CodingAssignment.objects.filter(kind=Kind.INDEPENDENT, is_open=True).exists()


def test_only_what_nobody_has_begun_is_without_codings() -> None:
    empty = CodingAssignment.objects.filter(codings=None)
    assert set(empty.values_list("state", flat=True)) == {State.ASSIGNED}


def test_the_blind_round_is_blind() -> None:
    blind = CodingAssignment.objects.filter(in_round__round_transcript__round__number=4)
    assert set(blind.values_list("released_at", flat=True)) == {None}
    open_ones = CodingAssignment.objects.filter(state=State.SUBMITTED, released_at=None)
    assert set(open_ones) == set(blind.filter(state=State.SUBMITTED))


def test_nobody_reads_blind_codings_of_the_other() -> None:
    ruth, jin = (User.objects.get(name=name) for name in (team.FIRST_CODER, team.SECOND_CODER))
    blind = Coding.objects.filter(assignment__in_round__round_transcript__round__number=4)
    assert set(blind.visible_to(jin)) == set(blind.filter(assignment__coder=jin))
    assert set(blind.visible_to(ruth)) == set(blind.filter(assignment__coder=ruth))


def test_one_batch_is_conferred_on_and_the_next_is_blind() -> None:
    first, second = Round.objects.get(number=5).batches.all()
    assert (first.released_at is not None, second.released_at) == (True, None)
    found = of_round(first.round)
    assert {each.round_transcript.batch_id for each in found} == {first.id}
    settled = Resolution.objects.filter(discrepancy__in=found).count()
    assert 0 < settled < len(found)
    blind = Coding.objects.filter(assignment__in_round__round_transcript__batch=second)
    (coder,) = {each.assignment.coder for each in blind}
    assert coder.name == team.SECOND_CODER
    for name in (team.FIRST_CODER, team.PI, team.ADJUDICATOR):
        assert not blind.visible_to(User.objects.get(name=name)).exists()


def test_six_rounds_at_six_stages() -> None:
    rounds = Round.objects.order_by("number").values_list("kind", "state")
    assert list(rounds) == [
        ("calibration", "closed"),
        ("main", "closed"),
        ("top_up", "conferring"),
        ("top_up", "coding"),
        ("top_up", "conferring"),
        ("top_up", "planned"),
    ]
    sizes = [round.transcripts.count() for round in Round.objects.order_by("number")]
    assert sizes == [3, 13, 6, 4, 3, 1]


def test_the_main_round_was_drawn_and_not_picked() -> None:
    members = main_round().transcripts.select_related(
        "transcript_version__transcript__interview__participant"
    )
    names = {str(each.transcript_version.transcript) for each in members}
    assert names == {person.pseudonym for person in library.working_on("Round 2")}
    assert not members.filter(is_picked_by_hand=True).exists()
    assert main_round().drawn_at == main_round().opened_at


def test_closed_rounds_have_let_their_transcripts_go() -> None:
    for round in Round.objects.all():
        is_open = set(round.transcripts.values_list("is_round_open", flat=True))
        assert is_open == {round.state != Round.State.CLOSED}


def test_agreement_of_the_main_round_is_lowest_on_legitimation() -> None:
    found = alphas(main_round())
    assert len(found) == 16
    assert min(found, key=found.__getitem__) == "Legitimation"
    assert 0.42 <= found["Legitimation"] <= 0.52
    assert 0.8 <= found["Differentiation"] <= 0.9
    assert 0.8 <= found["Enrolment"] <= 0.9
    rest = [alpha for name, alpha in found.items() if name not in ("Differentiation", "Enrolment")]
    assert max(rest) < 0.8


def test_discrepancies_of_the_main_round_are_of_the_usual_kinds() -> None:
    found = of_round(main_round())
    kinds = Counter(each.kind for each in found)
    total = len(found)
    assert 260 <= total <= 290
    assert 0.42 <= (kinds["missed"] + kinds["extra"]) / total <= 0.55
    assert 0.35 <= (kinds["sibling"] + kinds["construct"]) / total <= 0.45
    assert 0.07 <= kinds["boundary"] / total <= 0.13
    assert min(kinds["influence"], kinds["split"], kinds["level"]) >= 2


def test_legitimation_and_internalisation_are_confused_most() -> None:
    pairs = Counter(
        tuple(sorted((str(each.first_code), str(each.second_code))))
        for each in of_round(main_round())
        if each.kind in ("sibling", "construct")
    )
    (first, most), (_, next_most) = pairs.most_common(2)
    assert first == ("Internalisation", "Legitimation")
    assert most > next_most


def test_the_pair_settled_most_and_the_third_person_some() -> None:
    total = len(of_round(main_round()))
    standing = Resolution.objects.filter(discrepancy__agreement_run__round=main_round(), undone_at=None)
    by_third = standing.filter(decided_by__name=team.ADJUDICATOR).count()
    by_pair = standing.filter(decided_by__name__in=[team.FIRST_CODER, team.SECOND_CODER]).count()
    assert [round(100 * count / total) for count in (by_pair, by_third, total - by_pair - by_third)] == [
        88,
        10,
        2,
    ]
    assert set(standing.values_list("outcome", flat=True)) == {
        "first",
        "second",
        "both",
        "neither",
        "codebook",
    }


def test_decisions_are_such_as_the_action_makes() -> None:
    undecided = Discrepancy.objects.filter(agreement_run__round__number=3, kind="missed", resolutions=None)
    discrepancy = undecided.select_related("first_assignment").first()
    assert discrepancy is not None
    side = Resolution.Outcome.FIRST if discrepancy.first_codings else Resolution.Outcome.SECOND
    third = User.objects.get(name=team.ADJUDICATOR)
    with transaction.atomic():
        settle(discrepancy=discrepancy, outcome=side, by=third, now=TODAY, cause="slip", reason="Overlooked.")
        by_action = AuditEvent.objects.get(verb="settled", occurred_at=TODAY)
        transaction.set_rollback(True)
    trail = AuditEvent.objects.filter(verb="settled")
    assert set(trail.values_list("noun", flat=True)) == {by_action.noun}
    assert {tuple(sorted(detail)) for detail in trail.values_list("detail", flat=True)} == {
        tuple(sorted(by_action.detail))
    }
    assert by_action.object_name in set(trail.values_list("object_name", flat=True))
    sideless = Q(outcome="first", discrepancy__first_codings=[])
    assert not Resolution.objects.filter(
        sideless | Q(outcome="second", discrepancy__second_codings=[]) | Q(outcome="neither", reason="")
    ).exists()


def test_decisions_fall_between_release_and_close() -> None:
    for round in Round.objects.filter(released_at__isnull=False):
        made = Resolution.objects.filter(discrepancy__agreement_run__round=round)
        times = made.aggregate(first=Min("decided_at"), last=Max("decided_at"))
        assert round.released_at is not None
        assert round.released_at < times["first"] < times["last"] < (round.closed_at or TODAY)


def test_the_round_in_conferring_has_differences_of_every_kind_and_work_left() -> None:
    conferring = Round.objects.get(number=3)
    found = of_round(conferring)
    open_kinds = {each.kind for each in found if not each.resolutions.exists()}
    assert {each.kind for each in found} == {kind.value for kind in Discrepancy.Kind}
    assert len(open_kinds) >= 6
    settled = Resolution.objects.filter(discrepancy__in=found).count()
    assert 0.4 <= settled / len(found) <= 0.6


def test_agreement_grows_from_round_to_round() -> None:
    pooled = AgreementResult.objects.filter(level="answer", code=None).order_by(
        "agreement_run__round__number"
    )
    shares = [share for share in pooled.values_list("positive_agreement", flat=True) if share is not None]
    assert len(shares) == 4
    assert shares == sorted(shares)
    assert alphas(Round.objects.get(number=3))["Legitimation"] > alphas(main_round())["Legitimation"]


def test_one_ruling_and_who_gave_it() -> None:
    ruling = AuditEvent.objects.get(verb="ruled")
    assert (ruling.noun, ruling.object_name, ruling.actor_name) == ("code", "b3 Legitimation", team.PI)


def test_main_steps_are_in_the_audit_trail_by_the_right_people(demonstration: Study) -> None:
    trail = AuditEvent.objects.filter(study_id=demonstration.id)
    steps = Counter(trail.values_list("verb", "noun", "actor_name"))
    assert steps["opened", "study", team.PI] == 1
    assert steps["imported", "participants", team.ADMINISTRATOR] == 1
    assert steps["marked ready", "transcript", team.ADMINISTRATOR] == 62
    assert steps["opened", "round", team.PI] == 5
    assert steps["released", "round", ""] == 4
    assert steps["closed", "round", team.PI] == 2
    assert steps["settled", "discrepancy", team.ADJUDICATOR] == 27 + 1  # of the main round, and of the next
    submitted = trail.filter(verb="submitted").values_list("actor_name", flat=True)
    assert set(submitted) == {team.FIRST_CODER, team.SECOND_CODER, team.THIRD_CODER}
    assert list(trail.filter(occurred_at__gt=TODAY).values_list("verb", "noun", "occurred_at")) == []


def test_memos_say_why_something_is_to_be_discussed() -> None:
    discussed = Coding.objects.filter(is_to_discuss=True)
    assert discussed.count() == Memo.objects.count() > 50
    assert set(Memo.objects.values_list("coding", flat=True)) == set(discussed.values_list("id", flat=True))


def test_it_is_built_once_or_not_at_all() -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        build(now=TODAY)
    assert AuditEvent.objects.count() == before
