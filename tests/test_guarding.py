"""The first layer of the blinding: blinded rows are given out only where somebody has said who asks."""

import ast
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models
from django.http import HttpResponse
from django.test import RequestFactory

from apps.coding.models import Coding, CodingAssignment, Memo
from apps.core.guarding import GuardedManager, NoAccessContextError
from apps.core.identity import acting_as, nobody, unattended
from apps.web.middleware import begin_with_nobody
from config.settings.environment import ROOT
from tests import make
from tests.test_architecture import SOURCES

GUARDED = [model for model in apps.get_models() if isinstance(model._default_manager, GuardedManager)]
# Under row-level policies for another reason than the blinding.
NOT_BLINDED = {
    "contacts_contact": "the vault has a gate of its own",
    "contacts_contactlist": "the vault has a gate of its own",
    "exports_export": "a file is its maker's own; what went into it was asked for in their name",
}
# Where Python asks the database past the managers, and why that shows nothing blinded.
PAST_THE_MANAGERS = {
    "apps/agreement/actions/plans.py": "takes away plans and draws, never codings",
    "apps/agreement/actions/proposals.py": "opens sealed proposals by a function of the owner",
    "apps/agreement/queries/frozen.py": "copies out frozen codings, as the worker's role or not at all",
    "apps/coding/actions/corrections.py": "moves codings by a function of the owner, which shows none",
    "apps/coding/actions/transcripts.py": "blacks out memos by a function of the owner, which shows none",
    "apps/coding/actions/undoing.py": "names its model only when it runs; its default manager is guarded",
    "apps/contacts/actions/details.py": "the vault",
    "apps/contacts/actions/lists.py": "the vault",
    "apps/contacts/queries.py": "the vault",
    "apps/core/bulk.py": "adds and changes rows and reads none; the policies see each that is added",
    "apps/core/compiled.py": "asks what a manager has built, and whether anybody is known; adds rows",
    "apps/core/grants.py": "rights, not rows",
    "apps/core/identity.py": "tells the database who asks",
    "apps/core/row_keys.py": "many keys of rows in one parameter",
    "apps/core/wakes.py": "notifies, and reads no table",
    "apps/exports/actions/passages.py": "takes a lock, and forgets files when nobody is signed in",
    "apps/jobs/actions.py": "locks of runs",
    "apps/participants/actions/characteristics.py": "values of people",
    "apps/participants/actions/undoing.py": "what hangs on people who were imported by mistake",
    "apps/participants/queries/histories.py": "steps of recruitment",
    "apps/transcripts/queries/finding.py": "turns by their places",
}
AROUND = {"_base_manager", "_default_manager", "_raw_delete", "raw", "cursor", "RawSQL", "QuerySet"}


@pytest.mark.django_db
def test_every_blinded_table_has_a_guarded_manager() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity")
        forced = {name for (name,) in cursor.fetchall()}
    assert {model._meta.db_table for model in GUARDED} == forced - set(NOT_BLINDED)


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
def test_nothing_is_given_out_where_nobody_asks(model: type[models.Model]) -> None:
    with nobody(), pytest.raises(NoAccessContextError, match=model.__name__):
        model._default_manager.all()


@pytest.mark.django_db
def test_a_relation_is_no_way_around(cast: make.Cast) -> None:
    assignment = make.assignment(cast.study, cast.ruth)
    with nobody(), pytest.raises(NoAccessContextError):
        assignment.codings.count()
    with nobody(), pytest.raises(NoAccessContextError):
        list(CodingAssignment.objects.prefetch_related("memos"))


@pytest.mark.django_db
def test_a_person_and_a_task_are_known_until_they_are_done(cast: make.Cast) -> None:
    with nobody():
        with acting_as(cast.ruth.id):
            with acting_as(None), pytest.raises(NoAccessContextError):
                Coding.objects.all()
            assert not Coding.objects.exists()
        with unattended("nightly"):
            assert not Memo.objects.exists()
        with pytest.raises(ZeroDivisionError), acting_as(cast.ruth.id):
            raise ZeroDivisionError
        with pytest.raises(NoAccessContextError):
            Coding.objects.all()


def test_a_request_inherits_nobody() -> None:
    """A view that forgot to say who asks fails, even where its thread knew somebody before."""

    def forgetful(_request: object) -> HttpResponse:
        return HttpResponse(str(Coding.objects.count()))

    with unattended("whoever was here before"), pytest.raises(NoAccessContextError):
        begin_with_nobody(forgetful)(RequestFactory().get("/"))


def test_nobody_goes_past_the_managers_unnamed() -> None:
    found = {
        str(path.relative_to(ROOT)) for path in SOURCES if any(_ways_around(ast.parse(path.read_text())))
    }
    assert found == set(PAST_THE_MANAGERS)


def test_guarded_models_are_asked_by_their_managers_alone() -> None:
    """`Model._base_manager` and the like stand nowhere beside the name of a blinded model."""
    names = {model.__name__ for model in GUARDED}
    found = [
        f"{path.relative_to(ROOT)}: {node.value.id}.{node.attr}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in names
        and node.attr in AROUND
    ]
    assert found == []


@pytest.mark.parametrize(
    "written",
    [
        "Coding._base_manager.all()",
        "Memo.objects.raw('SELECT 1')",
        "with connection.cursor() as cursor: pass",
        "models.QuerySet(Coding).count()",
        "Code.objects.annotate(n=RawSQL('SELECT 1', ()))",
        "connection.connection.execute('SELECT 1')",
    ],
)
def test_the_rule_would_see(written: str) -> None:
    assert list(_ways_around(ast.parse(written)))


def test_the_rule_lets_types_pass() -> None:
    written = "class Rows(models.QuerySet['Coding']): pass\ndef rows() -> QuerySet[Coding]: ..."
    assert list(_ways_around(ast.parse(written))) == []


def _ways_around(tree: ast.AST) -> Iterator[str]:
    """Calls of what asks the database, and names of managers that are not ours."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"_base_manager", "_default_manager"}:
            yield node.attr
        if isinstance(node, ast.Call):
            asked = node.func
            name = asked.attr if isinstance(asked, ast.Attribute) else getattr(asked, "id", "")
            if name in AROUND or (name == "execute" and not _is_cursor(asked)):
                yield name


def _is_cursor(asked: ast.expr) -> bool:
    """A cursor was counted where it was opened."""
    return (
        isinstance(asked, ast.Attribute) and isinstance(asked.value, ast.Name) and asked.value.id == "cursor"
    )
