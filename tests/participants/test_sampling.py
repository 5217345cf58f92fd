from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from apps.audit.models import AuditEvent
from apps.core.refusal import Refused
from apps.participants import actions
from apps.participants.actions import CellOf, Happened
from apps.participants.models import (
    Characteristic,
    Participant,
    RecruitmentEvent,
    RecruitmentRound,
    SamplingTarget,
)
from apps.participants.queries.day_list import day_list
from apps.participants.queries.recruitment import recruitment, round_result
from apps.participants.queries.sampling import board, progress, standing_targets
from apps.participants.queries.variation import cross_table, missing
from apps.studies.models import Membership
from tests import make

TODAY = make.NOW.date()


def by(cast: make.Cast) -> dict[str, Any]:
    return {"by": cast.administrator, "now": make.NOW}


def membership(cast: make.Cast, who: str = "administrator") -> Membership:
    return cast.study.memberships.get(user=getattr(cast, who))


def person(cast: make.Cast, **fields: Any) -> Participant:
    return make.participant(cast.study, group=cast.group, **{"site": cast.site, **fields})


@pytest.fixture
def gender(cast: make.Cast) -> Characteristic:
    return actions.define_characteristic(
        study=cast.study, name="Gender", kind="choice", choices=["Woman", "Man", "Other"], **by(cast)
    )


def targets(cast: make.Cast) -> QuerySet[SamplingTarget]:
    return cast.study.targets.all()


def test_a_target_holds_from_its_day_and_the_one_before_stays_on_record(cast: make.Cast) -> None:
    cell = CellOf(cast.group, cast.site)
    actions.set_target(study=cast.study, cell=cell, minimum=5, reason="Protocol", **by(cast))
    later = {**by(cast), "now": make.NOW + timedelta(days=30)}
    actions.set_target(study=cast.study, cell=cell, minimum=7, maximum=9, reason="Saturation is far", **later)
    assert [(each.minimum, each.maximum, each.reason) for each in targets(cast)] == [
        (7, 9, "Saturation is far"),
        (5, None, "Protocol"),
    ]
    assert [each.minimum for each in standing_targets(cast.study)] == [7]
    event = AuditEvent.objects.filter(noun="sampling target").latest("occurred_at")
    assert event.detail["before"] == [5, None]


def test_the_same_target_again_changes_nothing_and_none_takes_it_away(cast: make.Cast) -> None:
    cell = CellOf(cast.group, cast.site)
    actions.set_target(study=cast.study, cell=cell, minimum=5, reason="Protocol", **by(cast))
    assert actions.set_target(study=cast.study, cell=cell, minimum=5, reason="", **by(cast)) is None
    later = {**by(cast), "now": make.NOW + timedelta(days=1)}
    actions.set_target(study=cast.study, cell=cell, minimum=None, reason="Site closed", **later)
    assert standing_targets(cast.study) == []
    assert targets(cast).count() == 2


def test_the_target_of_a_whole_group_is_its_number_of_planned_interviews(cast: make.Cast) -> None:
    actions.set_target(study=cast.study, cell=CellOf(cast.group), minimum=19, reason="Protocol", **by(cast))
    cast.group.refresh_from_db()
    assert cast.group.target == 19


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": " "}, "NoReason"),
        ({"maximum": 1}, "RangeTurnedRound"),
    ],
)
def test_a_target_that_cannot_be(cast: make.Cast, change: dict[str, Any], code: str) -> None:
    given = {"minimum": 5, "reason": "Protocol", **change}
    with pytest.raises(Refused) as refused:
        actions.set_target(study=cast.study, cell=CellOf(cast.group), **given, **by(cast))
    assert refused.value.code == code


def test_a_cell_needs_values_that_its_group_is_asked_for(cast: make.Cast, gender: Characteristic) -> None:
    staff = make.group(cast.study, "Hub staff")
    gender.groups.set([staff])
    for cell, code in (
        (CellOf(staff, None, gender, ""), "NoValueForTheCell"),
        (CellOf(cast.group, None, gender, "Man"), "NotAskedInTheGroup"),
        (CellOf(staff, None, gender, "Man", gender, "Woman"), "SameCharacteristicTwice"),
        (CellOf(make.group(make.study()), None), "OfAnotherStudy"),
    ):
        with pytest.raises(Refused) as refused:
            actions.set_target(study=cast.study, cell=cell, minimum=1, reason="Why", **by(cast))
        assert refused.value.code == code


