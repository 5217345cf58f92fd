"""The diagonal of a report leads to the passages on which both coders agreed."""

import pytest

from apps.agreement.models import Round
from tests import make
from tests.agreement import stage
from tests.web.asking import at, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def round(cast: make.Cast) -> Round:
    """Ruth and Jin agree on a1; b1 is Ruth's alone."""
    round = stage.open_round(cast)
    stage.conferring(cast, round)
    return round


def asked(cast: make.Cast, round: Round, label: str) -> dict[str, object]:
    code = round.codebook_version.codes.get(label=label)
    return {"code": code.id, "first": cast.ruth.id, "second": cast.jin.id}


def test_the_passages_to_which_both_gave_a_code(cast: make.Cast, round: Round) -> None:
    here, jin = at("agreed", cast, round.id), signed_in(cast.jin)
    found = jin.get(here, asked(cast, round, "a1"))
    assert [each.coding.assignment.coder for each in found.context["passages"]] == [cast.ruth]
    assert "a1 Subconstruct a1, by both" in found.text
    assert jin.get(here, asked(cast, round, "b1")).context["passages"] == []
    assert jin.get(here).status_code == 404


def test_the_map_of_the_report_leads_there_whoever_may_read_codings(cast: make.Cast, round: Round) -> None:
    more, code = at("agreement_more", cast, round.id), asked(cast, round, "a1")["code"]
    page = signed_in(cast.ruth).get(more).text
    assert at("agreed", cast, round.id) in page
    assert f"&amp;code={code}&quot;" not in page
    assert f'&amp;code={code}">' in page
    observer = signed_in(cast.observer)
    assert at("agreed", cast, round.id) not in observer.get(more).text
    assert observer.get(at("agreed", cast, round.id), asked(cast, round, "a1")).status_code == 403
