"""Codebooks as pages, pickers and presets need them."""

import json
from collections import defaultdict
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from apps.codebooks.engine.drafts import CodeDraft
from apps.codebooks.models import Code, CodebookVersion
from apps.core.compiled import Compiled
from apps.studies.models import Study

_PRESETS = Path(__file__).parent / "presets"
_WRITTEN = ("name", "definition", "include", "exclude", "example", "aliases", "is_applicable")

_DEFINING = ("name", "definition", "include", "exclude", "is_applicable")


@dataclass(frozen=True)
class Node:
    """A code with those under it; `depth` is 0 for a construct."""

    id: UUID
    lineage: UUID
    parent_id: UUID | None
    label: str
    name: str
    hue: int
    depth: int
    is_applicable: bool
    definition: str
    include: str
    exclude: str
    example: str
    aliases: tuple[str, ...]
    children: tuple["Node", ...]

    @property
    def is_outside_framework(self) -> bool:
        return self.hue == 0


_OF_CODE = tuple(each.name for each in fields(Node) if each.name not in ("depth", "children"))


def code_of(*, version: UUID, code: UUID) -> Code | None:
    """A code, if it is in this version of the codebook."""
    return _code.first(version=version, code=code)


names_to_apply = Compiled(
    lambda version: (
        Code.objects.filter(version=version, is_applicable=True)
        .order_by("label")
        .values_list("id", "label", "name")
    ),
    version=UUID,
)
_of_version = Compiled(
    lambda version: Code.objects.filter(version=version).values_list(*_OF_CODE), version=UUID
)
_code = Compiled(
    lambda version, code: Code.objects.filter(version=version, id=code).order_by(), version=UUID, code=UUID
)


@dataclass(frozen=True)
class Preset:
    """A framework that Concord brings along."""

    key: str
    name: str
    comment: str
    sources: tuple[dict[str, str], ...]
    codes: tuple[CodeDraft, ...]


@dataclass(frozen=True)
class Changes:
    """What is different from the version before, by name."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def tree(version: CodebookVersion) -> list[Node]:
    """The codes of a version as a nested list in reading order; one query."""
    below: dict[UUID | None, list[dict[str, Any]]] = defaultdict(list)
    for row in _of_version(version=version.id):
        code = dict(zip(_OF_CODE, row, strict=True))
        below[code["parent_id"]].append(code)
    return [_node(code, below, depth=0) for code in below[None]]


def flat(nodes: list[Node] | tuple[Node, ...]) -> list[Node]:
    """Every node in reading order, parents before their children."""
    return [each for node in nodes for each in (node, *flat(node.children))]


def current_version(study: Study) -> CodebookVersion | None:
    """The newest version of the study's codebook, in use or still a draft."""
    versions = CodebookVersion.objects.filter(codebook__study=study).select_related("codebook", "frozen_by")
    return versions.order_by("-codebook__created_at", "-number").first()


def changes(version: CodebookVersion) -> Changes:
    """What a version changed; the first one changed nothing."""
    before = _by_lineage(version.codebook_id, version.number - 1)
    if not before:
        return Changes()
    after = _by_lineage(version.codebook_id, version.number)
    both = [(before[lineage], code) for lineage, code in after.items() if lineage in before]
    return Changes(
        added=tuple(code.name for lineage, code in after.items() if lineage not in before),
        changed=tuple(new.name for old, new in both if _wording(old) != _wording(new)),
        moved=tuple(new.name for old, new in both if _place(old) != _place(new)),
        removed=tuple(code.name for lineage, code in before.items() if lineage not in after),
    )


@dataclass(frozen=True)
class Redefined:
    """A code whose meaning another version changed; `after` is None where that version has it no more."""

    before: Code
    after: Code | None

    @property
    def is_retired(self) -> bool:
        """Nothing can be coded with it any more."""
        return self.after is None or not self.after.is_applicable


def version_in_use(study: Study) -> CodebookVersion | None:
    """The newest version that is not a draft."""
    versions = CodebookVersion.objects.filter(codebook__study=study, frozen_at__isnull=False)
    return versions.select_related("codebook").order_by("-codebook__created_at", "-number").first()


def redefined(before: CodebookVersion, after: CodebookVersion) -> dict[UUID, Redefined]:
    """What became other between two versions, by lineage: words that define, the place, or gone altogether.

    An example or another name that one can search for changes no meaning.
    """
    old = _by_lineage(before.codebook_id, before.number)
    new = _by_lineage(after.codebook_id, after.number)
    return {
        lineage: Redefined(code, new.get(lineage))
        for lineage, code in old.items()
        if lineage not in new or _meaning(code) != _meaning(new[lineage])
    }


def presets() -> list[Preset]:
    """The frameworks to start from."""
    return [preset(path.stem) for path in sorted(_PRESETS.glob("*.json"))]


@cache
def preset(key: str) -> Preset:
    """One framework by its key; KeyError where there is none."""
    if key not in {path.stem for path in _PRESETS.glob("*.json")}:
        raise KeyError(key)
    content = json.loads((_PRESETS / f"{key}.json").read_text(encoding="utf-8"))
    places = {code["key"]: place for place, code in enumerate(content["codes"])}
    return Preset(
        key=content["key"],
        name=content["name"],
        comment=content["comment"],
        sources=tuple(content["sources"]),
        codes=tuple(_draft(code, places) for code in content["codes"]),
    )


def _node(code: dict[str, Any], below: dict[UUID | None, list[dict[str, Any]]], *, depth: int) -> Node:
    children = tuple(_node(child, below, depth=depth + 1) for child in below[code["id"]])
    return Node(**{**code, "aliases": tuple(code["aliases"])}, depth=depth, children=children)


def _by_lineage(codebook_id: UUID, number: int) -> dict[UUID, Code]:
    codes = Code.objects.filter(version__codebook=codebook_id, version__number=number)
    return {code.lineage: code for code in codes.select_related("parent")}


def _wording(code: Code) -> list[Any]:
    return [getattr(code, field) for field in _WRITTEN]


def _meaning(code: Code) -> list[Any]:
    return [*(getattr(code, field) for field in _DEFINING), _place(code)]


def _place(code: Code) -> UUID | None:
    return code.parent.lineage if code.parent else None


def _draft(code: dict[str, Any], places: dict[str, int]) -> CodeDraft:
    return CodeDraft(
        name=code["name"],
        parent=None if code["parent"] is None else places[code["parent"]],
        definition=code["definition"],
        include=code["include"],
        exclude=code["exclude"],
        example=code["example"],
        aliases=tuple(code["aliases"]),
        is_outside_framework=code["label"].startswith("x"),
    )