def test_the_board_counts_each_cell_with_the_shortfall_first(cast: make.Cast) -> None:
    staff, other = make.group(cast.study, "Hub staff"), make.site(cast.study, "Southdown")
    make.interview(cast.study, participant=person(cast))
    make.interview(cast.study, participant=person(cast, site=other), status="booked", minutes=None)
    actions.record_step(participant=person(cast), happened=Happened("approached", TODAY), **by(cast))
    actions.set_target(study=cast.study, cell=CellOf(staff, other), minimum=2, reason="Protocol", **by(cast))
    actions.set_target(
        study=cast.study, cell=CellOf(cast.group, cast.site), minimum=1, reason="Protocol", **by(cast)
    )
    found = board(membership(cast))
    assert [row.group for row in found.rows] == [staff, cast.group]
    here = {(cell.group, cell.site): cell.standings for row in found.rows for cell in row.cells}
    assert here[cast.group, cast.site].state == "met"
    assert (here[cast.group, cast.site].invited, here[cast.group, other].booked) == (1, 1)
    assert (found.to_find, found.cells_short, found.total.interviewed) == (2, 1, 1)
    assert [each.standings.interviewed for each in found.totals] == [1, 0]


def test_a_recruiter_sees_the_board_of_their_own_site(cast: make.Cast) -> None:
    make.interview(cast.study, participant=person(cast, site=make.site(cast.study)))
    make.interview(cast.study, participant=person(cast))
    found = board(membership(cast, "recruiter"))
    assert (list(found.sites), found.total.interviewed) == ([cast.site], 1)


def test_who_is_missing(cast: make.Cast, gender: Characteristic) -> None:
    actions.set_target(
        study=cast.study,
        cell=CellOf(cast.group, None, gender, "Man"),
        minimum=2,
        reason="Men are few",
        **by(cast),
    )
    for value in ("Woman", "Woman", "Man"):
        someone = person(cast)
        make.interview(cast.study, participant=someone)
        actions.set_value(participant=someone, characteristic=gender, value=value, **by(cast))
    make.interview(cast.study, participant=person(cast))
    shown = missing(membership(cast), cast.group)
    [variation] = shown.variations
    rows = {row.label: (row.standings.interviewed, row.standings.state, row.note) for row in variation.values}
    assert rows == {"Woman": (2, "none", ""), "Man": (1, "short", ""), "Other": (0, "none", "missing")}
    assert variation.not_said == 1


def test_combinations_with_a_target_and_two_characteristics_against_each_other(
    cast: make.Cast, gender: Characteristic
) -> None:
    job = actions.define_characteristic(
        study=cast.study, name="Job", categories={"Nurse": "Clinical"}, **by(cast)
    )
    someone = person(cast)
    make.interview(cast.study, participant=someone)
    actions.set_value(participant=someone, characteristic=gender, value="Man", **by(cast))
    actions.set_value(participant=someone, characteristic=job, value="Nurse", **by(cast))
    cell = CellOf(cast.group, None, gender, "Man", job, "Clinical")
    actions.set_target(study=cast.study, cell=cell, minimum=2, reason="Why", **by(cast))
    [combination] = missing(membership(cast), cast.group).combinations
    assert (combination.label, combination.standings.interviewed) == ("Man + Clinical", 1)
    table = cross_table(membership(cast), cast.group, gender, job)
    assert (table.columns, table.rows) == (("Clinical",), (("Woman", (0,)), ("Man", (1,)), ("Other", (0,))))


def test_progress_knows_what_was_planned_then(cast: make.Cast) -> None:
    make.interview(cast.study, participant=person(cast), held_on=date(2026, 1, 20))
    make.interview(cast.study, participant=person(cast), held_on=date(2026, 3, 1))
    for day, minimum in ((date(2026, 1, 1), 4), (date(2026, 2, 10), 6)):
        moment = make.NOW.replace(year=day.year, month=day.month, day=day.day)
        actions.set_target(
            study=cast.study,
            cell=CellOf(cast.group),
            minimum=minimum,
            reason="Why",
            by=cast.administrator,
            now=moment,
        )
    months = [(m.first_day.month, m.held, m.planned) for m in progress(membership(cast))]
    assert months == [(1, 1, 4), (2, 1, 6), (3, 2, 6)]


