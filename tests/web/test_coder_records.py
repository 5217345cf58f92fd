import pytest
from django.test import Client

from apps.agreement import actions, queries
from apps.agreement.models import Decision, Discrepancy, Round
from apps.core.identity import acting_as
from tests import make
from tests.agreement import stage
from tests.web.asking import at, is_clean

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.NOW


@pytest.fixture
def round(cast: make.Cast) -> Round:
    return stage.open_round(cast)


@pytest.fixture
def found(cast: make.Cast, round: Round) -> dict[str, Discrepancy]:
    """b1 is Ruth's alone and stands; a2 is Jin's alone and falls; of b2 Jin's influence stands."""
    found = stage.conferring(cast, round)
    ruth, jin = stage.side_of(found["b1"], cast.ruth), stage.side_of(found["b2"], cast.jin)
    decide(cast, found["b1"], outcome=ruth, cause=Decision.Cause.SLIP)
    decide(cast, found["a2"], outcome=Decision.Outcome.NEITHER, reason="Small <b>talk</b>.")
    decide(cast, found["b2"], outcome=jin, cause=Decision.Cause.DEFINITION)
    return found


def decide(cast: make.Cast, discrepancy: Discrepancy, **wish: object) -> None:
    actions.settle(discrepancy=discrepancy, **wish, by=cast.adjudicator, now=NOW)  # type: ignore[arg-type]


def record(cast: make.Cast, coder: str, reader: str) -> queries.CoderRecord:
    people = cast.members
    with acting_as(people[reader].id):
        return queries.coder_record(study=cast.study, coder=people[coder], reader=people[reader])


def test_what_stands_exactly_as_coded_is_upheld_and_the_rest_is_listed_with_its_reason(
    cast: make.Cast, found: dict[str, Discrepancy]
) -> None:
    ruth, jin = record(cast, "ruth", "ruth"), record(cast, "jin", "pi")
    counted = [(each.upheld, each.in_part, each.against, each.open) for each in (*ruth.rounds, *jin.rounds)]
    assert counted == [(2, 0, 1, 0), (1, 0, 2, 0)]
    assert (ruth.causes, jin.causes) == ([("Definition unclear", 1)], [("Slip", 1), ("not said", 1)])
    with acting_as(cast.jin.id):
        told = queries.decisions_against(ids=jin.against, coder=cast.jin, reader=cast.jin)
    shown = [([code.label for code in each.mine], [code.label for code in each.standing]) for each in told]
    assert shown == [([], ["b1"]), (["a2"], [])]
    assert told[1].reason == "Small <b>talk</b>."


def test_the_only_partner_has_the_figures_of_the_round(
    cast: make.Cast, round: Round, found: dict[str, Discrepancy]
) -> None:
    (line,) = record(cast, "ruth", "ruth").rounds
    (partner,) = line.partners
    (whole,) = queries.over_rounds(study=cast.study, level="answer")
    assert (partner.name, partner.transcripts, partner.discrepancies) == ("Jin Park", 1, 3)
    assert whole.alpha is not None
    assert (partner.alpha and partner.alpha.value) == whole.alpha.value


def test_it_is_for_the_coder_and_the_pi_and_nobody_else(
    client: Client, cast: make.Cast, found: dict[str, Discrepancy]
) -> None:
    answers = {}
    for name, person in {**cast.members, "outsider": cast.outsider}.items():
        client.force_login(person)
        answers[name] = [
            client.get(at("coder_record", cast, cast.jin.id)).status_code,
            client.get(f"/api/v1/studies/{cast.study.id}/rounds/coders/{cast.jin.id}/").status_code,
        ]
    assert answers == {
        "pi": [200, 200],
        "jin": [200, 200],
        "ruth": [403, 403],
        "adjudicator": [403, 403],
        "administrator": [403, 403],
        "recruiter": [403, 403],
        "observer": [403, 403],
        "outsider": [404, 404],
    }
    client.force_login(cast.pi)
    assert client.get(at("coder_record", cast, cast.outsider.id)).status_code == 404


def test_the_page_shows_passage_decision_and_reason_and_the_list_of_rounds_leads_to_it(
    client: Client, cast: make.Cast, found: dict[str, Discrepancy]
) -> None:
    client.force_login(cast.jin)
    assert at("coder_record", cast, cast.jin.id) in client.get(at("rounds", cast)).text
    assert at("coder_record", cast, cast.ruth.id) not in client.get(at("rounds", cast)).text
    page = client.get(at("coder_record", cast, cast.jin.id))
    assert is_clean(page)
    assert "Small &lt;b&gt;talk&lt;/b&gt;." in page.text
    told = client.get(f"/api/v1/studies/{cast.study.id}/rounds/coders/{cast.jin.id}/").json()
    assert [each["result"] for each in told["decisions"]] == ["against", "against"]


def test_before_the_release_there_is_no_record(client: Client, cast: make.Cast, round: Round) -> None:
    stage.code(round, cast.ruth, "a1", 41, 80)
    stage.submit(round, cast.ruth)
    assert record(cast, "ruth", "ruth").rounds == []
    client.force_login(cast.ruth)
    assert "released yet" in client.get(at("coder_record", cast, cast.ruth.id)).text


def test_unnamed_sides_stay_unnamed_until_the_close(cast: make.Cast) -> None:
    round = stage.open_round(cast, has_unnamed_sides=True)
    stage.conferring(cast, round)
    assert record(cast, "ruth", "pi").rounds == []
    assert len(record(cast, "ruth", "ruth").rounds) == 1
    with acting_as(cast.pi.id):
        actions.close(round=round, by=cast.pi, now=NOW)
    assert len(record(cast, "ruth", "pi").rounds) == 1
