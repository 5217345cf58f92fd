from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.codebooks.engine.drafts import CodeDraft
from apps.codebooks.engine.labels import next_hue, next_label
from apps.codebooks.models import Code, CodebookVersion
from apps.core.refusal import Refusal, gettext_noop

_WRITTEN = ("name", "definition", "include", "exclude", "example", "aliases", "is_applicable")


class VersionInUse(Refusal):
    template = gettext_noop("Version %(number)s is in use: make a new version.")


class TakesNoNewCodes(Refusal):
    template = gettext_noop("The codebook is closed: new codes wait for the next version.")


class NameIsTaken(Refusal):
    template = gettext_noop("There is already a code called “%(name)s” in this place.")


class NoName(Refusal):
    template = gettext_noop("A code needs a name.")


class TooDeep(Refusal):
    template = gettext_noop("“%(name)s” has no room for more codes under it.")


class InsideItself(Refusal):
    template = gettext_noop("“%(name)s” cannot be put under itself.")


class OfAnotherVersion(Refusal):
    template = gettext_noop("“%(name)s” belongs to another version.")


@transaction.atomic
def add_code(
    *,
    version: CodebookVersion,
    name: str,
    parent: Code | None = None,
    definition: str = "",
    include: str = "",
    exclude: str = "",
    example: str = "",
    aliases: Collection[str] = (),
    is_applicable: bool = True,
    is_outside_framework: bool = False,
    is_made_while_coding: bool = False,
    by: User,
    now: datetime,
) -> Code:
    """A new code at the end of its siblings; its label and hue are minted.

    Made while coding, it may come into a version that is in use, where the codebook takes new codes.
    """
    tree = Tree(version, lock=locked_growing if is_made_while_coding else locked_draft)
    parent = tree.get(parent) if parent else None
    code = Code(
        version=tree.version,
        definition=definition,
        include=include,
        exclude=exclude,
        example=example,
        aliases=list(aliases),
        is_applicable=is_applicable,
    )
    tree.name(code, name, parent)
    tree.place(code, parent, is_outside=is_outside_framework)
    code.save()
    _record("added", code, by=by, now=now)
    return code


@transaction.atomic
def change_code(
    *,
    code: Code,
    name: str,
    definition: str,
    include: str,
    exclude: str,
    example: str,
    aliases: Collection[str],
    is_applicable: bool,
    by: User,
    now: datetime,
) -> Code:
    """New words for a code; the idea, and so its lineage, stays the same."""
    tree = Tree(code.version)
    code = tree.get(code)
    before = _wording(code)
    tree.name(code, name, tree.parent_of(code))
    code.definition, code.include, code.exclude = definition, include, exclude
    code.example, code.aliases, code.is_applicable = example, list(aliases), is_applicable
    changed = [field for field, value in _wording(code).items() if value != before[field]]
    if changed:
        code.save(update_fields=changed)
        _record("changed", code, by=by, now=now, before={field: before[field] for field in changed})
    return code


@transaction.atomic
def move(*, code: Code, parent: Code | None, place: int | None = None, by: User, now: datetime) -> Code:
    """Puts a code, with all under it, at a place (from 0; the end if None) among the children of `parent`.

    Under another parent it gets another label, and the hue of the construct that it comes into.
    """
    tree = Tree(code.version)
    code = tree.get(code)
    parent = tree.get(parent) if parent else None
    if parent and (parent == code or parent in tree.below(code)):
        raise InsideItself(name=code.name)
    before = code.label
    if (parent.id if parent else None) != code.parent_id:
        tree.name(code, code.name, parent)
        tree.place(code, parent)
        for child in tree.below(code):
            tree.place(child, tree.parent_of(child))
    Code.objects.bulk_update(tree.in_order(code, place), ["parent", "position", "label", "hue"])
    _record("moved", code, by=by, now=now, before=before, after=code.label)
    return code


@transaction.atomic
def remove(*, code: Code, by: User, now: datetime) -> None:
    """Takes a code out of a draft, with all under it."""
    tree = Tree(code.version)
    code = tree.get(code)
    names = [each.name for each in tree.below(code)]
    _record("removed", code, by=by, now=now, with_codes_under_it=names)
    code.delete()


@transaction.atomic
def bring_in(
    *, version: CodebookVersion, drafts: Sequence[CodeDraft], by: User, now: datetime
) -> tuple[int, int]:
    """Adds and changes the codes of a list in one go; returns how many are new and how many changed."""
    tree = Tree(version, reserved={draft.label for draft in drafts if draft.label})
    codes: list[Code] = []
    new: list[Code] = []
    changed: list[Code] = []
    for draft in drafts:
        if draft.code_id:
            code = tree.codes[draft.code_id]
            if _write(code, draft):
                changed.append(code)
        else:
            code = Code(version=tree.version, name=draft.name)
            parent = None if draft.parent is None else codes[draft.parent]
            tree.name(code, draft.name, parent)
            tree.place(code, parent, is_outside=draft.is_outside_framework, label=draft.label)
            _write(code, draft)
            new.append(code)
        codes.append(code)
    Code.objects.bulk_create(new)
    Code.objects.bulk_update(changed, _WRITTEN)
    if new or changed:
        record(
            "imported",
            "codebook version",
            by=by,
            now=now,
            study_id=tree.version.codebook.study_id,
            object_id=tree.version.id,
            object_name=str(tree.version),
            created=len(new),
            changed=len(changed),
        )
    return len(new), len(changed)


