"""Codings as files: asked for on a page, made by a worker in the name of whoever asked."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.codebooks.models import Code
from apps.core.identity import acting_as
from apps.core.refusal import Refusal, gettext_noop
from apps.exports.models import Export
from apps.exports.queries.narrowing import narrowed_to
from apps.exports.queries.passages import file_of, wishes
from apps.jobs import actions as jobs
from apps.jobs.models import Run
from apps.studies.models import Membership, Study
from apps.studies.permissions import Permission
from apps.transcripts.models import Transcript

KEPT = timedelta(days=7)


class NobodyAskedError(Exception):
    """A worker makes no file without somebody in whose name it may read."""


class MayNotLeave(Refusal):
    template = gettext_noop("The words of %(pseudonym)s may not leave: there is no consent to quotation.")


class ToBeCheckedFirst(Refusal):
    template = gettext_noop(
        "%(pseudonym)s is to see every quotation first, so the whole text does not leave; what was agreed to "
        "stands in the spreadsheet."
    )


@transaction.atomic
def request_code(
    *, study: Study, code: Code, format: Export.Format, filters: dict[str, Any], by: User, now: datetime
) -> Export:
    """Asks for all codings of a code that the person may see, narrowed as on the page."""
    title = f"{code.label} {code.name}"
    filters = {name: str(value) for name, value in filters.items()}
    return _request(study, Export.Subject.CODE, code.id, format, title, filters, by=by, now=now)


@transaction.atomic
def request_transcript(*, transcript: Transcript, format: Export.Format, by: User, now: datetime) -> Export:
    """Asks for a transcript with its codings, as far as the person may see them."""
    person = transcript.interview.participant
    asked = wishes(transcript.study, [person])
    if person.id in asked.withheld | asked.left_out:
        raise MayNotLeave(pseudonym=person.pseudonym)
    if format == Export.Format.DOCX and person.id in asked.quoting.wishing:
        raise ToBeCheckedFirst(pseudonym=person.pseudonym)
    subject = Export.Subject.TRANSCRIPT
    return _request(transcript.study, subject, transcript.id, format, person.pseudonym, {}, by=by, now=now)


def make(*, run_id: UUID, now: datetime) -> None:
    """The worker's part: reads as the person who asked may read now, and stores the file or nothing."""
    with jobs.attempt(run_id) as run:
        if run is None:
            return
        if run.requested_by_id is None:
            raise NobodyAskedError
        with acting_as(run.requested_by_id):
            _make(run, now=now)


def _make(run: Run, *, now: datetime) -> None:
    export = Export.objects.select_related("study", "requested_by").get(run=run)
    reader = export.requested_by
    # Rights may have gone since the file was asked for.
    membership = Membership.objects.current().get(study=export.study, user=reader)
    if not membership.may(Permission.CODINGS_VIEW):
        raise NobodyAskedError
    _keep_words_as_they_are(export.study_id)
    file = file_of(export, reader=reader)
    jobs.finish(run)
    export.content, export.passages, export.made_at = file.content, file.passages, now
    export.transcripts = file.transcripts
    export.save(update_fields=["content", "passages", "transcripts", "made_at"])
    _record("exported", export, now=now)


def _keep_words_as_they_are(study_id: UUID) -> None:
    """Until the file is stored no text of the study is blacked out; a black-out under way is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(concord_files_of(%s))", [study_id])


def forget_files(*, now: datetime) -> None:
    """Deletes the files whose days are over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_forget_files(%s)", [now - KEPT])


def note_fetched(*, export: Export, now: datetime) -> None:
    """Each time a file leaves is written down."""
    _record("downloaded", export, now=now)


def _request(
    study: Study,
    subject: Export.Subject,
    object_id: UUID,
    format: Export.Format,
    title: str,
    filters: dict[str, str],
    *,
    by: User,
    now: datetime,
) -> Export:
    key = uuid4()
    run = jobs.request(
        study=study,
        kind="export",
        task="exports.make",
        input_hash=hashlib.sha256(key.bytes).hexdigest(),
        by=by,
        arguments={},
    )
    return Export.objects.create(
        id=key,
        study=study,
        run=run,
        requested_by=by,
        subject=subject,
        object_id=object_id,
        format=format,
        filters=filters,
        title=title[:200],
        narrowed_to=narrowed_to(study, filters),
    )


def _record(verb: str, export: Export, *, now: datetime) -> None:
    """Without the number of codings: others read the trail, and some of the codings may be blinded."""
    record(
        verb,
        "codings",
        by=export.requested_by,
        now=now,
        study_id=export.study_id,
        object_id=export.object_id,
        object_name=export.title,
        subject=export.subject,
        format=export.format,
    )
