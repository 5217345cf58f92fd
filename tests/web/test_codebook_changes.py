import pytest
from django.test import Client

from apps.agreement.models import CodebookChange, Decision, Discrepancy, Round
from apps.codebooks.models import CodebookVersion
from tests import make
from tests.agreement import stage
from tests.web.asking import at, is_clean, queries_of

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "<script>alert(1)</script> a2 says nothing of time 🙂"


@pytest.fixture
def round(cast: make.Cast) -> Round:
    return stage.open_round(cast)


@pytest.fixture
def found(cast: make.Cast, round: Round) -> dict[str, Discrepancy]:
    return stage.conferring(cast, round)


@pytest.fixture
def change(client: Client, cast: make.Cast, round: Round, found: dict[str, Discrepancy]) -> CodebookChange:
    client.force_login(cast.pi)
    settle = at("discrepancy_settle", cast, round.id, found["a2"].id)
    client.post(settle, {"outcome": Decision.Outcome.CODEBOOK.value, "reason": HOSTILE})
    return CodebookChange.objects.get()


def test_the_new_version_takes_in_what_is_ticked_and_every_page_says_so(
    client: Client, cast: make.Cast, round: Round, change: CodebookChange
) -> None:
    add = at("codebook_version_add", cast)
    page = client.get(add)
    assert is_clean(page)
    assert f'value="{change.id}">' in page.text
    assert "alert(1)</script>" not in page.text
    client.post(add, {"note": "Time.", "changes": [str(change.id)]})
    version = CodebookVersion.objects.get(number=2)
    for where in (at("codebook", cast), at("codebook_changes", cast), at("round", cast, round.id)):
        page = client.get(where)
        assert is_clean(page)
        assert "a2 says nothing of time 🙂" in page.text
    discrepancy = at("discrepancy", cast, round.id, change.resolution.discrepancy_id)
    assert "made in version 2" in client.get(discrepancy).text
    listed = client.get(at("codebook_changes", cast))
    assert at("codebook_change_put_back", cast, change.id) in listed.text
    assert client.get(at("codebook_version", cast, version.id)).context["changes"][0].id == change.id


def test_a_proposal_that_was_declined_meanwhile_is_not_taken_in(
    client: Client, cast: make.Cast, change: CodebookChange
) -> None:
    assert client.post(at("codebook_change_decline", cast, change.id), {"reason": ""}).status_code == 422
    client.post(at("codebook_change_decline", cast, change.id), {"reason": "The example says it."})
    answer = client.post(at("codebook_version_add", cast), {"changes": [str(change.id)]})
    assert (answer.status_code, CodebookVersion.objects.count()) == (422, 1)
    assert "The example says it." in client.get(at("codebook_changes", cast)).text
    client.post(at("codebook_change_put_back", cast, change.id))
    change.refresh_from_db()
    assert change.is_open


def test_coders_read_the_proposals_and_others_know_nothing_of_them(
    client: Client, cast: make.Cast, change: CodebookChange
) -> None:
    client.force_login(cast.ruth)
    assert "a2 says nothing of time 🙂" in client.get(at("codebook_changes", cast)).text
    assert client.post(at("codebook_change_take_in", cast, change.id)).status_code == 403
    client.force_login(cast.observer)
    assert client.get(at("codebook_changes", cast)).status_code == 403
    assert "discrepanc" not in client.get(at("codebook", cast)).text
    client.force_login(cast.outsider)
    assert client.get(at("codebook_changes", cast)).status_code == 404


def test_the_same_over_the_api(client: Client, cast: make.Cast, change: CodebookChange) -> None:
    base = f"/api/v1/studies/{cast.study.id}/codebook"
    (told,) = client.get(f"{base}/changes/?open=true").json()
    assert (told["state"], told["wording"], told["made_in"]) == ("open", HOSTILE, None)
    ask = {"content_type": "application/json"}
    declined = client.post(f"{base}/changes/{change.id}/decline/", {"reason": "No."}, **ask)
    assert declined.json()["declined_reason"] == "No."
    client.post(f"{base}/changes/{change.id}/put-back/", {}, **ask)
    made = client.post(f"{base}/versions/", {"note": "", "changes": [str(change.id)]}, **ask)
    assert made.status_code == 201
    (told,) = client.get(f"{base}/versions/{made.json()['id']}/changes/").json()
    assert (told["state"], told["version_number"]) == ("made", 2)
    again = client.post(f"{base}/changes/{change.id}/take-in/", {"version": made.json()["id"]}, **ask)
    assert (again.status_code, "waits no more" in again.json()["detail"]) == (422, True)


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(
    client: Client, cast: make.Cast, round: Round, found: dict[str, Discrepancy], change: CodebookChange
) -> None:
    one = queries_of(client, at("codebook_changes", cast))
    for label in ("b1", "b2"):
        settle = at("discrepancy_settle", cast, round.id, found[label].id)
        client.post(settle, {"outcome": "codebook", "reason": "Unclear."})
    assert queries_of(client, at("codebook_changes", cast)) == one
