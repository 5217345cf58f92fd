"""What import-linter cannot see: string foreign keys, privacy classes, task names, engines without Django."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import models

from apps.core.records import Privacy
from config.settings.environment import ROOT

ROOMS = [
    ("web", "api", "demo"),
    ("exports",),
    ("analysis",),
    ("agreement",),
    ("coding",),
    ("codebooks", "transcripts", "contacts"),
    ("participants",),
    ("jobs", "notices"),
    ("studies",),
    ("accounts",),
    ("audit",),
    ("core",),
]
HEIGHT = {room: -floor for floor, rooms in enumerate(ROOMS) for room in rooms}
OURS = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
SOURCES = [path for path in (ROOT / "apps").rglob("*.py") if "migrations" not in path.parts]


def test_the_linter_and_this_test_know_the_same_rooms() -> None:
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert [tuple(layer.split(" | ")) for layer in contracts[0]["layers"]] == ROOMS


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_foreign_key_never_points_up(model: type[models.Model]) -> None:
    room = model._meta.app_label
    upward = [
        field.name
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and HEIGHT.get(field.related_model._meta.app_label, -99) > HEIGHT[room]
    ]
    assert upward == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_field_has_a_privacy_class(model: type[models.Model]) -> None:
    if hasattr(model, "pgh_tracked_model"):
        model = model.pgh_tracked_model
    fields = {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}
    if model._meta.auto_created:
        return
    assert set(model.privacy) == fields
    assert set(model.privacy.values()) <= set(Privacy)


def test_every_task_that_is_sent_or_scheduled_exists() -> None:
    current_app.loader.import_default_modules()
    sent = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "task" and isinstance(node.value, ast.Constant):
                sent.add(node.value.value)
    assert sent - set(current_app.tasks) == set()
    assert "agreement.compute" in sent


def test_engines_run_without_django() -> None:
    engines = sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "apps").glob("*/engine/**/*.py")
        if path.stem not in {"__init__", "__main__"}
    )
    assert engines
    program = (
        "import importlib, json, sys\n"
        f"for name in {engines!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {"django", "celery", "rest_framework"} & set(json.loads(output)) == set()


def test_no_catch_all_files() -> None:
    forbidden = {"utils", "helpers", "services", "selectors", "misc", "common"}
    assert [path for path in SOURCES if path.stem in forbidden] == []


def test_files_are_short_enough_to_be_read() -> None:
    long = {str(path.relative_to(ROOT)): lines for path in SOURCES if (lines := _lines(path)) > 420}
    assert long == {}


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_nothing_is_written_without_history() -> None:
    assert [path for path in SOURCES if "pgtrigger.ignore" in path.read_text()] == []


def test_only_actions_write() -> None:
    """Views, queries and tasks call actions; they never save, create or delete themselves."""
    writing = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete", "save"}
    by_stem = {"queries", "tasks"}
    outside = [path for path in SOURCES if path.parent.name in {"views", "v1"} or path.stem in by_stem]
    found = []
    for path in outside:
        tree = ast.parse(path.read_text())
        verbs = _names_of_actions(tree)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            is_action = isinstance(node.func.value, ast.Name) and node.func.value.id in verbs
            if node.func.attr in writing and not is_action:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.func.attr}")
    assert found == []


def _names_of_actions(tree: ast.AST) -> set[str]:
    """What a file calls the `actions` modules that it imports."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "actions"
    }


BLINDED = {"Coding", "Memo", "Gesture", "Reading", "PinnedCode"}


def test_whatever_delivers_codings_asks_who_may_see_them() -> None:
    """Pages, endpoints, exports and analysis ask `visible_to`, or within one assignment, which is checked."""
    rooms = [ROOT / "apps" / room for room in ("web", "api", "exports", "analysis")]
    found = []
    for path in (path for room in rooms for path in room.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for chain in _chains(tree):
            if not chain & {"visible_to", "assignment", "assignment__coder"}:
                found.append(f"{path.relative_to(ROOT)}: {sorted(chain)}")
    assert found == []


def test_the_rule_would_see_a_way_around_it() -> None:
    around = "Coding.objects.filter(code=code).count(); Memo.objects.visible_to(user).count()"
    assert list(_chains(ast.parse(around))) == [{"count", "filter", "code"}, {"count", "visible_to"}]


def _chains(tree: ast.AST) -> Iterator[set[str]]:
    """For each question to a blinded model the methods that are called and the names that are asked by."""
    inner = {id(node.func.value) for node in ast.walk(tree) if _is_method(node)}
    for node in ast.walk(tree):
        if id(node) in inner or not _is_method(node):
            continue
        said: set[str] = set()
        while _is_method(node):
            said |= {node.func.attr, *(word.arg for word in node.keywords if word.arg)}
            node = node.func.value
        is_blinded = isinstance(node, ast.Attribute) and node.attr == "objects"
        if is_blinded and isinstance(node.value, ast.Name) and node.value.id in BLINDED:
            yield said


def _is_method(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
