from django.test import Client

from apps.audit.actions import record
from apps.studies import actions
from tests import make
from tests.web.asking import at, queries_of


def test_the_trail_says_who_did_what(client: Client, cast: make.Cast) -> None:
    actions.add_group(cast.study, name="Staff", stem="Staff", target=14, by=cast.administrator, now=make.NOW)
    client.force_login(cast.pi)
    [(event, more)] = client.get(at("audit", cast)).context["lines"]
    assert (event.actor_name, event.verb, event.noun, event.object_name) == (
        "Leila Haddad",
        "added",
        "group",
        "Staff",
    )
    assert more == [("stem", "Staff"), ("target", "14")]


def test_particulars_are_words(client: Client, cast: make.Cast) -> None:
    detail = {"roles": ["coder", "observer"], "changes": {"question": {"from": "", "to": "Who?"}}}
    record("changed", "study", by=cast.pi, now=make.NOW, study_id=cast.study.id, **detail)
    client.force_login(cast.pi)
    [(_, more)] = client.get(at("audit", cast)).context["lines"]
    assert more == [("roles", "coder, observer"), ("changes", "question – → Who?")]


def test_filters_stand_in_the_address(client: Client, cast: make.Cast) -> None:
    actions.add_site(cast.study, name="Eastgate", by=cast.pi, now=make.NOW)
    actions.add_site(cast.study, name="Westhaven", by=cast.administrator, now=make.NOW)
    client.force_login(cast.pi)
    page = client.get(at("audit", cast), {"person": str(cast.pi.id), "verb": "added"})
    assert [event.object_name for event, _ in page.context["lines"]] == ["Eastgate"]
    nothing = client.get(at("audit", cast), {"until": "2020-01-01"})
    assert "Nothing was done that fits." in nothing.content.decode()
    assert client.get(at("audit", cast), {"since": "not a day"}).context["form"].errors != {}


def test_the_trail_of_another_study_is_elsewhere(client: Client, cast: make.Cast) -> None:
    actions.add_site(cast.study, name="Eastgate", by=cast.pi, now=make.NOW)
    client.force_login(cast.outsider)
    assert client.get(at("audit", cast)).status_code == 404


def test_a_long_trail_comes_in_pages_of_a_constant_number_of_queries(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    actions.add_site(cast.study, name="Site 0", by=cast.pi, now=make.NOW)
    few = queries_of(client, at("audit", cast))
    for number in range(1, 60):
        actions.add_site(cast.study, name=f"Site {number}", by=cast.pi, now=make.NOW)
    assert queries_of(client, at("audit", cast)) == few
    assert len(client.get(at("audit", cast)).context["lines"]) == 50
    assert len(client.get(at("audit", cast), {"page": 2}).context["lines"]) == 10
