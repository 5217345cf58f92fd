from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.codebooks import queries
from apps.codebooks.actions.codes import bring_in, locked_draft
from apps.codebooks.engine.drafts import CodeDraft
from apps.codebooks.models import Code, Codebook, CodebookVersion
from apps.core.refusal import Refusal, gettext_noop
from apps.studies.models import Study


class HasACodebook(Refusal):
    template = gettext_noop("This study has the codebook “%(name)s” already.")


class NoSuchPreset(Refusal):
    template = gettext_noop("There is no framework “%(key)s” to start from.")


class NoCodes(Refusal):
    template = gettext_noop("Version %(number)s has no code that can be applied, so nobody can code with it.")


class StillADraft(Refusal):
    template = gettext_noop("Version %(number)s is not in use yet: change that one.")


@transaction.atomic
def create(
    *, study: Study, name: str, drafts: Sequence[CodeDraft] = (), by: User, now: datetime
) -> CodebookVersion:
    """The study's codebook with its first version, empty or holding the codes of a list."""
    # Two people who start at the same time must not end with two codebooks.
    Study.objects.select_for_update(no_key=True).get(id=study.id)
    existing = study.codebooks.first()
    if existing:
        raise HasACodebook(name=existing.name)
    codebook = Codebook.objects.create(study=study, name=name)
    version = CodebookVersion.objects.create(codebook=codebook)
    _record("created", version, by=by, now=now, codes=len(drafts))
    bring_in(version=version, drafts=drafts, by=by, now=now)
    return version


def create_from_preset(*, study: Study, preset: str, by: User, now: datetime) -> CodebookVersion:
    """The study's codebook as a copy of a framework, which the study then adapts."""
    try:
        chosen = queries.preset(preset)
    except KeyError:
        raise NoSuchPreset(key=preset) from None
    return create(study=study, name=chosen.name, drafts=chosen.codes, by=by, now=now)


@transaction.atomic
def rename(*, codebook: Codebook, name: str, by: User, now: datetime) -> Codebook:
    """Another name for the codebook; its versions stay as they are."""
    before, codebook.name = codebook.name, name
    if before == name:
        return codebook
    codebook.save(update_fields=["name"])
    record(
        "renamed",
        "codebook",
        by=by,
        now=now,
        study_id=codebook.study_id,
        object_id=codebook.id,
        object_name=name,
        before=before,
    )
    return codebook


@transaction.atomic
def take_new_codes(*, codebook: Codebook, may_grow: bool, by: User, now: datetime) -> Codebook:
    """Opens the codebook to codes that coders make while they code, or closes it to them."""
    if codebook.takes_new_codes == may_grow:
        return codebook
    codebook.takes_new_codes = may_grow
    codebook.save(update_fields=["takes_new_codes"])
    record(
        "opened to new codes" if may_grow else "closed to new codes",
        "codebook",
        by=by,
        now=now,
        study_id=codebook.study_id,
        object_id=codebook.id,
        object_name=codebook.name,
    )
    return codebook


@transaction.atomic
def freeze(*, version: CodebookVersion, by: User, now: datetime) -> CodebookVersion:
    """Nothing in a frozen version changes any more; a change makes a new version. Once is enough."""
    rows = CodebookVersion.objects.select_for_update(of=("self",), no_key=True).select_related("codebook")
    version = rows.get(id=version.id)
    if version.is_frozen:
        return version
    if not version.codes.filter(is_applicable=True).exists():
        raise NoCodes(number=version.number)
    version.frozen_at, version.frozen_by = now, by
    version.save(update_fields=["frozen_at", "frozen_by"])
    _record("frozen", version, by=by, now=now)
    return version


@transaction.atomic
def new_version(*, codebook: Codebook, note: str = "", by: User, now: datetime) -> CodebookVersion:
    """A draft that begins as a copy of the newest version; every code keeps its lineage."""
    Codebook.objects.select_for_update(no_key=True).get(id=codebook.id)
    newest = codebook.versions.select_related("codebook").order_by("-number")[0]
    if not newest.is_frozen:
        raise StillADraft(number=newest.number)
    version = CodebookVersion.objects.create(codebook=codebook, number=newest.number + 1, note=note)
    Code.objects.bulk_create(_copies(queries.flat(queries.tree(newest)), newest, version))
    _record("created", version, by=by, now=now, copied_from=newest.number, note=note)
    return version


@transaction.atomic
def discard(*, version: CodebookVersion, by: User, now: datetime) -> None:
    """Throws a draft away; with the first version goes the codebook, so that one can start again."""
    version = locked_draft(version)
    codebook = version.codebook
    _record("discarded", version, by=by, now=now, codes=version.codes.count())
    version.delete()
    if not codebook.versions.exists():
        codebook.delete()


def _copies(nodes: list[queries.Node], old: CodebookVersion, new: CodebookVersion) -> list[Code]:
    """The codes of a version once more, parents before their children."""
    codes = {code.id: code for code in old.codes.all()}
    copy_of: dict[UUID | None, Code] = {}
    for node in nodes:
        code = codes[node.id]
        parent = copy_of[code.parent_id] if code.parent_id else None
        written = {field: getattr(code, field) for field in _COPIED}
        copy_of[code.id] = Code(id=uuid4(), version=new, parent=parent, **written)
    return list(copy_of.values())


_COPIED = (
    "lineage",
    "position",
    "label",
    "name",
    "definition",
    "include",
    "exclude",
    "example",
    "aliases",
    "hue",
    "is_applicable",
)


def _record(verb: str, version: CodebookVersion, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "codebook version",
        by=by,
        now=now,
        study_id=version.codebook.study_id,
        object_id=version.id,
        object_name=str(version),
        **detail,
    )
