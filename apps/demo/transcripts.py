"""The 63 transcripts with their texts, turns and original files."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.demo import library
from apps.demo.calendar import some_days_after
from apps.demo.engine.script import Script
from apps.demo.keys import key
from apps.demo.library import Person
from apps.demo.scripts import is_excerpt
from apps.demo.trail import event
from apps.participants.models import Interview
from apps.studies.models import Study
from apps.transcripts.models import SourceFile, Transcript, TranscriptVersion, Turn

ROLES = {"I": Turn.Role.INTERVIEWER, "P": Turn.Role.PARTICIPANT}
DAYS_TO_TYPE, DAYS_TO_CHECK = 9, 16
UNCHECKED = "Unchecked"
"""The work of those whose transcript nobody has yet compared with the recording."""


def make_transcripts(
    study: Study, interviews: Mapping[str, Interview], scripts: Mapping[str, Script], *, by: User
) -> dict[str, TranscriptVersion]:
    """Stores all interviews as text; returns the versions by pseudonym."""
    people = library.people()
    files = SourceFile.objects.bulk_create(
        _file(study, person, scripts[person.pseudonym], by) for person in people
    )
    transcripts = Transcript.objects.bulk_create(
        _transcript(study, person, interviews[person.pseudonym], scripts[person.pseudonym], by)
        for person in people
    )
    versions = TranscriptVersion.objects.bulk_create(
        _version(transcript, scripts[person.pseudonym], file, by)
        for person, transcript, file in zip(people, transcripts, files, strict=True)
    )
    by_pseudonym = dict(zip((person.pseudonym for person in people), versions, strict=True))
    Turn.objects.bulk_create(
        (turn for name, version in by_pseudonym.items() for turn in _turns(version, scripts[name])),
        batch_size=2000,
    )
    AuditEvent.objects.bulk_create(
        told for person, version in zip(people, versions, strict=True) for told in _told(person, version, by)
    )
    return by_pseudonym


def _file(study: Study, person: Person, script: Script, by: User) -> SourceFile:
    content = script.as_file().encode()
    return SourceFile(
        id=key("source file", person.pseudonym),
        study=study,
        name=f"{person.pseudonym}.txt",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
        uploaded_by=by,
    )


def _transcript(study: Study, person: Person, interview: Interview, script: Script, by: User) -> Transcript:
    ready_at = _ready_at(person)
    return Transcript(
        id=key("transcript", person.pseudonym),
        study=study,
        interview=interview,
        is_excerpt=is_excerpt(person, script),
        ready_at=ready_at,
        ready_by=by if ready_at else None,
    )


def _ready_at(person: Person) -> datetime | None:
    return None if person.work == UNCHECKED else some_days_after(person.held_on, DAYS_TO_CHECK)


def _version(transcript: Transcript, script: Script, source_file: SourceFile, by: User) -> TranscriptVersion:
    return TranscriptVersion(
        id=key("version", transcript.id, 1),
        transcript=transcript,
        number=1,
        text=script.text,
        length=len(script.text),
        word_count=script.words,
        sha256=hashlib.sha256(script.text.encode()).hexdigest(),
        sentence_starts=[start for start, _ in script.sentences],
        sentence_ends=[end for _, end in script.sentences],
        source_file=source_file,
        made_by=by,
    )


def _turns(version: TranscriptVersion, script: Script) -> list[Turn]:
    return [
        Turn(
            version=version,
            position=position,
            start=turn.start,
            end=turn.end,
            speaker=Turn.Role(ROLES[turn.speaker]).name.title(),
            role=ROLES[turn.speaker],
        )
        for position, turn in enumerate(script.turns)
    ]


def _told(person: Person, version: TranscriptVersion, by: User) -> Iterator[AuditEvent]:
    transcript = version.transcript
    told = partial(
        event,
        noun="transcript",
        by=by,
        study_id=transcript.study_id,
        object_id=transcript.id,
        object_name=person.pseudonym,
    )
    typed_at = some_days_after(person.held_on, DAYS_TO_TYPE)
    yield told("confirmed", now=typed_at, words=version.word_count)
    if transcript.ready_at:
        said = ["checked against the recording", "de-identified"]
        yield told("marked ready", now=transcript.ready_at, said=said)
