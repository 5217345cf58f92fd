from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.audit.models import AuditEvent
from apps.contacts import actions as contacts
from apps.core.identity import acting_as
from apps.participants import actions
from apps.participants.actions import Answers, Clause
from apps.participants.actions import consent as rules
from apps.participants.actions.interviews import Noted
from apps.participants.models import (
    Consent,
    ConsentAnswer,
    ConsentScope,
    ConsentVersion,
    ContactPermission,
    Participant,
)
from apps.participants.queries.consent import consent_of, rows, standings, versions, without_consent
from apps.studies.models import Membership
from tests import make

pytestmark = pytest.mark.django_db
EARLIER, DAY = date(2026, 1, 5), date(2026, 2, 1)


@pytest.fixture
def person(cast: make.Cast) -> Participant:
    return make.participant(cast.study, group=cast.group, site=cast.site)


@pytest.fixture
def form(cast: make.Cast) -> ConsentVersion:
    return version(cast, "v1", EARLIER)


def version(cast: make.Cast, label: str, used_from: date | None = None, **asked: Any) -> ConsentVersion:
    return actions.add_consent_version(
        study=cast.study, label=label, used_from=used_from, by=cast.pi, now=make.NOW, **asked
    )


def answer(
    cast: make.Cast, person: Participant, form: ConsentVersion, on: date = DAY, **given: str
) -> Consent | None:
    clauses = {clause.scope: clause for clause in form.clauses.all()}
    return actions.record_consent(
        participant=person,
        version=form,
        answers=Answers(given_on=on, answers={clauses[scope]: said for scope, said in given.items()}),
        by=cast.administrator,
        now=make.NOW,
    )


def stands(person: Participant, scope: str) -> tuple[str, bool]:
    found = consent_of([person], scope)[person.id]
    return found.answer, found.is_blocked


def test_a_form_begins_with_what_most_forms_ask(form: ConsentVersion) -> None:
    assert [clause.scope for clause in form.clauses.all()] == [
        "interview",
        "recording",
        "quotation",
        "quotation_after_check",
        "archive",
        "sharing",
        "monitoring",
        "re_contact",
    ]


