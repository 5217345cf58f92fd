"""Each layer of the blinding is switched off in turn, and the others still hold; with none, it would show.

The row-level policies let the owner of the tables see everything: asking as the owner switches them off.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from apps.agreement import actions
from apps.coding.models import Coding, CodingAssignment, CodingAssignmentQuerySet, Memo
from apps.core import identity
from apps.core.guarding import NoAccessContextError
from apps.core.identity import acting_as
from tests import make
from tests.conftest import as_owner
from tests.web.test_access import ALL
from tests.web.test_non_interference import CANARY, PartlyReleased, Stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Where codings are shown, counted, searched or exported.
TELLING = [
    address
    for address in ALL
    if "get" in address.methods and {"assignment_id", "coding_id", "round_id"} & address.names
]


@contextmanager
def python_lets_all_through(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(CodingAssignmentQuerySet, "open_to", lambda rows, _user: rows.all())
        yield


def differing(stage: Stage, client: Client) -> list[str]:
    """The addresses whose answers change, or show the canary, when Jin goes on coding."""
    before = stage.answers(client, TELLING)
    stage.jin_goes_on()
    after = stage.answers(client, TELLING)
    return [path for path in before if before[path] != after[path] or CANARY in str(after[path])]


@pytest.fixture(params=[Stage, PartlyReleased])
def stage(request: pytest.FixtureRequest, cast: make.Cast) -> Stage:
    made: Stage = request.param(cast)
    return made


@pytest.fixture
def ruth(stage: Stage) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(stage.cast.ruth)
    client.get("/")
    return client


def test_without_the_rule_in_python_the_policies_hold(
    stage: Stage, ruth: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with python_lets_all_through(monkeypatch):
        assert differing(stage, ruth) == []


def test_without_the_guard_of_the_managers_the_others_hold(
    stage: Stage, ruth: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "is_known", lambda: True)
    assert differing(stage, ruth) == []


def test_without_rule_and_policies_the_managers_refuse_whoever_names_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.jin_goes_on()
    with as_owner(), python_lets_all_through(monkeypatch), identity.nobody():
        for ask in (Coding.objects.visible_to, Memo.objects.visible_to):
            with pytest.raises(NoAccessContextError):
                ask(stage.cast.ruth)
        monkeypatch.setattr(identity, "is_known", lambda: True)
        assert Coding.objects.filter(assignment=stage.jin).exists()


def test_without_the_policies_the_rule_in_python_holds(stage: Stage, ruth: Client) -> None:
    with as_owner():
        assert differing(stage, ruth) == []


def test_without_both_it_would_show(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.jin_goes_on()
    ruth = stage.cast.ruth
    with as_owner(), python_lets_all_through(monkeypatch), acting_as(ruth.id):
        seen = Coding.objects.visible_to(ruth).filter(assignment=stage.jin)
        assert seen.exists()
        assert Memo.objects.visible_to(ruth).filter(text=CANARY).exists()


def test_the_state_machine_holds_where_an_action_would_not(stage: Stage) -> None:
    """A submitted coding is not written, and nothing is opened early, though no action stood in the way."""
    jin, ruth = stage.cast.jin, stage.cast.ruth
    with acting_as(jin.id):
        actions.submit(assignment=stage.jin, by=jin, now=make.NOW)
        assert Coding.objects.filter(assignment=stage.jin).update(start=0) == 0
    rows = CodingAssignment.objects.filter(id=stage.jin.id)
    for person in (ruth, stage.cast.pi, jin):
        with acting_as(person.id), pytest.raises(DatabaseError), transaction.atomic():
            rows.update(released_at=make.NOW)
