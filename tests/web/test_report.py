"""The agreement report: everything that can be asked of it is answered from what is stored."""

import io
import json
import re
from uuid import UUID

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from apps.accounts.models import User
from apps.agreement import actions, engine, queries
from apps.agreement.models import Round
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.jobs.models import Run
from apps.studies.permissions import Role
from tests import make
from tests.agreement import stage
from tests.web.asking import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def page(cast: make.Cast, round: Round, name: str = "agreement") -> str:
    return reverse(name, args=[cast.study.id, round.id])


@pytest.fixture
def three(cast: make.Cast) -> Round:
    """Two transcripts of two groups, the second interviewed by Ruth, both coded by Ruth, Jin and Cho."""
    elsewhere = make.site(cast.study)
    partner = make.participant(cast.study, group=make.group(cast.study, "Partner"), site=elsewhere)
    held = make.interview(cast.study, participant=partner, interviewer=cast.ruth)
    # Pairs stand in the order of their ids: the first one is Cho's.
    cho = make.member(cast.study, Role.CODER, name="Cho Lee", id=UUID(int=1))
    round = actions.open_round(
        study=cast.study,
        transcript_versions=[make.transcript(cast.study), make.transcript(cast.study, interview=held)],
        coders=[cast.ruth, cast.jin, cho],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study, is_frozen=False),
        by=cast.pi,
        now=make.NOW,
    )
    mark(round, 0, cast.ruth, "a1")
    mark(round, 0, cast.jin, "b1")
    mark(round, 1, cho, "a2")
    for work in CodingAssignment.objects.filter(in_round__round_transcript__round=round):
        with acting_as(work.coder_id):
            actions.submit(assignment=work, by=work.coder, now=make.NOW)
    actions.release_now(round=round, by=cast.pi, now=make.NOW)
    stage.compute(round)
    return round


def mark(round: Round, position: int, coder: User, label: str) -> None:
    work = CodingAssignment.objects.get(
        in_round__round_transcript__round=round,
        in_round__round_transcript__position=position,
        coder=coder,
    )
    code = round.codebook_version.codes.get(label=label)
    with acting_as(coder.id):
        coding.add(assignment=work, code=code, start=41, end=80, by=coder, now=make.NOW)


def counted(cast: make.Cast, round: Round, **asked: object) -> tuple[int, int]:
    """How many transcripts and discrepancies the report is of."""
    answer = signed_in(cast.pi).get(page(cast, round), asked)
    assert answer.status_code == 200
    table = answer.context["report"]
    return table.transcripts, table.discrepancies


def test_whatever_is_chosen_is_answered(cast: make.Cast, three: Round) -> None:
    first, second = three.transcripts.order_by("position")
    groups = [each.transcript_version.transcript.interview.participant.group_id for each in (first, second)]
    cho = User.objects.get(name="Cho Lee")
    pair = sorted([str(cast.ruth.id), str(cast.jin.id)])
    other = sorted([str(cho.id), str(cast.jin.id)])
    of_a = three.codebook_version.codes.get(label="a").id
    assert counted(cast, three) == (2, 5)
    assert counted(cast, three, group=groups[0]) == (1, 3)
    assert counted(cast, three, group=groups[1]) == (1, 2)
    assert counted(cast, three, interviewer=cast.ruth.id) == (1, 2)
    assert counted(cast, three, interviewed_by_coder="no") == (1, 3)
    assert counted(cast, three, interviewed_by_coder="yes") == (1, 2)
    assert counted(cast, three, pair=" ".join(pair)) == (2, 1)
    assert counted(cast, three, pair=" ".join(other), group=groups[1]) == (1, 1)
    assert counted(cast, three, construct=of_a) == (2, 4)
    assert counted(cast, three, speakers="tables_of_everybody", level="sentence") == (2, 5)


@pytest.mark.parametrize("own", ["yes", "no"])
def test_a_link_lists_as_many_as_the_report_counts(cast: make.Cast, three: Round, own: str) -> None:
    client = signed_in(cast.pi)
    text = "".join(
        client.get(page(cast, three, part), {"interviewed_by_coder": own}).text
        for part in ("agreement", "agreement_more")
    )
    assert all(f'discrepancies/?interviewed_by_coder={each}">' in text for each in ("yes", "no"))
    links = re.findall(r'href="([^"]*/discrepancies/\?[^"]*)"[^>]*>(\d+)</a>', text)
    assert len(links) > 4
    for address, number in links:
        listed = client.get(address.replace("&amp;", "&"))
        assert len(listed.context["discrepancies"]) == int(number), address


def test_where_no_discrepancy_stands_behind_a_number_the_page_says_why(cast: make.Cast, three: Round) -> None:
    client = signed_in(cast.pi)
    first, second = (three.codebook_version.codes.get(label=label).id for label in ("a1", "a2"))
    address = page(cast, three, "discrepancies")
    answer = client.get(address, {"code": first, "with": second})
    assert answer.context["discrepancies"] == []
    [way] = re.findall(r'class="actions"><a[^>]* href="([^"]*)"', answer.text)
    listed = client.get(address + way.replace("&amp;", "&")).context["discrepancies"]
    assert listed
    assert all(first in (each.first_code_id, each.second_code_id) for each in listed)


