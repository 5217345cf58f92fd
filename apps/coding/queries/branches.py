"""The codes that can be applied, as a tree of constructs, codes and codes below these."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from apps.codebooks.models import Code
from apps.codebooks.queries import Node

BETWEEN = " › "


class Branch(NamedTuple):
    """A code, or a level that only holds codes, with those below it; a path names all that lies above."""

    code: Node
    path: str
    path_below: str
    below: tuple["Branch", ...]


@dataclass(frozen=True)
class CodeGroup:
    """A construct with its codes that can be applied; without a name for codes that stand alone."""

    name: str
    hue: int
    branches: tuple[Branch, ...]

    @property
    def applicable(self) -> list[Branch]:
        """Its codes in reading order."""
        return [each for each in _flat(self.branches) if each.code.is_applicable]


def groups_of(tree: Iterable[Node]) -> tuple[CodeGroup, ...]:
    """The codes that can be applied, construct by construct; those that stand alone come last, together."""
    groups: list[CodeGroup] = []
    alone: list[Branch] = []
    for top in tree:
        own = [Branch(top, path="", path_below="", below=())] if top.is_applicable else []
        below = _branches(top.children, top.name)
        if not top.children:
            alone += own
        elif own or below:
            groups.append(CodeGroup(top.name, top.hue, (*own, *below)))
    return (*groups, CodeGroup("", 0, tuple(alone))) if alone else tuple(groups)


def path_to(code: Code) -> str:
    """The names of all that a code lies under, the construct first."""
    above = code.parent
    return _joined(path_to(above), above.name) if above else ""


def _branches(nodes: Iterable[Node], path: str) -> tuple[Branch, ...]:
    found = (_branch(node, path) for node in nodes)
    return tuple(each for each in found if each.below or each.code.is_applicable)


def _branch(node: Node, path: str) -> Branch:
    path_below = _joined(path, node.name)
    return Branch(node, path, path_below, _branches(node.children, path_below))


def _flat(branches: Iterable[Branch]) -> Iterator[Branch]:
    for branch in branches:
        yield branch
        yield from _flat(branch.below)


def _joined(path: str, name: str) -> str:
    return f"{path}{BETWEEN}{name}" if path else name
