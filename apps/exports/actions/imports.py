"""A list on its way in: nothing of it reaches the study before the last step, and then all or nothing."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.audit.actions import record
from apps.codebooks import actions as codebooks
from apps.codebooks.actions.codes import VersionInUse
from apps.codebooks.models import CodebookVersion
from apps.codebooks.queries import current_version
from apps.core.refusal import Refusal, gettext_noop
from apps.core.tables import Table, read_table_apart
from apps.exports.engine.columns import (
    NEW_CHARACTERISTIC,
    Column,
    Columns,
    characteristic,
    fold,
    guess_codes,
    guess_people,
    remembered,
)
from apps.exports.engine.redcap import apply_dictionary, read_dictionary
from apps.exports.engine.steps import guess_steps
from apps.exports.engine.storing import storable
from apps.exports.models import Import
from apps.exports.queries.codes import codes_plan
from apps.exports.queries.people import PeoplePlan, Reading, people_plan
from apps.exports.queries.steps import steps_plan
from apps.exports.queries.under_way import is_under_way, lists_under_way
from apps.participants import actions as participants
from apps.participants.models import Participant
from apps.participants.queries.snapshots import digest, snapshots
from apps.studies import actions as studies
from apps.studies.models import Study


class AlreadyWritten(Refusal):
    template = gettext_noop("This list was written already.")


class BeingWritten(Refusal):
    template = gettext_noop("This list is being written; wait until that is done.")


class StillHasProblems(Refusal):
    template = gettext_noop("%(count)s problems stand in the way; nothing was written.")


class CannotBeUndone(Refusal):
    template = gettext_noop("This list cannot be undone any more.")


class NothingToWrite(Refusal):
    template = gettext_noop("Everything in this list is there already; nothing was changed.")


@transaction.atomic
def start(
    *,
    study: Study,
    kind: Import.Kind,
    file_name: str,
    content: bytes,
    dictionary: bytes | None = None,
    by: User,
) -> Import:
    """Reads a file and guesses its columns; what the person had begun and not written goes.

    With the data dictionary of a REDCap project the columns map by themselves.
    """
    if kind == Import.Kind.CODEBOOK:
        _check_codebook(study)
    table = _read(file_name, content)
    begun = study.imports.filter(kind=kind, imported_by=by, done_at=None)
    begun.exclude(id__in=lists_under_way(study)).delete()
    started = Import(
        study=study,
        kind=kind,
        file_name=file_name[:255],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        imported_by=by,
    )
    if dictionary is None:
        _keep(started, table)
    else:
        _keep_redcap(started, table, dictionary)
    started.save()
    return started


@transaction.atomic
def choose_sheet(*, started: Import, sheet: str | None, header_row: int | None) -> Import:
    """Reads another sheet of the file, or takes another row for its headings."""
    started = _at_rest(started)
    _keep(started, _read(started.file_name, bytes(started.content), sheet=sheet, header_row=header_row))
    started.save(update_fields=["table", "mapping"])
    return started


@transaction.atomic
def say_columns(*, started: Import, columns: Columns) -> Import:
    """What the columns stand for, as a person says."""
    started = _at_rest(started)
    started.mapping = columns.to_json()
    started.save(update_fields=["mapping"])
    return started


@transaction.atomic
def leave_rows_out(*, started: Import, rows: Collection[int]) -> Import:
    """Says which rows do not come in; all others do, also those that were left out before."""
    started = _at_rest(started)
    columns = replace(Columns.from_json(started.mapping), rows_left_out=tuple(sorted(rows)))
    return say_columns(started=started, columns=columns)


@transaction.atomic
def leave(*, started: Import) -> None:
    """Throws away a list that was not written."""
    _at_rest(started).delete()


@transaction.atomic
def write_people(*, started: Import, by: User, now: datetime, read: Reading | None = None) -> Import:
    """Writes all people of the list; the plan is made anew, for others may have changed them meanwhile.

    Whoever has read the rows just now says so: what they say is read again only if it may mean another thing.
    """
    started = _unwritten(started)
    Study.objects.select_for_update(no_key=True).get(id=started.study_id)
    today = localdate(now)
    plan = people_plan(started, today=today, read=read)
    _check(len(plan.problems), can_be_written=plan.can_be_written)
    if _make_what_is_missing(started, plan, by=by, now=now):
        plan = people_plan(started, today=today, read=plan.reading)
    changed = snapshots(person.participant_id for person in plan.people if person.participant_id)
    rows = participants.bring_in(study=started.study, people=plan.people, by=by, now=now)
    started.before = _before(rows, changed)
    return _finish(started, created=plan.count("new"), changed=plan.count("changed"), by=by, now=now)


@transaction.atomic
def undo(*, written: Import, by: User, now: datetime) -> Import:
    """Takes a list back as a whole; groups, sites and characteristics that it made stay."""
    written = Import.objects.select_for_update(of=("self",)).select_related("study").get(id=written.id)
    if not written.can_be_undone:
        raise CannotBeUndone
    if written.kind == Import.Kind.STEPS:
        participants.take_back_steps(study=written.study, keys=written.before["steps"], by=by, now=now)
    else:
        people = {name: written.before[name] for name in ("made", "changed")}
        participants.take_back(study=written.study, **people, by=by, now=now)
    written.undone_at, written.undone_by, written.before = now, by, {}
    written.save(update_fields=["undone_at", "undone_by", "before"])
    return written


def _before(rows: Sequence[Participant], changed: Mapping[str, Any]) -> dict[str, Any]:
    """What undoing needs: marks of how people were left, and how those who were changed had been."""
    after = {key: digest(each) for key, each in snapshots(row.id for row in rows).items()}
    return {
        "made": {key: mark for key, mark in after.items() if key not in changed},
        "changed": {key: {"after": after[key], "before": each} for key, each in changed.items()},
    }


@transaction.atomic
def write_steps(*, started: Import, by: User, now: datetime) -> Import:
    """Writes all steps of the list that are not on record yet."""
    started = _unwritten(started)
    Study.objects.select_for_update(no_key=True).get(id=started.study_id)
    plan = steps_plan(started, now=now)
    _check(len(plan.problems), can_be_written=plan.can_be_written)
    made = participants.bring_in_steps(steps=plan.steps, by=by, now=now)
    started.before = {"steps": [str(each.id) for each in made]}
    return _finish(started, created=len(made), changed=0, by=by, now=now)


@transaction.atomic
def write_codes(*, started: Import, by: User, now: datetime) -> Import:
    """Writes all codes of the list into the draft of the codebook; without one it begins the codebook."""
    started = _unwritten(started)
    plan = codes_plan(started)
    _check(len(plan.problems), can_be_written=plan.can_be_written)
    version = _draft_version(started, by=by, now=now)
    created, changed = codebooks.bring_in(version=version, drafts=plan.drafts, by=by, now=now)
    return _finish(started, created=created, changed=changed, by=by, now=now)


def _read(file_name: str, content: bytes, **options: Any) -> Table:
    table = read_table_apart(file_name, content, **options)
    return Table.from_json(storable(table.to_json()))


def _keep(started: Import, table: Table) -> None:
    """Puts a table into the import, with a guess at its columns."""
    if started.kind == Import.Kind.PARTICIPANTS:
        known = dict(started.study.characteristics.values_list("name", "id"))
        guessed = guess_people(table.headers, known)
    else:
        guess = guess_steps if started.kind == Import.Kind.STEPS else guess_codes
        guessed = guess(table.headers)
    columns = Columns(tuple(Column(*pair) for pair in zip(table.headers, guessed, strict=True)))
    if started.kind != Import.Kind.CODEBOOK:
        columns = _as_before(started, columns)
    started.table, started.mapping = table.to_json(), columns.to_json()


def _keep_redcap(started: Import, table: Table, dictionary: bytes) -> None:
    """Puts a REDCap export into the import, with labels for its codes."""
    variables = read_dictionary(_read("dictionary.csv", dictionary))
    labelled, columns = apply_dictionary(table, variables)
    known = {fold(name): key for name, key in started.study.characteristics.values_list("name", "id")}
    columns = [_known_already(column, known) for column in columns]
    started.table = labelled.to_json()
    started.mapping = _as_before(started, Columns(tuple(columns), makes_places=True)).to_json()


def _known_already(column: Column, known: Mapping[str, Any]) -> Column:
    """A characteristic of the same name is taken rather than made again."""
    key = known.get(fold(column.header))
    is_new = column.to == NEW_CHARACTERISTIC
    return replace(column, to=characteristic(key)) if key and is_new else column


def _as_before(started: Import, columns: Columns) -> Columns:
    """The guess, overruled by what was said of the same headings when a list was written last."""
    study = started.study
    written = study.imports.filter(kind=started.kind, done_at__isnull=False).order_by("-done_at").first()
    if written is None or not written.mapping:
        return columns
    known = {
        str(key)
        for rows in (study.characteristics, study.groups, study.sites)
        for key in rows.values_list("id", flat=True)
    }
    said = remembered(columns, Columns.from_json(written.mapping), known)
    day = f"{written.done_at:%Y-%m-%d}" if said != columns and written.done_at else ""
    return replace(said, remembered_from=day)


def _unwritten(started: Import) -> Import:
    started = Import.objects.select_for_update(of=("self",)).select_related("study").get(id=started.id)
    if started.done_at is not None:
        raise AlreadyWritten
    return started


def _at_rest(started: Import) -> Import:
    """A list that nobody is writing, so that it can become another one."""
    started = _unwritten(started)
    if is_under_way(started):
        raise BeingWritten
    return started


def _check(problems: int, *, can_be_written: bool) -> None:
    if problems:
        raise StillHasProblems(count=problems)
    if not can_be_written:
        raise NothingToWrite


def _make_what_is_missing(started: Import, plan: PeoplePlan, *, by: User, now: datetime) -> bool:
    """Groups, sites and characteristics that the list names and the study does not have."""
    columns = Columns.from_json(started.mapping).columns
    for name in plan.new_groups:
        studies.add_group(started.study, name=name, stem=stem_of(name), by=by, now=now)
    for name in plan.new_sites:
        studies.add_site(started.study, name=name, by=by, now=now)
    for name in plan.new_characteristics:
        column = next(each for each in columns if each.header == name)
        participants.define_characteristic(
            study=started.study,
            name=name,
            kind=column.kind,
            choices=column.choices,
            codes=column.codes,
            by=by,
            now=now,
        )
    return bool(plan.new_groups or plan.new_sites or plan.new_characteristics)


def stem_of(group_name: str) -> str:
    """What the pseudonyms of a new group begin with: its name, in the singular where that is plain."""
    is_plural = group_name.endswith("s") and not group_name.endswith("ss")
    return (group_name[:-1] if is_plural else group_name)[:60]


def _check_codebook(study: Study) -> None:
    newest = current_version(study)
    if newest and newest.is_frozen:
        raise VersionInUse(number=newest.number)


def _draft_version(started: Import, *, by: User, now: datetime) -> CodebookVersion:
    newest = current_version(started.study)
    if newest:
        return newest
    name = Columns.from_json(started.mapping).name or started.file_name.rsplit(".", 1)[0]
    return codebooks.create(study=started.study, name=name[:120], by=by, now=now)


def _finish(started: Import, *, created: int, changed: int, by: User, now: datetime) -> Import:
    started.done_at, started.created_count, started.changed_count = now, created, changed
    started.table, started.content = {}, b""
    started.save(update_fields=["done_at", "created_count", "changed_count", "table", "content", "before"])
    record(
        "written",
        "import",
        by=by,
        now=now,
        study_id=started.study_id,
        object_id=started.id,
        kind=started.kind,
        sha256=started.sha256,
        created=created,
        changed=changed,
        **_left_out(started),
    )
    return started


def _left_out(started: Import) -> dict[str, Any]:
    rows = Columns.from_json(started.mapping).rows_left_out
    return {"rows_left_out": list(rows)} if rows else {}
