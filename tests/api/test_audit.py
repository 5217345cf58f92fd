from django.test import Client

from apps.studies import actions
from tests import make
from tests.api.test_studies import at


def test_the_trail_is_the_pis_and_can_be_narrowed(client: Client, cast: make.Cast) -> None:
    actions.add_site(cast.study, name="Eastgate", by=cast.pi, now=make.NOW)
    actions.add_group(cast.study, name="Staff", stem="Staff", by=cast.administrator, now=make.NOW)
    client.force_login(cast.pi)
    every = client.get(at("audit", cast)).json()["results"]
    assert [(event["verb"], event["noun"]) for event in every] == [("added", "site"), ("added", "group")]
    by_pi = client.get(at("audit", cast), {"person": str(cast.pi.id)}).json()["results"]
    assert [event["object_name"] for event in by_pi] == ["Eastgate"]
    assert client.get(at("audit", cast), {"since": "soon"}).status_code == 400


def test_nobody_else_reads_it(client: Client, cast: make.Cast) -> None:
    for user in (cast.administrator, cast.ruth, cast.adjudicator, cast.observer, cast.recruiter):
        client.force_login(user)
        assert client.get(at("audit", cast)).status_code == 403
