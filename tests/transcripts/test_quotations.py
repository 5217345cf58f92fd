"""Words that somebody wished to see first: shown, answered, undone, and carried on with the text."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.agreement import actions as agreement
from apps.audit.models import AuditEvent
from apps.core.identity import acting_as
from apps.participants import actions as people
from apps.participants.actions import Answers, Clause
from apps.participants.models import Withdrawal
from apps.transcripts import actions
from apps.transcripts.engine.quotations import Standing
from apps.transcripts.models import QuotationCheck, TranscriptVersion
from apps.transcripts.queries import quotations, quoting
from tests import make
from tests.conftest import as_worker

pytestmark = pytest.mark.django_db

CRIED = "I cried, which I had not expected 🙂."
DAY = make.NOW.date()


@pytest.fixture
def version(cast: make.Cast) -> TranscriptVersion:
    """Of somebody who wishes to see quotations."""
    version = make.transcript(cast.study)
    by = {"by": cast.administrator, "now": make.NOW}
    form = people.add_consent_version(
        study=cast.study, label="v1", clauses=[Clause("quotation_after_check")], **by
    )
    person = version.transcript.interview.participant
    answers = Answers(answers=dict.fromkeys(form.clauses.all(), "yes"))
    people.record_consent(participant=person, version=form, answers=answers, **by)
    return version


def say(cast: make.Cast, version: TranscriptVersion, outcome: str, **given: Any) -> QuotationCheck:
    words = given.pop("words", CRIED)
    start = version.text.index(words)
    place = {"start": start, "end": start + len(words), "happened_on": DAY}
    return actions.record_check(
        version=version, outcome=outcome, by=cast.administrator, now=make.NOW, **place | given
    )


def stands(cast: make.Cast, version: TranscriptVersion, words: str = CRIED) -> Standing | None:
    person = version.transcript.interview.participant
    found = quoting(cast.study, [person]).of(person.id, version.id, version.text.index(words), words)
    return found and found.standing


def test_the_last_answer_counts_and_undoing_brings_back_the_one_before(
    cast: make.Cast, version: TranscriptVersion
) -> None:
    assert stands(cast, version) is Standing.TO_CHECK
    shown = say(cast, version, "shown", note="by e-mail")
    agreed = say(cast, version, "agreed")
    assert stands(cast, version) is Standing.AGREED
    assert say(cast, version, "agreed").id == agreed.id
    with pytest.raises(actions.SaidSince):
        actions.undo_check(check=shown, by=cast.pi, now=make.NOW)
    actions.undo_check(check=agreed, by=cast.pi, now=make.NOW)
    assert stands(cast, version) is Standing.SHOWN
    [quotation] = quotations(version)
    assert (quotation.words, quotation.turn_number, quotation.last) == (CRIED, 6, shown)
    events = AuditEvent.objects.filter(noun="quotation check")
    assert sorted((each.verb, each.detail["outcome"]) for each in events) == [
        ("recorded", "agreed"),
        ("recorded", "shown"),
        ("undone", "agreed"),
    ]
    assert "cried" not in str([each.detail for each in events])


def test_what_cannot_be_is_refused(cast: make.Cast, version: TranscriptVersion) -> None:
    for refusal, given in (
        (actions.CheckedInTheFuture, {"happened_on": DAY + timedelta(days=1)}),
        (actions.BeyondTheText, {"end": version.length + 1}),
        (actions.OtherWordsMissing, {"outcome": "reworded", "wording": "  "}),
    ):
        with pytest.raises(refusal):
            say(cast, version, **{"outcome": "agreed", **given})
    assert QuotationCheck.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ({"start": 5, "end": 5}, "quotationcheck_start_before_end"),
        ({"outcome": "reworded"}, "quotationcheck_other_words_are_given"),
        ({"wording": "I wept."}, "quotationcheck_other_words_are_given"),
    ],
)
def test_the_database_refuses_it_too(
    cast: make.Cast, version: TranscriptVersion, given: dict[str, Any], constraint: str
) -> None:
    row = {"start": 0, "end": 5, "outcome": "agreed", "happened_on": DAY, **given}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        QuotationCheck.objects.create(version=version, recorded_by=cast.pi, **row)


def test_a_newer_answer_of_an_earlier_day_is_history(cast: make.Cast, version: TranscriptVersion) -> None:
    say(cast, version, "declined")
    say(cast, version, "shown", happened_on=date(2026, 1, 5))
    assert stands(cast, version) is Standing.DECLINED


@pytest.mark.django_db(transaction=True)
def test_an_answer_goes_on_with_a_corrected_text_if_its_words_are_the_same(
    cast: make.Cast, version: TranscriptVersion
) -> None:
    say(cast, version, "agreed")
    say(cast, version, "agreed", words="It looked like all the others.")
    told = "My boss sent an e-mail. I nearly deleted it. It looked like the others."
    run = agreement.correct_text(version=version, words={1: told}, by=cast.pi, now=make.NOW)
    with as_worker():
        agreement.carry_correction(run_id=run.id, now=make.NOW)
    newer = TranscriptVersion.objects.newest().get(transcript=version.transcript)
    assert stands(cast, newer) is Standing.AGREED
    assert stands(cast, newer, "It looked like the others.") is Standing.TO_CHECK
    found = quotations(newer)
    assert [(each.words, each.turn_number) for each in found] == [
        (CRIED, 6),
        ("It looked like all the others.", 0),
    ]
    with pytest.raises(actions.NotPresent):
        say(cast, version, "declined")


def test_erased_words_leave_no_other_words_behind(cast: make.Cast, version: TranscriptVersion) -> None:
    say(cast, version, "reworded", wording="I wept.")
    with acting_as(cast.administrator.id):
        agreement.carry_out_withdrawal(
            participant=version.transcript.interview.participant,
            asked_on=DAY,
            wishes=people.Wishes(
                transcript=Withdrawal.Transcript.ERASE, codings=Withdrawal.Codings.LEAVE_OUT
            ),
            destroy=lambda **_: None,
            by=cast.administrator,
            now=make.NOW,
        )
    assert QuotationCheck.objects.count() == 0
