"""Files from outside: received, read, and kept until somebody confirms who speaks in them."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.archives import check_size
from apps.core.refusal import Refusal, gettext_noop
from apps.studies.models import Study
from apps.transcripts.engine.assembling import label_alternately
from apps.transcripts.engine.drafts import Draft
from apps.transcripts.engine.reading import read_apart
from apps.transcripts.models import SourceFile, Transcript, TranscriptVersion, Upload

_NAME_CHARACTERS = 255


class NoSpeakers(Refusal):
    template = gettext_noop(
        "No speakers were found in %(name)s: begin each turn with a label such as “Interviewer:”, "
        "or say that two people speak in turn."
    )


class WaitsAlready(Refusal):
    template = gettext_noop("%(name)s was uploaded before and waits to be confirmed.")


class InUseAlready(Refusal):
    template = gettext_noop("%(name)s is the transcript of %(transcript)s already.")


class Gone(Refusal):
    template = gettext_noop("This upload was confirmed or discarded already.")


class NoOriginal(Refusal):
    template = gettext_noop("The original of this transcript is not kept here.")


def receive(
    *, study: Study, name: str, data: bytes, by: User, now: datetime, do_speakers_alternate: bool = False
) -> Upload:
    """Reads a file and keeps it until it is confirmed; of one that cannot be read nothing is kept."""
    name = name[-_NAME_CHARACTERS:]  # the end of a long name says which kind of file it is
    check_size(name, data)
    sha256 = hashlib.sha256(data).hexdigest()
    _must_be_new(study, name, sha256)
    draft = _with_speakers(name, read_apart(name, data), do_speakers_alternate)
    try:
        return _keep(study, name, data, sha256, draft, by=by, now=now)
    except IntegrityError as error:  # the same file arrived twice at once
        raise WaitsAlready(name=name) from error


def receive_text(
    *,
    study: Study,
    text: str,
    by: User,
    now: datetime,
    name: str = "Pasted text",
    do_speakers_alternate: bool = False,
) -> Upload:
    """Reads pasted text as it reads a file; `name` is what people will find it by."""
    return receive(
        study=study,
        name=name if name.endswith(".txt") else f"{name}.txt",
        data=text.encode("utf-8", "replace"),
        by=by,
        now=now,
        do_speakers_alternate=do_speakers_alternate,
    )


@transaction.atomic
def read_again(*, transcript: Transcript, by: User, now: datetime) -> Upload:
    """Opens the original of a transcript once more, so that its speakers can be put right."""
    source = SourceFile.objects.filter(versions__transcript=transcript).order_by("-versions__number").first()
    if source is None:
        raise NoOriginal
    draft = read_apart(source.name, bytes(source.content))
    draft = _with_speakers(source.name, draft, do_alternate=True)
    try:
        with transaction.atomic():
            upload = Upload.objects.create(study=source.study, source_file=source, draft=draft.to_json())
    except IntegrityError as error:
        raise WaitsAlready(name=source.name) from error
    _record("read again", source, by=by, now=now, transcript=str(transcript))
    return upload


@transaction.atomic
def discard(*, upload: Upload, by: User, now: datetime) -> None:
    """Throws an upload away, with its file unless a transcript was made from that."""
    source = SourceFile.objects.defer("content").get(id=taken(upload).source_file_id)
    _record("discarded", source, by=by, now=now)
    if not TranscriptVersion.objects.filter(source_file=source).exists():
        source.delete()


@transaction.atomic
def fetch_original(*, version: TranscriptVersion, by: User, now: datetime) -> SourceFile:
    """Hands out the file as it was received; it may name people, so the trail says who asked for it."""
    source = version.source_file
    if source is None:
        raise NoOriginal
    _record("downloaded", source, by=by, now=now, transcript=str(version.transcript))
    return source


def taken(upload: Upload) -> Upload:
    """The upload, taken off the list: whoever comes second with the same one is told so."""
    held = Upload.objects.select_for_update(of=("self",)).filter(id=upload.id).first()
    if held is None:
        raise Gone
    held.delete()
    return held


def _must_be_new(study: Study, name: str, sha256: str) -> None:
    known = SourceFile.objects.filter(study=study, sha256=sha256).only("id").first()
    if known is None:
        return
    version = known.versions.select_related("transcript__interview__participant").defer("text").first()
    if version is None:
        raise WaitsAlready(name=name)
    raise InUseAlready(name=name, transcript=str(version.transcript))


def _with_speakers(name: str, draft: Draft, do_alternate: bool) -> Draft:
    if any(label.role != "not_a_speaker" for label in draft.labels):
        return draft
    if not do_alternate:
        raise NoSpeakers(name=name)
    return label_alternately(draft)


@transaction.atomic
def _keep(
    study: Study, name: str, data: bytes, sha256: str, draft: Draft, *, by: User, now: datetime
) -> Upload:
    source = SourceFile.objects.create(
        study=study, name=name, sha256=sha256, size=len(data), content=data, uploaded_by=by
    )
    upload = Upload.objects.create(study=study, source_file=source, draft=draft.to_json())
    _record("uploaded", source, by=by, now=now, kind=draft.kind, size=len(data))
    return upload


def _record(verb: str, source: SourceFile, *, by: User, now: datetime, **detail: Any) -> None:
    """Names the file by its digest: its own name may be a person's."""
    record(
        verb,
        "source file",
        by=by,
        now=now,
        study_id=source.study_id,
        object_id=source.id,
        sha256=source.sha256,
        **detail,
    )
