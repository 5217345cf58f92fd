"""The pages of conferring and adjudicating."""

import re
from html import unescape

import pytest

from apps.agreement.models import Comment, Discrepancy, Escalation, Proposal, Resolution, Round
from apps.audit.models import AuditEvent
from apps.core.identity import acting_as
from apps.participants import actions as participants
from apps.studies.models import Membership, Study
from apps.studies.permissions import Role
from tests import make
from tests.agreement import stage
from tests.web.asking import at, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def options() -> dict[str, bool]:
    """Those of the round's plan; a test that needs others names them."""
    return {}


@pytest.fixture
def round(cast: make.Cast, options: dict[str, bool]) -> Round:
    return stage.open_round(cast, **options)


@pytest.fixture
def found(cast: make.Cast, round: Round) -> dict[str, Discrepancy]:
    return stage.conferring(cast, round)


def side(discrepancy: Discrepancy, coder: object) -> str:
    return stage.side_of(discrepancy, coder).value


def test_equal_proposals_settle_and_lead_on(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    propose = at("propose", cast, round.id, missed.id)
    choice = {"outcome": side(missed, cast.ruth), "cause": "slip"}
    ruth, jin = signed_in(cast.ruth), signed_in(cast.jin)
    assert ruth.post(propose, choice)["Location"] == at("discrepancy", cast, round.id, found["a2"].id)
    seen = jin.get(at("discrepancy", cast, round.id, missed.id))
    assert "Ruth Hale proposes: Ruth Hale" in seen.text
    assert Resolution.objects.count() == 0
    jin.post(propose, choice)
    made = Resolution.objects.get()
    assert (made.decided_by, made.confirmed_by, made.cause) == (cast.jin, cast.ruth, "slip")
    assert [(each.start, each.end) for each in made.passages.all()] == [(150, 200)]
    assert "Settled: Ruth Hale" in ruth.get(at("discrepancy", cast, round.id, missed.id)).text


def test_the_part_for_htmx_is_the_next_case_with_what_changed(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    answer = signed_in(cast.pi).post(
        at("discrepancy_settle", cast, round.id, missed.id),
        {"outcome": side(missed, cast.ruth)},
        headers={"hx-request": "true"},
    )
    assert answer["HX-Push-Url"] == at("discrepancy", cast, round.id, found["a2"].id)
    assert answer.text.lstrip().startswith('<div id="case"')
    assert f'<li id="step-{missed.id}" hx-swap-oob="true">' in answer.text


def test_new_boundaries_are_given_in_words(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    text = round.transcripts.get().transcript_version.text
    settle = at("discrepancy_settle", cast, round.id, missed.id)
    client = signed_in(cast.pi)
    wrong = client.post(settle, {"outcome": "new", "words": "words that nobody said"})
    assert (wrong.status_code, "do not stand in this passage" in wrong.text) == (422, True)
    client.post(settle, {"outcome": "new", "words": " ".join(text[160:190].split())})
    passage = Resolution.objects.get().passages.get()
    assert text[passage.start : passage.end].split() == text[160:190].split()


def test_another_code_and_the_codebook_are_decisions_too(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    client = signed_in(cast.adjudicator)
    code = round.codebook_version.codes.get(label="a1")
    settle = at("discrepancy_settle", cast, round.id, found["b1"].id)
    assert client.post(settle, {"outcome": "another"}).status_code == 422
    assert client.post(settle, {"outcome": "another", "code": code.id}).status_code == 302
    settle = at("discrepancy_settle", cast, round.id, found["a2"].id)
    assert client.post(settle, {"outcome": "codebook"}).status_code == 422
    client.post(settle, {"outcome": "codebook", "reason": "a2 does not say whose time it means."})
    change = cast.study.codebook_changes.get()
    assert (change.wording, change.withdrawn_at) == ("a2 does not say whose time it means.", None)
    client.post(at("discrepancy_undo", cast, round.id, found["a2"].id))
    change.refresh_from_db()
    assert change.withdrawn_at is not None


@pytest.mark.parametrize("options", [{"has_sealed_proposals": True}])
def test_a_sealed_proposal_shows_nowhere_until_both_have_proposed(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    here, propose = at("discrepancy", cast, round.id, missed.id), at("propose", cast, round.id, missed.id)
    listed = at("discrepancies", cast, round.id)
    jin, pi = signed_in(cast.jin), signed_in(cast.pi)
    seen_before = [shape(jin.get(each)) for each in (here, listed)] + [shape(pi.get(here))]
    signed_in(cast.ruth).post(propose, {"outcome": "neither", "reason": "Small talk."})
    assert [shape(jin.get(each)) for each in (here, listed)] + [shape(pi.get(here))] == seen_before
    with acting_as(cast.jin.id):
        assert Proposal.objects.count() == 0
    jin.post(propose, {"outcome": side(missed, cast.ruth)})
    with acting_as(cast.jin.id):
        assert Proposal.objects.count() == 2
    assert "Small talk." in jin.get(here).text
    assert "Proposals differ" in jin.get(here).text


@pytest.mark.parametrize("options", [{"has_unnamed_sides": True}])
def test_unnamed_sides_show_the_adjudicator_no_name(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    here = at("discrepancy", cast, round.id, missed.id)
    for coder, words in ((cast.ruth, "It is about trust."), (cast.jin, "It is small talk.")):
        signed_in(coder).post(at("comment", cast, round.id, missed.id), {"text": words})
        signed_in(coder).post(
            at("propose", cast, round.id, missed.id),
            {"outcome": side(missed, cast.ruth) if coder == cast.ruth else "neither", "reason": words},
        )
    adjudicator = signed_in(cast.adjudicator)
    pages = [here, at("discrepancies", cast, round.id), at("adjudication", cast)]
    for each in pages:
        # By chance a token for forms could hold a name.
        text = re.sub(r'"\w{64}"', "", adjudicator.get(each).text)
        assert [name for name in ("Ruth", "Jin", str(cast.ruth.id), str(cast.jin.id)) if name in text] == []
    assert "It is about trust." in adjudicator.get(here).text
    # The only side that has coded something is chosen by the name that the page gives it, and means Ruth's.
    (value,) = re.findall(r'name="outcome" value="(first|second)"', adjudicator.get(here).text)
    adjudicator.post(at("discrepancy_settle", cast, round.id, missed.id), {"outcome": value})
    assert Resolution.objects.get().outcome == side(missed, cast.ruth)
    assert "Ruth" not in adjudicator.get(here).text


@pytest.mark.parametrize("options", [{"has_unnamed_sides": True}])
def test_no_address_asks_whose_code_is_whose_while_sides_have_no_names(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    code = found["b1"].first_code_id or found["b1"].second_code_id
    client, address = signed_in(cast.adjudicator), at("discrepancies", cast, round.id)
    asked = [{"code": code, "with": "none", "side": side} for side in ("first", "second")]
    first, second = ([row.id for row in client.get(address, each).context["discrepancies"]] for each in asked)
    assert first == second
    assert found["b1"].id in first


def test_what_is_left_to_the_adjudicator_is_in_the_queue(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    adjudicator, ruth = signed_in(cast.adjudicator), signed_in(cast.ruth)
    queue = at("adjudication", cast)
    assert "Nothing waits for your decision." in adjudicator.get(queue).text
    ruth.post(at("escalate", cast, round.id, found["b1"].id))
    assert "1 waits" in adjudicator.get(queue).text
    ruth.post(at("take_up", cast, round.id, found["b1"].id))
    assert "Nothing waits for your decision." in adjudicator.get(queue).text
    ruth.post(at("conferring_end", cast, round.id))
    round.refresh_from_db()
    assert round.state == Round.State.ADJUDICATING
    assert "3 wait" in adjudicator.get(queue).text
    assert "Conferring is over" in ruth.get(at("discrepancy", cast, round.id, found["b1"].id)).text
    assert ruth.get(queue).status_code == 403
    assert Escalation.objects.filter(withdrawn_at=None).count() == 0


def tied(cast: make.Cast, round: Round, rule: str) -> str:
    """The adjudicator knows the person of the round's transcript; by what name the page calls that."""
    person = round.transcripts.get().transcript_version.transcript.interview.participant
    participants.record_tie(
        study=cast.study, member=cast.adjudicator, to=person, decide=rule, by=cast.pi, now=make.NOW
    )
    return f"Tomas Reyes knows {person.pseudonym}"


def test_what_a_tie_bars_from_is_in_no_queue_and_its_page_says_why(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    adjudicator, here = signed_in(cast.adjudicator), at("discrepancy", cast, round.id, found["b1"].id)
    signed_in(cast.ruth).post(at("conferring_end", cast, round.id))
    assert "3 wait" in adjudicator.get(at("adjudication", cast)).text
    known = tied(cast, round, "block")
    assert "Nothing waits for your decision." in adjudicator.get(at("adjudication", cast)).text
    shown = adjudicator.get(here).text
    assert f"{known}. So somebody else decides on this transcript." in shown
    assert "Settle and go on" not in shown
    settle = at("discrepancy_settle", cast, round.id, found["b1"].id)
    refused = adjudicator.post(settle, {"outcome": "neither", "reason": "Small talk."})
    assert (refused.status_code, Resolution.objects.count()) == (422, 0)
    pi = signed_in(cast.pi)
    assert "3 wait" in pi.get(at("adjudication", cast), {"whose": "all"}).text
    assert known not in pi.get(here).text


def test_a_tie_that_warns_is_said_beside_the_form_and_written_down_with_the_decision(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    adjudicator, here = signed_in(cast.adjudicator), at("discrepancy", cast, round.id, found["b1"].id)
    known = tied(cast, round, "warn")
    shown = adjudicator.get(here).text
    assert f"{known}. You may decide; it is written down with your decision." in shown
    assert "Settle and go on" in shown
    settle = at("discrepancy_settle", cast, round.id, found["b1"].id)
    adjudicator.post(settle, {"outcome": "neither", "reason": "Small talk."})
    event = AuditEvent.objects.get(noun="discrepancy", verb="settled")
    assert event.detail["tie"] == known.removeprefix("Tomas Reyes ")


def test_a_tie_to_a_site_is_not_named_to_whom_sites_are_hidden_from(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    Study.objects.filter(id=cast.study.id).update(are_sites_hidden_from_coders=True)
    site = round.transcripts.get().transcript_version.transcript.interview.participant.site
    participants.record_tie(study=cast.study, member=cast.adjudicator, to=site, by=cast.pi, now=make.NOW)
    shown = signed_in(cast.adjudicator).get(at("discrepancy", cast, round.id, found["b1"].id)).text
    assert "Tomas Reyes knows the site. You may decide" in shown
    assert site.name not in shown


def test_one_of_the_pair_who_may_decide_elsewhere_is_asked_for_a_proposal(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    Membership.objects.filter(user=cast.ruth).update(roles=[Role.ADJUDICATOR, Role.CODER])
    shown = signed_in(cast.ruth).get(at("discrepancy", cast, round.id, found["b1"].id)).text
    assert ("Your proposal" in shown, "somebody else decides" in shown) == (True, False)


def test_a_meeting_records_and_confirms(cast: make.Cast, round: Round, found: dict[str, Discrepancy]) -> None:
    missed = found["b1"]
    ruth, jin = signed_in(cast.ruth), signed_in(cast.jin)
    ruth.post(at("meeting_begin", cast, round.id), {"at": missed.id})
    meeting = round.meetings.get()
    here = at("discrepancy", cast, round.id, missed.id)
    assert "Come in" in jin.get(here).text
    jin.post(at("meeting_join", cast, round.id, meeting.id), {"at": missed.id})
    now = at("meeting_now", cast, round.id, missed.id)
    seen = re.findall(r'data-mark="(\w*)"', jin.get(here).text)[0]
    assert "HX-Trigger" not in jin.get(now, {"seen": seen})
    record = at("outcome_record", cast, round.id, missed.id)
    assert "Ruth Hale drives" in jin.post(record, {"outcome": side(missed, cast.ruth)}).text
    ruth.post(record, {"outcome": side(missed, cast.ruth)})
    assert jin.get(now, {"seen": seen})["HX-Trigger"] == "case-changed"
    shown = jin.get(here).text
    assert "Ruth Hale has recorded: Ruth Hale" in shown
    jin.post(re.findall(r'action="([^"]*confirm/)"', shown)[0])
    made = Resolution.objects.get()
    assert (made.decided_by, made.confirmed_by, made.meeting) == (cast.ruth, cast.jin, meeting)


def test_who_comes_in_drives_or_goes_changes_the_page_of_the_other(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    missed = found["b1"]
    ruth, jin = signed_in(cast.ruth), signed_in(cast.jin)
    ruth.post(at("meeting_begin", cast, round.id), {"at": missed.id})
    meeting = round.meetings.get()
    here, now = (at(name, cast, round.id, missed.id) for name in ("discrepancy", "meeting_now"))
    record = at("outcome_record", cast, round.id, missed.id)
    for name in ("meeting_join", "meeting_drive", "meeting_leave"):
        shown = ruth.get(here).text
        assert (record in shown) == (name == "meeting_drive")
        seen = re.findall(r'data-mark="(\w*)"', shown)[0]
        assert "HX-Trigger" not in ruth.get(now, {"seen": seen})
        jin.post(at(name, cast, round.id, meeting.id), {"at": missed.id})
        assert ruth.get(now, {"seen": seen})["HX-Trigger"] == "case-changed"


def test_a_transcript_taken_out_while_the_pair_confers_is_named_and_no_longer_asked_about(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    pi, here = signed_in(cast.pi), at("round", cast, round.id)
    member = round.transcripts.get()
    take_out = at("round_transcript_withdraw", cast, round.id, member.id)
    assert take_out in pi.get(here).text
    pi.post(take_out, {"reason": "Recorded twice."})
    shown = pi.get(here).text
    assert "1, 1 taken out" in shown
    assert '<td class="number">0</td>' in pi.get(at("rounds", cast)).text
    assert take_out not in shown
    for name in ("round", "agreement"):
        said = pi.get(at(name, cast, round.id)).text
        assert f"Taken out since: {member.transcript_version.transcript}, Recorded twice." in said
    assert str(found["b1"].id) not in pi.get(at("discrepancies", cast, round.id)).text
    one = signed_in(cast.ruth).get(at("discrepancy", cast, round.id, found["b1"].id))
    assert at("propose", cast, round.id, found["b1"].id) not in one.text


def test_the_list_shows_the_words_of_each_passage(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    text = round.transcripts.get().transcript_version.text
    shown = unescape(signed_in(cast.ruth).get(at("discrepancies", cast, round.id)).text)
    for row in found.values():
        assert f'dir="auto">{text[row.start : row.end]}</td>' in shown
    beyond = at("discrepancies", cast, round.id) + "?page=9&kind=missed"
    assert str(found["b1"].id) in signed_in(cast.ruth).get(beyond).text


def test_small_boundaries_that_the_reader_may_not_settle_are_counted_and_left_out(
    cast: make.Cast, round: Round
) -> None:
    text = round.transcripts.get().transcript_version.text
    start = text.index("I nearly deleted it, to be honest.")
    stage.code(round, cast.ruth, "a1", start, start + len("I nearly deleted it"))
    end = start + len("I nearly deleted it, to be honest.")
    stage.code(round, cast.jin, "a1", text.index("it, to", start), end)
    stage.conferring(cast, round)
    boundary = Discrepancy.objects.get(kind="boundary")
    here = at("boundaries", cast, round.id)
    ruth = signed_in(cast.ruth)
    assert "Take the union for 1" in ruth.get(here, {"words": 20}).text
    ruth.post(at("escalate", cast, round.id, boundary.id))
    shown = ruth.get(here, {"words": 20}).text
    assert "One more is left out" in shown
    assert "Take the union" not in shown
    assert "Take the union for 1" in signed_in(cast.pi).get(here, {"words": 20}).text


def test_uniting_what_is_no_longer_the_pairs_says_that_nothing_was_done(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    ruth, here = signed_in(cast.ruth), at("boundaries", cast, round.id)
    ruth.post(at("conferring_end", cast, round.id))
    answer = ruth.post(here, {"words": 20}, follow=True)
    assert "Nothing was united" in answer.text
    assert "Settled by the union: 0" not in answer.text
    assert "All of it can be undone together." not in answer.text


def test_comments_tell_the_other_and_whom_they_mention(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    ruth = signed_in(cast.ruth)
    here = at("discrepancy", cast, round.id, found["b1"].id)
    ruth.post(at("comment", cast, round.id, found["b1"].id), {"text": "What does @Amara think? <b>🙂"})
    told = {str(each.recipient.name): each.text for each in cast.study.notices.filter(kind="comment")}
    assert set(told) == {"Jin Park", "Amara Osei"}
    assert "mentions you" in told["Amara Osei"]
    assert "&lt;b&gt;🙂" in ruth.get(here).text
    with acting_as(cast.ruth.id):
        line = Comment.objects.get()
    remove = at("comment_remove", cast, round.id, found["b1"].id, line.id)
    signed_in(cast.jin).post(remove)
    assert "What does" in ruth.get(here).text
    ruth.post(remove)
    assert "What does" not in ruth.get(here).text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@Ann look", {"Ann Lee", "Jin Park"}),
        ("@Anna look", {"Anna Berg", "Jin Park"}),
        ("@Annabel", {"Jin Park"}),
    ],
)
def test_a_mention_is_no_beginning_of_a_longer_name(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy], text: str, told: set[str]
) -> None:
    for name in ("Ann Lee", "Anna Berg"):
        make.member(cast.study, Role.CODER, name=name)
    signed_in(cast.ruth).post(at("comment", cast, round.id, found["b1"].id), {"text": text})
    assert {each.recipient.name for each in cast.study.notices.filter(kind="comment")} == told


def test_who_is_called_into_a_meeting_is_led_to_its_round(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    signed_in(cast.ruth).post(at("meeting_begin", cast, round.id), {"at": found["b1"].id})
    called = cast.study.notices.get(kind="meeting")
    assert (called.recipient, called.path) == (cast.jin, at("discrepancies", cast, round.id))


def shape(answer: object) -> list[str]:
    """The page without its CSRF tokens, which differ at each rendering."""
    return [line for line in answer.text.splitlines() if "csrf" not in line]
