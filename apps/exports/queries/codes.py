"""What writing a list of codes would do, row by row; nothing is stored here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from apps.codebooks.engine.drafts import CodeDraft
from apps.codebooks.models import Code
from apps.codebooks.queries import current_version
from apps.core.refusal import gettext_noop
from apps.core.tables import Table
from apps.exports.engine.codes import SaidCode, in_order, read_codes
from apps.exports.engine.columns import Columns
from apps.exports.engine.problems import Problem
from apps.exports.models import Import

NEW, UNCHANGED, CHANGED, REFUSED = "new", "unchanged", "changed", "refused"
T = TypeVar("T")
_TEXTS = ("definition", "include", "exclude", "example")


@dataclass(frozen=True)
class PlannedCode:
    """What would happen to one row."""

    number: int
    name: str
    parent: str
    status: str
    changes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class CodesPlan:
    """The dry run: every row, and the drafts that would be written."""

    rows: tuple[PlannedCode, ...]
    drafts: tuple[CodeDraft, ...]

    def count(self, status: str) -> int:
        return sum(row.status == status for row in self.rows)

    @property
    def problems(self) -> list[Problem]:
        return [problem for row in self.rows for problem in row.problems]

    @property
    def can_be_written(self) -> bool:
        return not self.problems and any(row.status in (NEW, CHANGED) for row in self.rows)


def codes_plan(started: Import) -> CodesPlan:
    """Compares the list with the draft of the codebook, if there is one; a constant number of queries."""
    table, columns = Table.from_json(started.table), Columns.from_json(started.mapping)
    version = current_version(started.study)
    codes = list(version.codes.all()) if version and not version.is_frozen else []
    return _Comparison(codes, columns).plan(read_codes(table.rows, columns.columns))


# A code of the codebook by its key, or a new one by its row; None stands above the constructs.
Identity = UUID | int | None


class _Comparison:
    """Finds for each row its parent, in the list or in the codebook, and the code that it speaks of."""

    def __init__(self, codes: list[Code], columns: Columns) -> None:
        self._columns = columns
        self._codes = {code.id: code for code in codes}
        self._children = {(code.parent_id, _key(code.name)): code for code in codes}
        self._stored_called = _called((code, (code.name, code.label)) for code in codes)
        self._identity_of_row: dict[int, Identity] = {}
        self._seen: dict[tuple[Identity, str], int] = {}
        self._drafts: list[CodeDraft] = []
        self._places: dict[Identity, int] = {}

    def plan(self, said: list[SaidCode]) -> CodesPlan:
        rows_called = _called((code, (code.word("name"), code.word("label"))) for code in said)
        parents = {code.number: self._parent(code, rows_called) for code in said}
        ordered = in_order(said)
        for code in ordered:
            self._identify(code, parents[code.number])
        planned = [self._planned(code, parents[code.number]) for code in ordered]
        by_row = {row.number: row for row in planned}
        return CodesPlan(
            tuple(by_row.get(code.number) or _refused(code) for code in said), tuple(self._drafts)
        )

    def _parent(self, code: SaidCode, rows_called: dict[str, list[SaidCode]]) -> Code | None:
        """The stored code that a row stands under; a parent in the list is noted in the row itself."""
        word = code.word("parent")
        if not word:
            return None
        rows = [each for each in rows_called[_key(word)] if each is not code]
        stored = self._stored_called[_key(word)]
        if len(rows) == 1:
            code.parent_row = rows[0].number
        elif not rows and len(stored) == 1:
            return stored[0]
        elif rows or stored:
            sentence = gettext_noop(
                "Several codes are called “%(text)s”: give them labels and write one here."
            )
            self._complain(code, "parent", sentence, text=word)
        else:
            self._complain(code, "parent", gettext_noop("There is no code “%(text)s”."), text=word)
        return None

    def _identify(self, said: SaidCode, parent: Code | None) -> None:
        """Says which code a row speaks of; two rows cannot speak of the same."""
        place = (self._above(said, parent), _key(said.word("name")))
        stored = self._children.get(place)  # type: ignore[arg-type]  # a row's number is never found there
        self._identity_of_row[said.number] = stored.id if stored else said.number
        if place in self._seen and said.word("name"):
            sentence = gettext_noop("The code “%(text)s” is in row %(row)s already.")
            self._complain(said, "name", sentence, text=said.word("name"), row=self._seen[place])
        self._seen.setdefault(place, said.number)

    def _planned(self, said: SaidCode, parent: Code | None) -> PlannedCode:
        if said.problems:
            return _refused(said)
        identity = self._identity_of_row[said.number]
        stored = self._codes[identity] if isinstance(identity, UUID) else None
        draft = _draft(said, stored, self._place(self._above(said, parent)))
        self._places[identity] = len(self._drafts)
        self._drafts.append(draft)
        changes = tuple(self._changes(draft, stored)) if stored else ()
        status = NEW if stored is None else CHANGED if changes else UNCHANGED
        return PlannedCode(said.number, draft.name, said.word("parent"), status, changes)

    def _above(self, said: SaidCode, parent: Code | None) -> Identity:
        if said.parent_row is not None:
            return self._identity_of_row.get(said.parent_row)
        return parent.id if parent else None

    def _place(self, identity: Identity) -> int | None:
        """Where a parent is among the drafts; a stored one is put there as it is."""
        if identity not in self._places and isinstance(identity, UUID):
            self._places[identity] = len(self._drafts)
            self._drafts.append(_as_it_is(self._codes[identity]))
        return self._places.get(identity)

    def _changes(self, draft: CodeDraft, stored: Code) -> list[str]:
        fields = [name for name in _TEXTS if getattr(draft, name) != getattr(stored, name)]
        if list(draft.aliases) != stored.aliases:
            fields.append("aliases")
        return [self._columns.header(name) for name in fields]

    def _complain(self, said: SaidCode, to: str, template: str, **facts: str | int) -> None:
        said.problems.append(Problem(said.number, self._columns.header(to), template, facts))


def _called(named: Iterable[tuple[T, tuple[str, str]]]) -> dict[str, list[T]]:
    """Things by their name and by their label."""
    found: dict[str, list[T]] = defaultdict(list)
    for thing, words in named:
        for word in {_key(word) for word in words} - {""}:
            found[word].append(thing)
    return found


def _draft(said: SaidCode, stored: Code | None, parent: int | None) -> CodeDraft:
    """What a row makes of a code; an empty cell leaves what is stored."""
    draft = _as_it_is(stored) if stored else CodeDraft(name=said.word("name"), parent=parent)
    texts: dict[str, Any] = {name: said.word(name) or getattr(draft, name) for name in _TEXTS}
    return replace(
        draft,
        **texts,
        aliases=said.aliases or draft.aliases,
        label=said.word("label"),
        is_outside_framework=said.is_outside_framework,
    )


def _as_it_is(code: Code) -> CodeDraft:
    texts = {name: getattr(code, name) for name in _TEXTS}
    return CodeDraft(
        name=code.name,
        **texts,
        aliases=tuple(code.aliases),
        is_applicable=code.is_applicable,
        code_id=code.id,
    )


def _refused(said: SaidCode) -> PlannedCode:
    return PlannedCode(
        said.number, said.word("name"), said.word("parent"), REFUSED, problems=tuple(said.problems)
    )


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()
