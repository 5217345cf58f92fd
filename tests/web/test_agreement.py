"""The pages of a round, from its opening to its close."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.agreement.models import Discrepancy, Resolution, Round
from apps.coding.models import Coding
from apps.core.identity import acting_as
from tests import make
from tests.agreement import stage
from tests.conftest import as_worker
from tests.web.asking import at, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def round(cast: make.Cast) -> Round:
    return stage.open_round(cast)


def test_a_study_without_rounds_tells_the_pi_the_next_step(cast: make.Cast) -> None:
    answer = signed_in(cast.pi).get(at("rounds", cast))
    assert (answer.status_code, "No round yet." in answer.text) == (200, True)
    assert at("round_open", cast) in answer.text
    assert at("round_open", cast) not in signed_in(cast.ruth).get(at("rounds", cast)).text


def test_the_pi_opens_a_round_in_one_act(cast: make.Cast) -> None:
    version, codebook = make.transcript(cast.study), make.codebook(cast.study)
    plan = {
        "kind": "calibration",
        "codebook_version": codebook.id,
        "transcripts": [version.transcript_id],
        "coders": [cast.ruth.id, cast.jin.id],
        "adjudicator": cast.adjudicator.id,
        "rationale": "The first two.",
        "hold_minutes": 0,
    }
    client = signed_in(cast.pi)
    wrong = client.post(at("round_open", cast), {**plan, "coders": [cast.ruth.id]})
    assert (wrong.status_code, "A round needs at least two coders." in wrong.text) == (422, True)
    answer = client.post(at("round_open", cast), plan)
    opened = Round.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, at("round", cast, opened.id))
    assert (opened.kind, opened.state, opened.hold_minutes) == ("calibration", "coding", 0)


def test_the_page_of_a_blind_round_shows_states_and_nothing_else(cast: make.Cast, round: Round) -> None:
    before = {name: signed_in(user).get(at("round", cast, round.id)) for name, user in readers(cast).items()}
    stage.code(round, cast.jin, "a1", 41, 80)
    # The first coding starts the assignment, which everybody may know; the second changes nothing.
    after_first = {
        name: signed_in(user).get(at("round", cast, round.id)) for name, user in readers(cast).items()
    }
    stage.code(round, cast.jin, "b1", 150, 200)
    after = {name: signed_in(user).get(at("round", cast, round.id)) for name, user in readers(cast).items()}
    for name in readers(cast):
        assert before[name].status_code == 200
        assert shape(after[name]) == shape(after_first[name])


def readers(cast: make.Cast) -> dict[str, object]:
    return {
        "pi": cast.pi,
        "ruth": cast.ruth,
        "adjudicator": cast.adjudicator,
        "administrator": cast.administrator,
    }


def shape(answer: object) -> list[str]:
    """The page without its CSRF tokens, which differ at each rendering."""
    return [line for line in answer.text.splitlines() if "csrf" not in line]


def test_only_the_pi_releases(cast: make.Cast, round: Round) -> None:
    stage.submit(round, cast.ruth, cast.jin)
    assert signed_in(cast.ruth).post(at("round_release", cast, round.id)).status_code == 403
    answer = signed_in(cast.pi).post(at("round_release", cast, round.id))
    round.refresh_from_db()
    assert (answer.status_code, round.state) == (302, Round.State.RELEASED)


def test_before_the_computation_the_report_says_so(cast: make.Cast, round: Round) -> None:
    answer = signed_in(cast.pi).get(at("agreement", cast, round.id))
    assert (answer.status_code, "Nothing has been computed for this round." in answer.text) == (200, True)


def test_the_counts_are_under_the_names_of_those_whom_they_mean(cast: make.Cast, round: Round) -> None:
    stage.conferring(cast, round)  # only Ruth used b1
    answer = signed_in(cast.pi).get(at("agreement", cast, round.id))
    report = answer.context["report"]
    found = next(line.figure.counts for line in report.lines if line.code.label == "b1")
    counts = (found.only_first, found.only_second)
    assert dict(zip(report.coders, counts, strict=True)) == {cast.ruth: 1, cast.jin: 0}
    headings = re.findall(r"<th[^>]*>(Only [^<]*)</th>", answer.text)
    assert headings == [f"Only {coder.name}" for coder in report.coders] * 2


def test_a_construct_counts_and_lists_the_discrepancies_of_its_codes(cast: make.Cast, round: Round) -> None:
    stage.conferring(cast, round)
    client = signed_in(cast.pi)
    constructs = client.get(at("agreement", cast, round.id)).context["report"].constructs
    assert [(line.code.label, line.discrepancies) for line in constructs] == [("a", 1), ("b", 2)]
    for line in constructs:
        listed = client.get(at("discrepancies", cast, round.id), {"code": line.code.id})
        assert len(listed.context["discrepancies"]) == line.discrepancies


def test_the_report_shows_the_stored_figures_at_each_level(cast: make.Cast, round: Round) -> None:
    stage.conferring(cast, round)
    client = signed_in(cast.observer)
    for level in ("answer", "sentence", "turn", "character", "nonsense"):
        answer = client.get(at("agreement", cast, round.id), {"level": level})
        assert answer.status_code == 200
        assert answer.context["report"].choice.level == (level if level != "nonsense" else "answer")
    for nonsense in ("no-uuid", cast.outsider.id):
        unknown = client.get(at("agreement", cast, round.id), {"group": nonsense})
        assert (unknown.status_code, unknown.context["report"].choice.group) == (200, None)
        assert figures(unknown) == figures(client.get(at("agreement", cast, round.id)))
    lines = {line.code.label: line for line in answer.context["report"].lines}
    assert {label: line.discrepancies for label, line in lines.items()} == {
        "a1": 0,
        "a2": 1,
        "b1": 1,
        "b2": 1,
    }
    assert (lines["a1"].figure.counts.both, lines["b1"].figure.counts.both) == (1, 0)


def figures(answer: object) -> list[tuple[object, ...]]:
    return [
        (line.code.label, line.discrepancies, *line.counts, line.figure.status)
        for line in answer.context["report"].lines
    ]


def test_the_pi_settles_goes_on_and_undoes(cast: make.Cast, round: Round) -> None:
    found = stage.conferring(cast, round)
    client = signed_in(cast.pi)
    missed, following = found["b1"], found["a2"]
    here = at("discrepancy", cast, round.id, missed.id)
    settle = at("discrepancy_settle", cast, round.id, missed.id)
    undecided = client.get(here)
    assert "Ruth Hale" in undecided.text
    assert set(re.findall(r'value="([^"]*)" (?:selected|checked)', undecided.text)) == {""}
    assert client.post(settle, {}).status_code == 422
    no_reason = client.post(settle, {"outcome": "neither"})
    assert (no_reason.status_code, "Say in a sentence why" in no_reason.text) == (422, True)
    answer = client.post(settle, {"outcome": "neither", "reason": "Small talk.", "cause": "definition"})
    assert answer["Location"] == at("discrepancy", cast, round.id, following.id)
    assert "Small talk." in client.get(here).text
    again = client.post(settle, {"outcome": "neither", "reason": "Once more."})
    assert "Amara Osei settled this already" in again.text
    assert client.post(at("discrepancy_undo", cast, round.id, missed.id))["Location"] == here
    assert Resolution.objects.filter(undone_at=None).count() == 0


def test_filters_narrow_the_list(cast: make.Cast, round: Round) -> None:
    found = stage.conferring(cast, round)
    client = signed_in(cast.ruth)

    def kinds(**chosen: object) -> list[str]:
        answer = client.get(at("discrepancies", cast, round.id), chosen)
        return [row.kind for row in answer.context["discrepancies"]]

    assert sorted(kinds()) == ["influence", "missed", "missed"]
    assert kinds(kind="influence") == ["influence"]
    assert kinds(code=str(found["b1"].first_code_id or found["b1"].second_code_id)) == ["missed"]
    assert kinds(code="no-uuid", transcript="'; --") == kinds()
    signed_in(cast.pi).post(
        at("discrepancy_settle", cast, round.id, found["b1"].id), {"outcome": "neither", "reason": "No."}
    )
    assert sorted(kinds(open="1")) == ["influence", "missed"]


def test_closing_leaves_a_consensus_and_a_frozen_page(cast: make.Cast, round: Round) -> None:
    stage.conferring(cast, round)
    client = signed_in(cast.pi)
    assert client.post(at("round_close", cast, round.id)).status_code == 302
    round.refresh_from_db()
    assert round.state == Round.State.CLOSED
    with acting_as(cast.pi.id):
        assert Coding.objects.filter(assignment__kind="consensus").count() == 1
    assert "Amara Osei" in client.get(at("round", cast, round.id)).text
    assert client.get(at("discrepancy", cast, round.id, Discrepancy.objects.first().id)).status_code == 200


def test_one_more_discrepancy_costs_no_more_queries(cast: make.Cast, round: Round) -> None:
    stage.code(round, cast.ruth, "b1", 150, 200)
    stage.submit(round, cast.ruth, cast.jin)
    signed_in(cast.pi).post(at("round_release", cast, round.id))
    stage.compute(round)
    few = queries_of(cast, round)
    row = Discrepancy.objects.get()
    for position in (11, 12):
        row.id, row.position = uuid4(), position
        with as_worker():
            row.save(force_insert=True)
    assert queries_of(cast, round) == few


def queries_of(cast: make.Cast, round: Round) -> list[int]:
    client = signed_in(cast.pi)
    counts = []
    for name in ("round", "agreement", "discrepancies"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(at(name, cast, round.id)).status_code == 200
        counts.append(len(captured))
    return counts
