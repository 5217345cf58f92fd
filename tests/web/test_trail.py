"""The page of a round as its audit trail, and the same as a document."""

import io

import docx
import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import Decision, Discrepancy, Round
from apps.audit.models import AuditEvent
from apps.coding.models import Coding
from apps.core.identity import acting_as
from apps.notices.models import Notice
from apps.web.leads import leads_to
from apps.web.views import trail
from tests import make
from tests.agreement import stage
from tests.web.asking import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def read(user: User, round: Round) -> str:
    answer = signed_in(user).get(reverse("round", args=[round.study_id, round.id]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def settled(cast: make.Cast) -> tuple[Round, dict[str, Discrepancy]]:
    round = stage.open_round(cast)
    found = stage.conferring(cast, round)
    missed = found["b1"]
    with acting_as(cast.pi.id):
        actions.settle(
            discrepancy=missed,
            outcome=Decision.Outcome.NEITHER,
            cause=Decision.Cause.SLIP,
            reason="About the rota, not the service.",
            by=cast.pi,
            now=stage.NOW,
        )
    return round, found


def test_before_the_release_the_trail_says_nothing_of_blind_work(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    stage.code(round, cast.ruth, "a1", 41, 80)
    stage.submit(round, cast.ruth)
    with acting_as(cast.ruth.id):
        actions.take_back(assignment=stage.work_of(round, cast.ruth), by=cast.ruth, now=stage.NOW)
    stage.submit(round, cast.ruth, cast.jin)
    for reader in (cast.pi, cast.administrator, cast.jin):
        page = read(reader, round)
        assert "It was opened with seed 1, and the first transcripts were given out: " in page
        assert "was taken back" not in page
        assert "hold of 15 minutes" not in page
    actions.release_now(round=round, by=cast.pi, now=stage.NOW)
    page = read(cast.jin, round)
    assert "was taken back" in page
    assert "The round was released, and its codings frozen." in page


def test_a_closed_round_is_read_as_its_audit_trail(cast: make.Cast) -> None:
    round, _found = settled(cast)
    with acting_as(cast.pi.id):
        actions.close(round=round, by=cast.pi, now=stage.NOW)
    page = read(cast.pi, round)
    assert "About the rota, not the service." in page
    assert "Slip 1" in page
    assert "Neither 1" in page
    assert "One transcript" in page or "independently coded 1 of 1 transcripts" in page
    assert "There were 3 discrepancies: the coders settled 0 together, a third person 1" in page
    assert "and 2 stayed open." in page
    assert "2 open items" in page
    assert "The round was closed; 2 of 3 discrepancies were left open." in page
    with acting_as(cast.pi.id):
        assert Coding.objects.filter(assignment__kind="independent").count() == 6


def test_the_close_tells_the_coders_and_leads_them_to_their_record(cast: make.Cast) -> None:
    round, _found = settled(cast)
    with acting_as(cast.pi.id):
        actions.close(round=round, by=cast.pi, now=stage.NOW)
    told = {each.recipient: each for each in Notice.objects.filter(kind="round closed")}
    assert set(told) == {cast.ruth, cast.jin, cast.adjudicator}
    assert told[cast.ruth].text.startswith(f"{round} is closed. Your record says where")
    assert leads_to(told[cast.ruth]) == reverse("round", args=[cast.study.id, round.id])
    record = reverse("coder_record", args=[cast.study.id, cast.ruth.id])
    assert f'href="{record}">Your record' in read(cast.ruth, round)
    assert "Your record" not in read(cast.adjudicator, round)


def test_the_plan_says_all_that_was_set_before_coding(cast: make.Cast) -> None:
    round = stage.open_round(cast, if_interviewed="block", levels=["sentence"], hold_minutes=30)
    page = read(cast.jin, round)
    assert "<dt>Draw</dt><dd>All picked by hand.</dd>" in page
    assert "Nobody codes an interview that they held themselves." in page
    assert "no thresholds; counted in sentences" in page
    assert "30 minutes after the last submission." in page


def test_a_draw_without_strata_says_its_seed_too(cast: make.Cast) -> None:
    page = read(cast.jin, stage.rolling_round(cast))
    assert "The larger of 2 and 0 % of the interviews" in page
    assert "Seed 1." in page


def test_the_methods_say_how_the_sample_was_selected_and_what_differed(cast: make.Cast) -> None:
    round, _found = settled(cast)
    page = read(cast.pi, round)
    assert f"The sample was picked by hand. It was coded with {round.codebook_version}." in page
    assert "By kind: one coder only 2, influence 1." in page


def test_a_drawn_sample_is_described_by_its_strata_and_seed(cast: make.Cast) -> None:
    found = queries.Sample(drawn=12, by_hand=2)
    plan = Round(seed=7, strata=["group", "site"])
    assert queries.selection(round=plan, found=found) == (
        "The sample was drawn in a random order that seed 7 fixes, stratified by participant group and site; "
        "2 transcripts were picked by hand."
    )
    alone = queries.selection(round=Round(seed=7), found=queries.Sample(drawn=12, by_hand=0))
    assert alone == "The sample was drawn in a random order that seed 7 fixes."


def test_an_undone_decision_stays_in_the_trail(cast: make.Cast) -> None:
    round, found = settled(cast)
    with acting_as(cast.pi.id):
        actions.undo(discrepancy=found["b1"], by=cast.pi, now=stage.NOW)
    page = read(cast.ruth, round)
    assert "<s>Neither</s>" in page
    assert "undone 2 March, 09:00 by Amara Osei" in page


def test_an_administrator_reads_what_happened_and_no_decision(cast: make.Cast) -> None:
    round, _found = settled(cast)
    page = read(cast.administrator, round)
    assert "The round was released, and its codings frozen." in page
    assert "About the rota" not in page
    assert "How the discrepancies ended" not in page


def test_a_tie_is_told_only_to_those_who_may_know_sites(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    event = AuditEvent.objects.get(noun="round", verb="opened", object_id=round.id)
    AuditEvent.objects.create(
        occurred_at=stage.NOW,
        study_id=cast.study.id,
        actor_name="Amara Osei",
        verb="drawn",
        noun="round",
        object_id=round.id,
        detail={**event.detail, "remarks": ["Ruth Hale works at Northmoor"]},
    )
    cast.study.are_sites_hidden_from_coders = True
    cast.study.save()
    assert "works at Northmoor" in read(cast.pi, round)
    assert "works at Northmoor" not in read(cast.jin, round)


def test_the_trail_leaves_as_a_document_and_that_is_on_record(cast: make.Cast) -> None:
    round, _found = settled(cast)
    answer = signed_in(cast.pi).get(reverse("round_trail", args=[cast.study.id, round.id]))
    document = docx.Document(io.BytesIO(answer.content))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert words.startswith(f"Staff support: {round}")
    assert "There were 3 discrepancies" in words
    assert "Slip: About the rota, not the service." in cells
    assert {"Levels", "Hold before release, in minutes", "Sealed proposals", "Outcome"} <= cells
    assert len(document.inline_shapes) == 1
    assert AuditEvent.objects.filter(verb="downloaded", actor_id=cast.pi.id).count() == 1


def test_the_endpoint_says_the_same(cast: make.Cast) -> None:
    round, _found = settled(cast)
    address = reverse("api:round_trail", args=[cast.study.id, round.id])
    said = signed_in(cast.ruth).get(address).json()
    assert [line["verb"] for line in said["happenings"]][-1] == "released"
    assert sum(kind["total"] for kind in said["kinds"]) == 3
    assert said["runs"][0]["discrepancies"] == 3
    assert signed_in(cast.administrator).get(address).json()["kinds"] == []


def test_decisions_are_folded_by_transcript_and_all_of_them_stand_on_one_page_to_print(
    cast: make.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "DECISIONS_ON_A_PAGE", 1)
    monkeypatch.setattr(trail, "UNFOLDED", 0)
    round, found = settled(cast)
    with acting_as(cast.pi.id):
        actions.settle(
            discrepancy=found["a2"], outcome=stage.side_of(found["a2"], cast.jin), by=cast.pi, now=stage.NOW
        )
    client, here = signed_in(cast.pi), reverse("round", args=[cast.study.id, round.id])
    name = round.transcripts.get().transcript_version.transcript
    page = client.get(here)
    assert len(page.context["decisions"]) == 1
    assert f'<details class="disclosure">\n        <summary>{name}' in page.text
    assert "?decisions=all#decisions" in page.text
    assert "All 2 on this page, to print" in page.text
    whole = client.get(here, {"decisions": "all"})
    assert len(whole.context["decisions"]) == 2
    assert f'<details class="disclosure" open>\n        <summary>{name}' in whole.text
    assert "2 decisions" in whole.text
    assert "?decisions=all" not in whole.text


def test_the_document_says_how_many_were_to_be_drawn(cast: make.Cast) -> None:
    round = stage.rolling_round(cast)
    answer = signed_in(cast.pi).get(reverse("round_trail", args=[cast.study.id, round.id]))
    document = docx.Document(io.BytesIO(answer.content))
    plan = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows}
    assert plan["To be drawn"] == "the larger of 2 and 0 % of the interviews"
    assert (plan["Seed"], plan["Picked by hand"]) == ("1", "0")


def test_once_the_figures_are_there_the_whole_page_is_read_again(cast: make.Cast) -> None:
    """Else the page of a round that was released before one's eyes would lack its trail and its dialogs."""
    round = stage.open_round(cast)
    stage.submit(round, cast.ruth, cast.jin)
    actions.release_now(round=round, by=cast.pi, now=stage.NOW)
    here, asked = reverse("round", args=[cast.study.id, round.id]), {"HX-Request": "true"}
    assert "HX-Refresh" not in signed_in(cast.pi).get(here, headers=asked).headers
    stage.compute(round)
    assert signed_in(cast.pi).get(here, headers=asked).headers["HX-Refresh"] == "true"


def test_the_order_of_codes_does_not_tell_an_adjudicator_whose_they_are(cast: make.Cast) -> None:
    round = stage.open_round(cast, has_unnamed_sides=True)
    codes = {label: round.codebook_version.codes.get(label=label) for label in ("a1", "b1")}
    row = Discrepancy(
        first_code=codes["b1"],
        second_code=codes["a1"],
        first_assignment=stage.work_of(round, cast.ruth),
        second_assignment=stage.work_of(round, cast.jin),
    )
    hidden = queries.hides_names(round=round, discrepancy=row, reader=cast.adjudicator)
    assert [code.label for code in queries.codes_between(row, hides=hidden)] == ["a1", "b1"]
    shown = queries.hides_names(round=round, discrepancy=row, reader=cast.jin)
    assert [code.label for code in queries.codes_between(row, hides=shown)] == ["b1", "a1"]


def test_a_plan_that_only_picks_by_hand_speaks_of_no_draw(cast: make.Cast) -> None:
    """Zeros everywhere are no numbers."""
    plain = {"at_least": 0, "share": 0, "per_group": 0, "per_site": 0, "per_interviewer": 0}
    assert not queries.wants_draw(Round(**plain))
    assert queries.wants_draw(Round(**{**plain, "share": 0.2}))
    assert not queries.wants_draw(Round(kind=Round.Kind.CALIBRATION))
