"""Leaving the study: one guided act, whole or not at all, and what it leaves of each class of data."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.agreement.queries import since_withdrawn
from apps.audit.models import AuditEvent
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment, Memo
from apps.contacts import actions as contacts
from apps.contacts.engine.details import Details
from apps.core import keys
from apps.core.identity import acting_as
from apps.participants import actions as participants
from apps.participants.models import Participant, Withdrawal
from apps.participants.queries.consent import consent_of
from apps.studies.models import Membership
from apps.transcripts import actions as transcripts
from apps.transcripts.actions.transcripts import PersonHasWithdrawn
from apps.transcripts.models import SearchedTurn, TranscriptVersion
from tests import make
from tests.agreement.stage import conferring, open_round
from tests.web.asking import at, is_clean

WISHES = {
    "asked_on": "2026-03-01",
    "contact": "destroy",
    "characteristics": "keep",
    "transcript": "stop",
    "codings": "keep",
    "quotes": "stop",
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> None:
    settings.KEYS_DIRECTORY = str(tmp_path)


@pytest.fixture
def version(cast: make.Cast) -> TranscriptVersion:
    """A transcript of somebody whose contact details, consent and one characteristic are known."""
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    by = cast.administrator
    membership = Membership.objects.get(study=cast.study, user=by)
    with acting_as(by.id):
        contacts.write(
            participant=person, details=Details(name="Ada"), membership=membership, by=by, now=make.NOW
        )
    form = participants.add_consent_version(study=cast.study, label="v1", by=by, now=make.NOW)
    answers = participants.Answers(answers=dict.fromkeys(form.clauses.all(), "yes"))
    participants.record_consent(participant=person, version=form, answers=answers, by=by, now=make.NOW)
    return make.transcript(cast.study, interview=make.interview(cast.study, participant=person))


def person_of(version: TranscriptVersion) -> Participant:
    return version.transcript.interview.participant


def leave(client: Client, cast: make.Cast, version: TranscriptVersion, **wishes: str) -> Any:
    client.force_login(cast.administrator)
    return client.post(at("withdrawal", cast, person_of(version).id), WISHES | wishes)


def test_the_default_stops_new_use_keeps_what_is_done_and_destroys_contact(
    client: Client, cast: make.Cast, version: TranscriptVersion, django_capture_on_commit_callbacks: Any
) -> None:
    done = make.assignment(cast.study, cast.ruth, version=version, kind=CodingAssignment.Kind.PRIMARY)
    coded = make.coding(done, "a1", 45, 70)
    with acting_as(cast.ruth.id):
        coding.submit(assignment=done, by=cast.ruth, now=make.NOW)
    begun = make.assignment(cast.study, cast.jin, version=version, kind=CodingAssignment.Kind.PRIMARY)
    with django_capture_on_commit_callbacks(execute=True):
        assert leave(client, cast, version).status_code == 302
    person = person_of(version)
    assert keys.find(person.id) is None
    quoting = consent_of([person], "quotation")[person.id]
    assert (quoting.answer, quoting.is_blocked) == ("withdrawn", True)
    version.transcript.refresh_from_db()
    assert version.transcript.ready_at is None
    begun.refresh_from_db()
    done.refresh_from_db()
    assert (begun.voided_at is not None, done.voided_at) == (True, None)
    with acting_as(cast.ruth.id):
        coded.refresh_from_db()
    version.refresh_from_db()
    assert "car park" in version.text


def test_whoever_has_withdrawn_is_coded_by_nobody_any_more(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    leave(client, cast, version)
    with pytest.raises(PersonHasWithdrawn, match="has withdrawn, so the transcript"):
        transcripts.mark_ready(
            transcript=version.transcript,
            is_checked=True,
            is_deidentified=True,
            by=cast.administrator,
            now=make.NOW,
        )


def test_it_is_done_once_and_says_what_was_done(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    page = at("withdrawal", cast, person_of(version).id)
    client.force_login(cast.administrator)
    assert is_clean(client.get(page))
    leave(client, cast, version, reason="Moved away <b>")
    shown = client.get(page).content.decode()
    assert "Moved away &lt;b&gt;" in shown
    assert "Record the withdrawal" not in shown
    again = leave(client, cast, version)
    assert again.status_code == 422
    assert Withdrawal.objects.count() == 1
    event = AuditEvent.objects.get(verb="withdrew")
    assert event.detail["contact"] == "destroy"


def test_a_wish_that_cannot_be_changes_nothing(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    late = leave(client, cast, version, asked_on="2999-01-01")
    odd = leave(client, cast, version, transcript="erase", codings="keep")
    assert [(each.status_code, list(each.context["form"].errors)) for each in (late, odd)] == [
        (422, ["asked_on"]),
        (422, ["codings"]),
    ]
    assert Withdrawal.objects.count() == 0
    assert keys.find(person_of(version).id) is not None


def test_erased_words_are_gone_with_file_and_memos_and_offsets_stay(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    begun = make.assignment(cast.study, cast.ruth, version=version, kind=CodingAssignment.Kind.PRIMARY)
    coded = make.coding(begun, "a1", 45, 70)
    with acting_as(cast.ruth.id):
        coding.write_memo(assignment=begun, coding=coded, text="She nearly deleted it.", by=cast.ruth)
    before = version.text
    leave(client, cast, version, transcript="erase", codings="leave_out", characteristics="erase")
    version.refresh_from_db()
    assert len(version.text) == len(before)
    assert set(SearchedTurn.objects.values_list("words", flat=True)) == {""}
    kept = SearchedTurn.objects.order_by("position").values_list("text", flat=True)
    assert list(kept) == [version.text[turn.start : turn.end] for turn in version.turns.order_by("position")]
    assert set(version.text) == {"█", " ", "\n"}
    assert [at for at, letter in enumerate(version.text) if letter == "\n"] == [
        at for at, letter in enumerate(before) if letter == "\n"
    ]
    with acting_as(cast.ruth.id):
        assert Memo.objects.get().text == ""
        events = Memo.pgh_event_model.objects.values_list("text", flat=True)  # type: ignore[attr-defined]
        assert set(events) == {""}


def test_nobody_blacks_out_what_was_not_to_be_erased(cast: make.Cast, version: TranscriptVersion) -> None:
    with pytest.raises(coding.NotWished), acting_as(cast.administrator.id):
        coding.erase_words(transcript=version.transcript, by=cast.administrator, now=make.NOW)
    version.refresh_from_db()
    assert "car park" in version.text


def test_only_those_who_keep_people_record_a_withdrawal(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    answers = {}
    for name in ("pi", "recruiter", "ruth", "outsider"):
        client.force_login(getattr(cast, name))
        answers[name] = client.get(at("withdrawal", cast, person_of(version).id)).status_code
    assert answers == {"pi": 200, "recruiter": 403, "ruth": 403, "outsider": 404}


def test_the_rule_of_the_information_sheet_is_shown(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    client.force_login(cast.pi)
    rule = {"days_after_interview": "30", "wording": "You may withdraw within 30 days."}
    assert client.post(at("withdrawal_rule", cast), rule).status_code == 302
    page = client.get(at("withdrawal", cast, person_of(version).id)).content.decode()
    assert "You may withdraw within 30 days." in page
    assert "12 March 2026" in page


def test_a_text_that_is_coded_blind_leaves_its_round_and_the_figures_of_others_stay(
    client: Client, cast: make.Cast
) -> None:
    round = open_round(cast)
    member = round.transcripts.get()
    version = member.transcript_version
    assert leave(client, cast, version).status_code == 302
    member.refresh_from_db()
    assert (member.withdrawn_by, member.withdrawn_reason) == (cast.administrator, "The person has withdrawn.")
    work = CodingAssignment.objects.filter(transcript_version=version)
    assert [each.voided_at is not None for each in work] == [True, True]
    assert since_withdrawn(round=round) == []


@pytest.mark.django_db(transaction=True)
def test_a_round_says_who_has_withdrawn_since_it_was_computed(client: Client, cast: make.Cast) -> None:
    round = open_round(cast)
    conferring(cast, round)
    leave(client, cast, round.transcripts.get().transcript_version)
    pseudonym = person_of(round.transcripts.get().transcript_version).pseudonym
    assert since_withdrawn(round=round) == [pseudonym]
    client.force_login(cast.pi)
    assert f"{pseudonym} has withdrawn since." in client.get(at("round", cast, round.id)).content.decode()


def test_a_step_says_it_and_leads_into_the_act_that_carries_it_out(
    client: Client, cast: make.Cast, version: TranscriptVersion
) -> None:
    person = person_of(version)
    step = {"step": "withdrew", "happened_on": "2026-03-01", "reason": "No time & <b>", "person": person.id}
    client.force_login(cast.recruiter)
    assert client.post(at("steps_record", cast), step).url == at("sampling", cast)
    [waiting] = client.get(at("recruitment_day", cast)).context["list"].withdrawals
    assert waiting.person == person.id
    client.force_login(cast.administrator)
    listed = client.get(at("recruitment_day", cast))
    assert is_clean(listed)
    assert "Carry out" in listed.content.decode()
    onward = client.post(at("steps_record", cast), step).url
    assert onward.startswith(at("withdrawal", cast, person.id))
    form = client.get(onward).context["form"]
    assert (form["asked_on"].value(), form["reason"].value()) == ("2026-03-01", "No time & <b>")
    leave(client, cast, version)
    assert client.get(at("recruitment_day", cast)).context["list"].withdrawals == ()
    board = client.get(at("sampling", cast)).context["board"].total
    assert (board.interviewed, board.gone) == (1, 0)
    reasons = client.get(at("recruitment_funnel", cast)).context["recruitment"].all.leaving
    assert reasons == [("withdrew", [("No time & <b>", 1)])]
