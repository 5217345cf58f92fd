"""People, what is known of them, and their interviews, as an administrator keeps them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate

from apps.audit.models import AuditEvent
from apps.core.refusal import Refusal, Refused
from apps.participants import actions
from apps.participants.actions import characteristics, interviews, people
from apps.participants.engine.lists import ListedInterview, ListedPerson
from apps.participants.models import Characteristic, CharacteristicValue, Interview, Participant
from apps.studies.permissions import Role
from tests import make

pytestmark = pytest.mark.django_db


def add(cast: make.Cast, now: datetime, **fields: object) -> Participant:
    wanted = {"group": cast.group, "site": cast.site, **fields}
    return actions.add(study=cast.study, **wanted, by=cast.administrator, now=now)  # type: ignore[arg-type]


def test_pseudonyms_are_minted_in_each_group(cast: make.Cast, now: datetime) -> None:
    staff = make.group(cast.study, "Hub staff")
    minted = [add(cast, now).pseudonym, add(cast, now).pseudonym, add(cast, now, group=staff).pseudonym]
    assert minted == ["Hub client 01", "Hub client 02", "Hub staff 01"]


def test_the_hundredth_person_has_three_digits(cast: make.Cast, now: datetime) -> None:
    cast.group.numbers_minted = 98
    cast.group.save()
    assert [add(cast, now).pseudonym for _ in range(2)] == ["Hub client 99", "Hub client 100"]


def test_a_pseudonym_is_never_given_again(cast: make.Cast, now: datetime) -> None:
    first = add(cast, now)
    actions.remove(participant=first, by=cast.administrator, now=now)
    assert add(cast, now).pseudonym == "Hub client 02"
    events = AuditEvent.objects.filter(noun="participant").order_by("created_at")
    assert [(event.verb, event.object_name) for event in events] == [
        ("added", "Hub client 01"),
        ("removed", "Hub client 01"),
        ("added", "Hub client 02"),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_get_two_numbers(cast: make.Cast, now: datetime) -> None:
    start = Barrier(4)

    def add_one() -> None:
        try:
            start.wait(timeout=10)
            add(cast, now)
        finally:
            connection.close()

    threads = [Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(Participant.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_the_same_reference_at_once_goes_to_one_of_two(cast: make.Cast, now: datetime) -> None:
    start, refused = Barrier(2), []

    def add_one(stem: str) -> None:
        try:
            group = make.group(cast.study, stem)
            start.wait(timeout=10)
            add(cast, now, group=group, reference="R-1")
        except people.ReferenceIsTaken as refusal:
            refused.append(refusal.facts["reference"])
        finally:
            connection.close()

    threads = [Thread(target=add_one, args=[stem]) for stem in ("Nurse", "Porter")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert refused == ["R-1"]
    assert Participant.objects.count() == 1


def test_a_reference_names_one_person(cast: make.Cast, now: datetime) -> None:
    add(cast, now, reference="R-1")
    other = add(cast, now, reference="R-2")
    with pytest.raises(people.ReferenceIsTaken) as refused:
        add(cast, now, reference="R-1")
    assert refused.value.sentence == "The study reference “R-1” is that of Hub client 01 already."
    with pytest.raises(people.ReferenceIsTaken):
        actions.change(
            participant=other, site=cast.site, reference="R-1", note="", by=cast.administrator, now=now
        )


def test_group_and_site_must_be_of_the_study(cast: make.Cast, now: datetime) -> None:
    elsewhere = make.study()
    for fields in ({"group": make.group(elsewhere)}, {"site": make.site(elsewhere)}):
        with pytest.raises(people.OfAnotherStudy):
            add(cast, now, **fields)


def test_a_change_records_which_fields_but_not_what_was_in_them(cast: make.Cast, now: datetime) -> None:
    person = add(cast, now, reference="R-1", note="Met on ward 7.")
    other_site = make.site(cast.study)
    for _ in range(2):
        person = actions.change(
            participant=person, site=other_site, reference="R-1", note="", by=cast.administrator, now=now
        )
    assert (person.site, person.note, person.pseudonym) == (other_site, "", "Hub client 01")
    event = AuditEvent.objects.get(noun="participant", verb="changed")
    assert event.detail == {"changed": ["site", "note"]}


def test_a_person_with_a_transcript_stays(cast: make.Cast, now: datetime) -> None:
    version = make.transcript(cast.study)
    interview = version.transcript.interview
    with pytest.raises(people.HasATranscript):
        actions.remove(participant=interview.participant, by=cast.administrator, now=now)
    with pytest.raises(interviews.InterviewHasATranscript):
        actions.remove_interview(interview=interview, by=cast.administrator, now=now)
    assert AuditEvent.objects.filter(verb="removed").count() == 0


@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        ([Role.RECRUITER], ["Hub client 01"]),
        ([Role.RECRUITER, Role.OBSERVER], ["Hub client 01"]),
        ([Role.RECRUITER, Role.CODER], ["Hub client 01"]),
        ([Role.RECRUITER, Role.ADMINISTRATOR], ["Hub client 01", "Hub client 02"]),
    ],
)
def test_a_recruiter_sees_their_own_site(
    cast: make.Cast, now: datetime, roles: list[Role], seen: list[str]
) -> None:
    add(cast, now)
    add(cast, now, site=make.site(cast.study))
    user = make.member(cast.study, *roles, site=cast.site)
    membership = cast.study.memberships.get(user=user)
    visible = Participant.objects.visible_to(membership)
    assert list(visible.values_list("pseudonym", flat=True)) == seen


def test_a_recruiter_without_a_site_sees_nobody(cast: make.Cast, now: datetime) -> None:
    add(cast, now)
    membership = cast.study.memberships.get(user=make.member(cast.study, Role.RECRUITER))
    assert Participant.objects.visible_to(membership).count() == 0


def define(cast: make.Cast, now: datetime, name: str = "Gender", **fields: object) -> Characteristic:
    return actions.define_characteristic(
        study=cast.study,
        name=name,
        **fields,
        by=cast.administrator,
        now=now,  # type: ignore[arg-type]
    )


def test_a_characteristic_s_values_fit_its_kind(cast: make.Cast, now: datetime) -> None:
    person = add(cast, now)
    gender = define(cast, now, kind="choice", choices=["Woman", "Man"])
    age = define(cast, now, "Age", kind="number")
    given = actions.set_value(
        participant=person, characteristic=gender, value="woman", by=cast.administrator, now=now
    )
    assert (given.state, given.value) == ("given", "Woman")
    for characteristic, value in ((gender, "Martian"), (age, "old"), (age, " ")):
        with pytest.raises(Refused):
            actions.set_value(
                participant=person, characteristic=characteristic, value=value, by=cast.pi, now=now
            )


def test_a_value_is_replaced_by_a_reason_for_having_none(cast: make.Cast, now: datetime) -> None:
    person, gender = add(cast, now), define(cast, now)
    steps = [("given", "Woman"), ("given", "Woman"), ("prefer_not", "ignored")]
    for state, value in steps:
        actions.set_value(
            participant=person, characteristic=gender, state=state, value=value, by=cast.pi, now=now
        )
    row = CharacteristicValue.objects.get()
    assert (row.state, row.value, str(row)) == ("prefer_not", "", "Prefer not to say")
    events = AuditEvent.objects.filter(noun="characteristic value")
    assert [event.detail for event in events] == [{"characteristic": "Gender"}] * 2
    actions.clear_value(participant=person, characteristic=gender, by=cast.pi, now=now)
    assert CharacteristicValue.objects.count() == 0


def test_a_characteristic_of_some_groups_is_not_set_in_others(cast: make.Cast, now: datetime) -> None:
    person = add(cast, now)
    role = define(cast, now, "Role", groups=[make.group(cast.study, "Hub staff")])
    with pytest.raises(characteristics.NotOfTheGroup):
        actions.set_value(participant=person, characteristic=role, value="Lead", by=cast.pi, now=now)


def test_a_characteristic_changes_only_as_its_values_allow(cast: make.Cast, now: datetime) -> None:
    person, gender = add(cast, now), define(cast, now)
    actions.set_value(participant=person, characteristic=gender, value="Woman", by=cast.pi, now=now)

    def change(kind: str, choices: list[str]) -> Characteristic:
        return actions.change_characteristic(
            characteristic=gender,
            name="Gender",
            kind=kind,
            choices=choices,
            groups=[],
            privacy_class="pseudonymous",
            by=cast.pi,
            now=now,
        )

    with pytest.raises(characteristics.ValuesDoNotFit):
        change("number", [])
    with pytest.raises(characteristics.ValuesDoNotFit):
        change("choice", ["Man", "Other"])
    with pytest.raises(characteristics.NoChoices):
        change("choice", ["Woman"])
    assert change("choice", ["Woman", "Man"]).choices == ["Woman", "Man"]


def test_a_characteristic_with_values_goes_only_with_them(cast: make.Cast, now: datetime) -> None:
    person, gender = add(cast, now), define(cast, now)
    with pytest.raises(characteristics.CharacteristicExists):
        define(cast, now, "gender")
    actions.set_value(participant=person, characteristic=gender, value="Woman", by=cast.pi, now=now)
    with pytest.raises(characteristics.HasValues):
        actions.remove_characteristic(characteristic=gender, by=cast.pi, now=now)
    actions.remove_characteristic(characteristic=gender, with_values=True, by=cast.pi, now=now)
    assert (Characteristic.objects.count(), CharacteristicValue.objects.count()) == (0, 0)


def test_an_interview_is_booked_and_then_recorded(cast: make.Cast, now: datetime) -> None:
    person, today = add(cast, now), localdate(now)
    interview = actions.book_interview(
        participant=person, on=today + timedelta(days=3), interviewer=cast.ruth, by=cast.pi, now=now
    )
    assert (interview.status, interview.mode) == ("booked", "video")
    actions.change_interview(
        interview=interview,
        status="held",
        held_on=today,
        mode="telephone",
        minutes=62,
        interviewer=None,
        interviewer_name="A colleague 🙂",
        by=cast.pi,
        now=now,
    )
    stored = Interview.objects.get()
    assert (stored.status, stored.held_on, stored.minutes) == ("held", today, 62)
    assert (stored.interviewer, stored.interviewer_name) == (None, "A colleague 🙂")
    events = AuditEvent.objects.filter(noun="interview").order_by("created_at")
    assert [(event.verb, event.detail) for event in events] == [
        ("booked", {"status": "booked"}),
        ("changed", {"status": "held"}),
    ]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        (lambda cast, day: {"held_on": day + timedelta(days=1)}, interviews.HeldInTheFuture),
        (lambda cast, day: {"held_on": None}, interviews.NoDate),
        (lambda cast, day: {"held_on": day, "interviewer": cast.outsider}, interviews.NotOfTheTeam),
        (
            lambda cast, day: {"held_on": day, "interviewer": cast.ruth, "interviewer_name": "Ruth"},
            interviews.TwoInterviewers,
        ),
    ],
)
def test_an_interview_that_cannot_be_is_refused(
    cast: make.Cast,
    now: datetime,
    fields: Callable[[make.Cast, date], dict[str, object]],
    refusal: type[Refusal],
) -> None:
    with pytest.raises(refusal):
        actions.record_interview(
            participant=add(cast, now),
            **fields(cast, localdate(now)),  # type: ignore[arg-type]
            by=cast.pi,
            now=now,
        )
    assert Interview.objects.count() == 0


def test_only_an_interview_that_was_held_has_a_duration(cast: make.Cast, now: datetime) -> None:
    interview = actions.book_interview(participant=add(cast, now), by=cast.pi, now=now)
    with pytest.raises(interviews.MinutesNotHeld):
        actions.change_interview(
            interview=interview,
            status="cancelled",
            held_on=None,
            mode="video",
            minutes=10,
            interviewer=None,
            interviewer_name="",
            by=cast.pi,
            now=now,
        )


def test_the_database_refuses_what_no_person_can_be(cast: make.Cast, now: datetime) -> None:
    person, gender = add(cast, now, reference="R-1"), define(cast, now)
    attempts = (
        lambda: Participant.objects.create(
            study=cast.study, group=cast.group, site=cast.site, number=1, pseudonym="Other"
        ),
        lambda: Participant.objects.create(
            study=cast.study, group=cast.group, site=cast.site, number=2, pseudonym=person.pseudonym
        ),
        lambda: Participant.objects.create(
            study=cast.study, group=cast.group, site=cast.site, number=2, pseudonym="B", reference="R-1"
        ),
        lambda: CharacteristicValue.objects.create(participant=person, characteristic=gender, value=""),
        lambda: CharacteristicValue.objects.create(
            participant=person, characteristic=gender, state="unknown", value="Woman"
        ),
        lambda: Interview.objects.create(study=cast.study, participant=person, status="held"),
        lambda: Interview.objects.create(study=cast.study, participant=person, status="booked", minutes=601),
    )
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_a_list_is_written_in_a_few_statements(
    cast: make.Cast, now: datetime, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    gender = define(cast, now)
    known = add(cast, now, reference="R-0")
    held = ListedInterview("held", date(2026, 2, 1), "video", 60, cast.ruth.id, "")
    listed = [
        ListedPerson(
            group_id=cast.group.id,
            site_id=cast.site.id,
            reference=f"R-{number}",
            note="",
            values=((gender.id, "given", "Woman"),),
            interview=held,
            participant_id=known.id if number == 0 else None,
        )
        for number in range(300)
    ]
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        rows = actions.bring_in(study=cast.study, people=listed, by=cast.administrator, now=now)
    assert [row.pseudonym for row in rows[:2]] == ["Hub client 01", "Hub client 02"]
    assert rows[-1].pseudonym == "Hub client 300"
    assert (CharacteristicValue.objects.count(), Interview.objects.count()) == (300, 300)
    event = AuditEvent.objects.get(verb="imported")
    assert event.detail == {
        "created": 299,
        "changed": 1,
        "pseudonyms": ["Hub client 02 to Hub client 300"],
    }
    assert add(cast, now).pseudonym == "Hub client 301"