def test_a_number_lists_what_stood_on_its_own_side_where_sides_have_names(
    cast: make.Cast, three: Round
) -> None:
    one, other = (three.codebook_version.codes.get(label=label).id for label in ("a1", "b1"))
    client, address = signed_in(cast.pi), page(cast, three, "discrepancies")
    asked = [{"code": one, "with": other, "side": side} for side in ("first", "second", "")]
    listed = [len(client.get(address, each).context["discrepancies"]) for each in asked]
    ruth_is_first = int(str(cast.ruth.id) < str(cast.jin.id))
    assert listed == [ruth_is_first, 1 - ruth_is_first, 1]


def test_other_speakers_are_other_units(cast: make.Cast, three: Round) -> None:
    run = queries.latest_run(round=three)
    assert run is not None
    units = {
        speakers: queries.report(
            run=run, choice=queries.Choice(level="character", speakers=speakers)
        ).computed.units["character"]
        for speakers in ("tables", "tables_of_everybody")
    }
    text = len(three.transcripts.first().transcript_version.text)
    assert units["tables"] < units["tables_of_everybody"] <= 2 * text
    assert queries.speakers_counted(run=run) == ["tables", "tables_of_everybody"]


def test_what_is_answered_from_counts_equals_what_is_stored(cast: make.Cast, three: Round) -> None:
    run = queries.latest_run(round=three)
    assert run is not None
    stored = queries.report(run=run)
    answered = queries.report(run=run, choice=queries.Choice(interviewed_by_coder="", construct=None))
    again = queries.report(
        run=run, choice=queries.Choice(pair=None, speakers="tables", interviewer="nobody of that name")
    )
    assert stored.lines == answered.lines
    assert (again.transcripts, again.lines) == (0, [])


def test_sites_are_for_those_who_may_see_them(cast: make.Cast, three: Round) -> None:
    site = cast.study.sites.first().id

    def offers(user: User) -> bool:
        answer = signed_in(user).get(page(cast, three), {"site": site})
        return "site" in answer.context["parts"] or answer.context["choice"].site is not None

    assert (offers(cast.pi), offers(cast.ruth), offers(cast.observer)) == (True, True, False)
    cast.study.are_sites_hidden_from_coders = True
    cast.study.save()
    assert (offers(cast.pi), offers(cast.ruth)) == (True, False)


def test_the_page_reads_what_stands_below_as_it_was_asked(cast: make.Cast, three: Round) -> None:
    client = signed_in(cast.pi)
    figures = client.get(page(cast, three), {"level": "sentence", "interviewed_by_coder": "no"})
    there = re.search(r'hx-get="([^"]*)"', figures.text)
    assert there is not None
    address = there[1].replace("&amp;", "&")
    part = client.get(address, headers={"HX-Request": "true"})
    whole = client.get(address)
    assert part.context["choice"] == figures.context["choice"]
    for words in ("Who used which code where", "Taken apart", "How is this computed", "for a paper"):
        assert words in part.text
        assert words in whole.text
    assert ("<html" in part.text, "<html" in whole.text) == (False, True)


def test_thresholds_are_drawn_only_if_they_were_planned(cast: make.Cast, three: Round) -> None:
    assert "dot-plot-threshold" not in signed_in(cast.pi).get(page(cast, three)).text


def test_who_is_blind_again_does_not_see_it(cast: make.Cast, three: Round) -> None:
    version = three.transcripts.first().transcript_version
    three.transcripts.update(is_round_open=False)
    actions.open_round(
        study=cast.study,
        transcript_versions=[version],
        coders=[cast.ruth, User.objects.get(name="Cho Lee")],
        adjudicator=cast.adjudicator,
        codebook_version=three.codebook_version,
        by=cast.pi,
        now=make.NOW,
    )
    more = page(cast, three, "agreement_more")
    assert [signed_in(user).get(more).status_code for user in (cast.ruth, cast.jin)] == [404, 200]
    blind, open_to = (signed_in(user).get(page(cast, three)) for user in (cast.ruth, cast.jin))
    assert "You are coding a transcript of this round once more, blind." in blind.text
    assert ("report" in blind.context, "report" in open_to.context) == (False, True)


def test_a_failure_is_told_with_its_reason_and_can_be_tried_again(cast: make.Cast, three: Round) -> None:
    Run.objects.update(state=Run.State.FAILED, failure="MemoryError: too much")
    answer = signed_in(cast.pi).get(page(cast, three))
    assert "The agreement could not be computed: MemoryError: too much" in answer.text
    assert page(cast, three, "round_retry") in answer.text
    assert "report" in answer.context
    assert page(cast, three, "round_retry") not in signed_in(cast.jin).get(page(cast, three)).text