class Tree:
    """The codes of one version that is locked and can change; what is placed here is not saved here."""

    def __init__(
        self,
        version: CodebookVersion,
        *,
        reserved: Collection[str] = (),
        lock: Callable[[CodebookVersion], CodebookVersion] | None = None,
    ) -> None:
        self._reserved = set(reserved)
        self.version = (lock or locked_draft)(version)
        self.codes = {code.id: code for code in self.version.codes.all()}
        earlier = Code.objects.filter(version__codebook=self.version.codebook_id).exclude(version=version)
        self._earlier_labels = list(earlier.values_list("label", "lineage"))

    def get(self, code: Code) -> Code:
        """The same code as it is in this tree."""
        if code.id not in self.codes:
            raise OfAnotherVersion(name=code.name)
        return self.codes[code.id]

    def parent_of(self, code: Code) -> Code | None:
        return self.codes[code.parent_id] if code.parent_id else None

    def children(self, parent: Code | None) -> list[Code]:
        found = [code for code in self.codes.values() if code.parent_id == (parent.id if parent else None)]
        return sorted(found, key=lambda code: (code.position, code.name))

    def below(self, code: Code) -> list[Code]:
        """All under a code, parents before their children."""
        return [each for child in self.children(code) for each in (child, *self.below(child))]

    def name(self, code: Code, name: str, parent: Code | None) -> None:
        """Names a code as no sibling of the place is named."""
        name = " ".join(name.split())
        if not name:
            raise NoName
        siblings = [each for each in self.children(parent) if each.id != code.id]
        if any(each.name.casefold() == name.casefold() for each in siblings):
            raise NameIsTaken(name=name)
        code.name = name

    def place(self, code: Code, parent: Code | None, *, is_outside: bool = False, label: str = "") -> None:
        """Gives a code its parent, the last place there, a hue and a label: that asked for, if it is free."""
        parent = self.get(parent) if parent else None
        siblings = [each for each in self.children(parent) if each.id != code.id]
        self.codes.pop(code.id, None)
        # A label of an earlier version goes on meaning the code that had it there.
        earlier = {label for label, lineage in self._earlier_labels if lineage != code.lineage}
        taken = earlier | {each.label for each in self.codes.values()}
        minted = next_label(parent.label if parent else "", taken | self._reserved, is_outside=is_outside)
        code.label = label if label and label not in taken else minted
        if not code.label:
            raise TooDeep(name=parent.name if parent else code.name)
        code.parent, code.hue = parent, self._hue(parent, is_outside=is_outside)
        code.position = max((each.position for each in siblings), default=0) + 1
        self.codes[code.id] = code

    def in_order(self, code: Code, place: int | None) -> list[Code]:
        """Numbers the siblings so that the code stands at `place`; returns them and all under the code."""
        siblings = [each for each in self.children(self.parent_of(code)) if each.id != code.id]
        siblings.insert(len(siblings) if place is None else max(place, 0), code)
        for position, each in enumerate(siblings, start=1):
            each.position = position
        return [*siblings, *self.below(code)]

    def _hue(self, parent: Code | None, *, is_outside: bool) -> int:
        if parent:
            return parent.hue
        return 0 if is_outside else next_hue([each.hue for each in self.children(None)])


def locked_draft(version: CodebookVersion) -> CodebookVersion:
    """The version, locked; refused when it is in use."""
    rows = CodebookVersion.objects.select_for_update(of=("self",), no_key=True).select_related("codebook")
    version = rows.get(id=version.id)
    if version.is_frozen:
        raise VersionInUse(number=version.number)
    return version


def locked_growing(version: CodebookVersion) -> CodebookVersion:
    """The version, locked: nobody is given a text to code with it meanwhile. Refused where it is closed."""
    rows = CodebookVersion.objects.select_for_update(of=("self",)).select_related("codebook")
    version = rows.get(id=version.id)
    if not version.codebook.takes_new_codes:
        raise TakesNoNewCodes
    return version


def _write(code: Code, draft: CodeDraft) -> bool:
    """Whether the words of the draft are others than the code had."""
    before = _wording(code)
    code.definition, code.include, code.exclude = draft.definition, draft.include, draft.exclude
    code.example, code.aliases, code.is_applicable = draft.example, list(draft.aliases), draft.is_applicable
    return _wording(code) != before


def _wording(code: Code) -> dict[str, Any]:
    return {field: getattr(code, field) for field in _WRITTEN}


def _record(verb: str, code: Code, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "code",
        by=by,
        now=now,
        study_id=code.version.codebook.study_id,
        object_id=code.id,
        object_name=f"{code.label} {code.name}",
        version=code.version.number,
        **detail,
    )