def test_what_was_answered_is_recorded_and_obeyed(
    cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    answer(cast, person, form, interview="yes", archive="no")
    assert stands(person, "interview") == ("yes", False)
    assert stands(person, "archive") == ("no", True)
    assert stands(person, "monitoring") == ("not_recorded", False)
    assert stands(person, "quotation") == ("not_recorded", True)
    [event] = AuditEvent.objects.filter(noun="consent")
    assert event.detail == {"version": "v1", "answers": {"interview": "yes", "archive": "no"}}


def test_recording_twice_changes_nothing_and_leaving_out_clears(
    cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    answer(cast, person, form, interview="yes", archive="no")
    answer(cast, person, form, interview="yes", archive="no")
    assert AuditEvent.objects.filter(noun="consent").count() == 1
    answer(cast, person, form, interview="yes")
    assert stands(person, "archive") == ("not_recorded", False)
    assert AuditEvent.objects.filter(noun="consent").first().detail["answers"] == {"archive": "not_recorded"}


def test_nothing_answered_is_nothing_stored(
    cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    assert answer(cast, person, form, interview="") is None
    assert Consent.objects.count() == 0


def test_a_newer_form_counts_only_for_what_it_asked(
    cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    answer(cast, person, form, quotation="no", archive="no")
    newer = version(cast, "v2", DAY, clauses=[Clause("quotation", "May we quote you?")])
    answer(cast, person, newer, quotation="yes")
    assert (stands(person, "quotation"), stands(person, "archive")) == (("yes", False), ("no", True))
    assert [(each.scope, each.answer) for each in standings(person)][:3] == [
        ("interview", "not_recorded"),
        ("recording", "not_recorded"),
        ("quotation", "yes"),
    ]


def test_an_answered_form_keeps_its_clauses(
    cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    def change(label: str, clauses: list[Clause]) -> ConsentVersion:
        return actions.change_consent_version(
            version=form, label=label, used_from=EARLIER, clauses=clauses, by=cast.pi, now=make.NOW
        )

    change("v1", [Clause("interview"), Clause("sharing")])
    answer(cast, person, form, interview="yes")
    with pytest.raises(rules.VersionIsAnswered, match="answered by 1 people"):
        change("v1", [Clause("interview")])
    assert change("v1 of May", [Clause("interview"), Clause("sharing")]).label == "v1 of May"


def test_a_form_that_cannot_be(cast: make.Cast, form: ConsentVersion) -> None:
    with pytest.raises(rules.VersionExists):
        version(cast, "v1")
    with pytest.raises(rules.AskedTwice, match="Interview"):
        version(cast, "v3", clauses=[Clause("interview"), Clause("interview")])
    with pytest.raises(rules.NoClause):
        actions.change_consent_version(
            version=form, label="v1", used_from=None, clauses=[], by=cast.pi, now=make.NOW
        )


def test_an_answer_that_cannot_be(cast: make.Cast, person: Participant, form: ConsentVersion) -> None:
    with pytest.raises(rules.GivenInTheFuture, match="2027-01-01"):
        answer(cast, person, form, on=date(2027, 1, 1), interview="yes")
    other = version(cast, "v2")
    with pytest.raises(rules.NotOfThisForm):
        actions.record_consent(
            participant=person,
            version=form,
            answers=Answers(answers={other.clauses.first(): "yes"}),
            by=cast.pi,
            now=make.NOW,
        )


def test_consent_is_withdrawn_for_all_or_for_some(
    cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    answer(cast, person, form, interview="yes", quotation="yes", archive="no")
    taken = actions.withdraw_consent(
        participant=person, on=DAY, scopes=["quotation"], by=cast.administrator, now=make.NOW
    )
    assert taken == ["quotation"]
    assert stands(person, "quotation") == ("withdrawn", True)
    assert actions.withdraw_consent(participant=person, on=DAY, by=cast.pi, now=make.NOW) == ["interview"]
    assert actions.withdraw_consent(participant=person, on=DAY, by=cast.pi, now=make.NOW) == []
    assert stands(person, "archive") == ("no", True)


def test_nobody_is_booked_who_said_no_and_what_was_held_can_still_be_put_right(
    cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    held = make.interview(cast.study, participant=person)
    answer(cast, person, form, interview="no")
    with pytest.raises(rules.ConsentForbids, match="Hub client 01 has said no to: interview"):
        actions.book_interview(participant=person, by=cast.administrator, now=make.NOW)
    changed = actions.change_interview(
        interview=held,
        status="held",
        held_on=held.held_on,
        mode="video",
        minutes=62,
        interviewer=None,
        interviewer_name="",
        by=cast.administrator,
        now=make.NOW,
    )
    assert changed.minutes == 62


def test_permission_to_be_contacted_is_another_matter(
    cast: make.Cast, person: Participant, tmp_path: Any, settings: Any
) -> None:
    settings.KEYS_DIRECTORY = str(tmp_path)
    by = cast.administrator

    def permit(answer: str) -> ContactPermission | None:
        return actions.permit_contact(participant=person, answer=answer, given_on=DAY, by=by, now=make.NOW)

    def take_out() -> list[Any]:
        membership = Membership.objects.get(study=cast.study, user=by)
        with acting_as(by.id):
            return contacts.take_out(
                people=[person], membership=membership, reason="letters", by=by, now=make.NOW
            )

    permit("no")
    with pytest.raises(contacts.MustNotBeContacted, match="Hub client 01 must not be contacted"):
        take_out()
    permit("yes")
    assert take_out() == []
    assert permit("") is None
    assert ContactPermission.objects.count() == 0


def test_the_grid_and_the_next_person(cast: make.Cast, person: Participant, form: ConsentVersion) -> None:
    second = make.participant(cast.study, group=cast.group, site=cast.site)
    far = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    answer(cast, second, form, interview="yes")
    found = rows(form, [person, second])
    assert [row.participant for row in found] == [person, second]
    assert [said.answer for _, said in found[1].answers if said] == ["yes"]
    seen = {
        user.name: (
            versions(place).get().answered,
            without_consent(place, form, after=person),
        )
        for user in (cast.administrator, cast.recruiter)
        for place in [Membership.objects.get(study=cast.study, user=user)]
    }
    assert seen == {"Leila Haddad": (1, far), "Sam Adeyemi": (1, None)}


def test_the_database_holds_one_answer_for_each_clause_and_dates_a_withdrawal(
    cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    consent = answer(cast, person, form, interview="yes")
    assert consent
    clause = form.clauses.get(scope=ConsentScope.SHARING)
    wrong = [
        {"clause": form.clauses.get(scope="interview"), "answer": "no"},
        {"clause": clause, "answer": "withdrawn"},
    ]
    broken = []
    for fields in wrong:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            ConsentAnswer.objects.create(consent=consent, **fields)
        broken.append(refused.value.__cause__.diag.constraint_name)
    assert broken == ["consentanswer_is_one_per_clause", "consentanswer_withdrawn_has_a_date"]


@pytest.mark.parametrize(("said", "is_refused"), [("yes", False), ("no", True), ("withdrawn", True)])
def test_who_may_not_be_contacted_again_gets_no_letter(
    cast: make.Cast, person: Participant, form: ConsentVersion, said: str, is_refused: bool
) -> None:
    answer(cast, person, form, re_contact=said)
    membership = Membership.objects.get(study=cast.study, user=cast.administrator)
    asked: Any = {"people": [person], "membership": membership, "reason": "a call", "now": make.NOW}
    with acting_as(cast.administrator.id):
        if is_refused:
            with pytest.raises(contacts.MustNotBeContacted, match=person.pseudonym):
                contacts.take_out(**asked, by=cast.administrator)
        else:
            assert contacts.take_out(**asked, by=cast.administrator) == []


def test_nothing_is_recorded_of_whoever_said_no_to_that(
    cast: make.Cast, person: Participant, form: ConsentVersion
) -> None:
    held = make.interview(cast.study, participant=person)
    answer(cast, person, form, recording="no")
    noted: Any = {"interview": held, "by": cast.administrator, "now": make.NOW}
    with pytest.raises(rules.ConsentForbids, match="Hub client 01 has said no to: recording"):
        actions.note_interview(noted=Noted(recording_device="Olympus"), **noted)
    assert actions.note_interview(noted=Noted(notes="Written by hand"), **noted).notes == "Written by hand"