def test_while_it_is_computed_the_last_figures_stay(cast: make.Cast, three: Round) -> None:
    Run.objects.update(state=Run.State.RUNNING, finished_at=None, done_share=0.5)
    client = signed_in(cast.pi)
    answer = client.get(page(cast, three))
    assert ('value="0.5"' in answer.text, "Until then you see the figures of" in answer.text) == (True, True)
    assert "report" in answer.context
    part = client.get(page(cast, three), headers={"HX-Request": "true"})
    assert ("<html" in part.text, part.headers.get("HX-Refresh")) == (False, None)
    Run.objects.update(state=Run.State.DONE, finished_at=make.NOW)
    assert client.get(page(cast, three), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_more_transcripts_and_rounds_cost_no_more_queries(cast: make.Cast, three: Round) -> None:
    def queries_of(**asked: object) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert signed_in(cast.pi).get(page(cast, three), asked).status_code == 200
        return len(captured)

    before = queries_of()
    stage.conferring(cast, stage.open_round(cast))
    assert queries_of() == before


@pytest.mark.parametrize("kind", ["xlsx", "docx", "csv", "json", "svg", "png"])
def test_the_report_is_taken_away_as_a_file(cast: make.Cast, three: Round, kind: str) -> None:
    address = reverse("agreement_file", args=[cast.study.id, three.id, kind])
    answer = signed_in(cast.observer).get(address, {"interviewed_by_coder": "no"})
    assert answer.status_code == 200
    name = f"agreement-round-1-interviewed-by-somebody-else.{kind}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    begins = {"xlsx": b"PK", "docx": b"PK", "csv": b"\xef\xbb\xbfLabel", "svg": b"<svg", "png": b"\x89PNG"}
    assert answer.content.startswith(begins.get(kind, b"{"))


def test_a_file_of_a_part_of_the_round_says_so(cast: make.Cast, three: Round) -> None:
    def file(kind: str, **asked: object) -> tuple[str, bytes]:
        address = reverse("agreement_file", args=[cast.study.id, three.id, kind])
        answer = signed_in(cast.pi).get(address, asked)
        return answer["Content-Disposition"], answer.content

    construct = three.codebook_version.codes.get(label="a")
    asked = {"pair": f"{UUID(int=1)} {cast.ruth.id}", "group": cast.group.id, "construct": construct.id}
    part = f"Participants: {cast.group.name} · Coders: Cho Lee – Ruth Hale · Construct: a Construct a"
    sentence = f"Not the whole round, only: {part}."
    name, drawing = file("svg", **asked)
    assert name.endswith('-coders-cho-lee-ruth-hale-construct-a-construct-a.svg"')
    assert sentence in drawing.decode()
    assert sentence in file("csv", **asked)[1].decode("utf-8-sig")
    assert json.loads(file("json", **asked)[1])["narrowed_to"] == part
    document = docx.Document(io.BytesIO(file("docx", **asked)[1]))
    assert document.paragraphs[0].text == sentence
    book = CalamineWorkbook.from_filelike(io.BytesIO(file("xlsx", **asked)[1]))
    method = book.get_sheet_by_index(len(book.sheet_names) - 1).to_python()
    assert ["Only of", part] in method
    whole = file("csv")
    assert whole[0] == 'attachment; filename="agreement-round-1.csv"'
    assert "Not the whole round" not in whole[1].decode("utf-8-sig")


def test_a_file_names_no_site_and_knows_no_other_kind(cast: make.Cast, three: Round) -> None:
    def status(kind: str, **asked: object) -> int:
        address = reverse("agreement_file", args=[cast.study.id, three.id, kind])
        return signed_in(cast.pi).get(address, asked).status_code

    assert (status("csv", site=cast.study.sites.first().id), status("exe"), status("csv")) == (404, 404, 200)


def test_the_json_is_read_back_without_loss(cast: make.Cast, three: Round) -> None:
    address = reverse("agreement_file", args=[cast.study.id, three.id, "json"])
    said = signed_in(cast.pi).get(address).json()
    again = engine.from_plain(engine.Report, said["report"])
    run = queries.latest_run(round=three)
    assert run is not None
    assert again == queries.report(run=run).computed
    assert set(said["coders"]) == set(again.coders)


def test_two_rounds_are_compared_code_by_code(cast: make.Cast, three: Round) -> None:
    later = stage.open_round(cast)
    stage.conferring(cast, later)
    client = signed_in(cast.pi)
    more = page(cast, later, "agreement_more")
    answer = client.get(more, {"against": three.id, "level": "sentence"})
    assert (answer.status_code, answer.context["against"]) == (200, three)
    assert "Compared with Round 1" in answer.text
    assert "against" not in client.get(more, {"against": "nonsense"}).context


def test_the_words_for_the_methods_section_say_that_a_calibration_is_not_reported(
    cast: make.Cast, three: Round
) -> None:
    run = queries.latest_run(round=three)
    assert run is not None
    assert "calibration" not in queries.methods_sentences(queries.report(run=run))
    run.round.kind = Round.Kind.CALIBRATION
    said = queries.methods_sentences(queries.report(run=run))
    assert queries.methods_of_run(run=run, level="answer") == said
    assert said.startswith("In a calibration round, not reported: ")