def test_the_funnel_counts_people_and_numbers_by_route(cast: make.Cast) -> None:
    mail = actions.add_route(study=cast.study, name="E-mail", **by(cast))
    poster = actions.add_route(study=cast.study, name="Poster", is_denominator_known=False, **by(cast))
    for route, step in ((mail, "replied"), (poster, "declined"), (mail, "approached")):
        someone = person(cast)
        reason = "No time" if step == "declined" else ""
        actions.record_step(
            participant=someone,
            happened=Happened(step, TODAY, route=route, reason=reason),
            **by(cast),
        )
    actions.record_number(
        study=cast.study,
        group=cast.group,
        site=cast.site,
        people=8,
        happened=Happened("approached", TODAY, route=mail),
        **by(cast),
    )
    found = recruitment(membership(cast))
    assert found.all.reached == [11, 11, 2, 0, 0]
    assert {each.name: each.response_percent for each in found.by_route} == {"E-mail": 10, "Poster": None}
    assert found.all.leaving == [("declined", [("No time", 1)])]
    assert found.response_percent == 10


@pytest.mark.parametrize(
    ("happened", "code"),
    [
        (Happened("approached", TODAY + timedelta(days=1)), "HappensInTheFuture"),
        (Happened("other", TODAY), "StepWithoutName"),
        (Happened("replied", TODAY, reason="No time"), "ReasonWithoutExit"),
        (Happened("replied", TODAY, due_on=TODAY - timedelta(days=1)), "DueBeforeItHappened"),
    ],
)
def test_a_step_that_cannot_be(cast: make.Cast, happened: Happened, code: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.record_step(participant=person(cast), happened=happened, **by(cast))
    assert refused.value.code == code
    assert not RecruitmentEvent.objects.exists()


def test_the_day_list_shows_what_waits(cast: make.Cast) -> None:
    silent, waiting, done = person(cast), person(cast), person(cast)
    old = TODAY - timedelta(days=20)
    actions.record_step(participant=silent, happened=Happened("approached", old), **by(cast))
    actions.record_step(participant=waiting, happened=Happened("replied", old, due_on=TODAY), **by(cast))
    actions.record_step(participant=done, happened=Happened("approached", old), **by(cast))
    make.interview(cast.study, participant=done)
    booked = make.interview(
        cast.study, participant=person(cast), status="booked", minutes=None, held_on=TODAY
    )
    shown = day_list(membership(cast), today=TODAY)
    assert [due.person for due in shown.reminders] == [silent.id]
    assert [(due.person, due.is_overdue) for due in shown.steps] == [(waiting.id, False)]
    assert list(shown.bookings) == [booked]
    actions.record_step(participant=silent, happened=Happened("reminded", TODAY), **by(cast))
    assert day_list(membership(cast), today=TODAY).reminders == ()


def test_who_must_not_be_contacted_is_not_reminded(cast: make.Cast) -> None:
    silent = person(cast)
    step = Happened("approached", TODAY - timedelta(days=20))
    actions.record_step(participant=silent, happened=step, **by(cast))
    actions.permit_contact(participant=silent, answer="no", **by(cast))
    assert day_list(membership(cast), today=TODAY).reminders == ()


def test_a_round_is_traced_to_its_interviews(cast: make.Cast) -> None:
    opened = actions.open_round(
        study=cast.study,
        title="Those who stopped",
        origin="finding",
        rationale="Mostly positive so far",
        finding="9 of 10 codings help",
        query="influence: helps",
        opened_on=date(2026, 2, 1),
        **by(cast),
    )
    someone, other = person(cast), person(cast)
    for each in (someone, other):
        happened = Happened("approached", date(2026, 2, 2), round=opened)
        actions.record_step(participant=each, happened=happened, **by(cast))
    held = make.interview(cast.study, participant=someone, held_on=date(2026, 2, 10))
    make.interview(cast.study, participant=someone, held_on=date(2026, 1, 10))
    result = round_result(membership(cast), opened)
    assert (result.approached, result.people, result.interviews) == (2, (someone, other), (held,))
    closed = actions.close_round(round=opened, outcome="One interview", **by(cast))
    with pytest.raises(Refused):
        actions.close_round(round=closed, outcome="Again", **by(cast))
    with pytest.raises(Refused):
        actions.record_step(participant=other, happened=Happened("replied", TODAY, round=closed), **by(cast))
    assert actions.reopen_round(round=closed, **by(cast)).is_open


def test_a_round_from_a_finding_names_it(cast: make.Cast) -> None:
    with pytest.raises(Refused) as refused:
        actions.open_round(study=cast.study, title="Back", origin="finding", rationale="Why", **by(cast))
    assert refused.value.code == "NoFinding"


def refuses(name: str, make_row: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make_row()


def test_the_constraints_bite(cast: make.Cast) -> None:
    common = {"study": cast.study, "recorded_at": make.NOW, "recorded_by": cast.pi}
    event = {**common, "participant": person(cast), "step": "replied", "happened_on": TODAY}
    target = {
        "study": cast.study, "group": cast.group, "reason": "Why", "set_at": make.NOW, "set_by": cast.pi,
    }  # fmt: skip
    round_ = {
        "study": cast.study, "number": 1, "title": "Back", "origin": "gap", "rationale": "Why",
        "opened_on": TODAY, "opened_by": cast.pi,
    }  # fmt: skip
    events, rounds = RecruitmentEvent.objects, RecruitmentRound.objects
    for name, manager, fields in (
        ("recruitmentevent_is_of_a_person_or_of_a_number", events, {**event, "people": 2}),
        ("recruitmentevent_is_of_a_person_or_of_a_number", events, {**event, "participant": None}),
        ("recruitmentevent_reason_is_of_an_exit", events, {**event, "reason": "No time"}),
        ("recruitmentevent_due_after_it_happened", events, {**event, "due_on": date(2020, 1, 1)}),
        ("recruitmentevent_other_step_is_named", events, {**event, "step": "other"}),
        ("samplingtarget_range_is_not_turned_round", targets(cast), {**target, "minimum": 3, "maximum": 2}),
        ("samplingtarget_says_why", targets(cast), {**target, "reason": ""}),
        ("samplingtarget_values_are_paired", targets(cast), {**target, "value": "Man"}),
        ("recruitmentround_names_its_finding", rounds, {**round_, "origin": "finding"}),
        ("recruitmentround_closed_on_and_by_are_paired", rounds, {**round_, "closed_on": TODAY}),
        (
            "recruitmentround_closes_after_it_opens",
            rounds,
            {**round_, "closed_on": date(2020, 1, 1), "closed_by": cast.pi},
        ),
        ("recruitmentround_values_are_paired", rounds, {**round_, "value": "Man"}),
    ):
        refuses(name, lambda manager=manager, fields=fields: manager.create(**fields))
    actions.add_route(study=cast.study, name="E-mail", **by(cast))
    refuses("contactroute_name_is_unique_in_study", lambda: cast.study.routes.create(name="E-mail"))
    rounds.create(**round_)
    refuses("recruitmentround_number_is_unique_in_study", lambda: rounds.create(**round_))


def test_a_characteristic_changes_without_losing_a_value(cast: make.Cast, gender: Characteristic) -> None:
    someone, other = person(cast), person(cast)
    actions.set_value(participant=someone, characteristic=gender, value="Woman", **by(cast))
    actions.set_value(participant=other, characteristic=gender, value="Man", **by(cast))
    cell = CellOf(cast.group, None, gender, "Man")
    actions.set_target(study=cast.study, cell=cell, minimum=2, reason="Why", **by(cast))
    change: dict[str, Any] = {
        "characteristic": gender,
        "name": "Gender",
        "kind": "choice",
        "choices": ["Man", "Male"],
        "groups": [],
        "privacy_class": "pseudonymous",
        **by(cast),
    }
    with pytest.raises(Refused):
        actions.change_characteristic(**change)
    # "Woman" takes the name that "Man" has now, and is not carried on with it.
    actions.change_characteristic(**change, becoming={"Woman": "Man", "Man": "Male"})
    assert [each.values.get().value for each in (someone, other)] == ["Man", "Male"]
    assert targets(cast).get().value == "Male"
