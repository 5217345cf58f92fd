"""What the pages of transcripts show: the list, a text turn by turn, and what an upload may become."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.participants.models import Interview, Participant
from apps.studies.models import Membership, Study
from apps.transcripts.engine.assembling import assemble
from apps.transcripts.engine.drafts import Draft, Role
from apps.transcripts.engine.search import Piece
from apps.transcripts.engine.suggesting import suggest
from apps.transcripts.engine.words import count_words
from apps.transcripts.models import (
    Transcript,
    TranscriptVersion,
    TranscriptVersionQuerySet,
    Turn,
    Upload,
)

READY, NOT_READY = "ready", "not_ready"
PERSON = "transcript__interview__participant"
MOST_UNTRANSCRIBED = 50


def newest_versions(
    membership: Membership, *, group: UUID | None = None, state: str = "", name: str = ""
) -> QuerySet[TranscriptVersion]:
    """The present version of each transcript that the member may see, with its `turn_count`, without text."""
    turns = Turn.objects.filter(version=OuterRef("id")).order_by().values("version")
    return (
        newest(membership, group=group, state=state, name=name)
        .select_related(f"{PERSON}__group", "transcript__ready_by")
        .defer("text", "sentence_starts", "sentence_ends")
        .annotate(
            turn_count=Coalesce(
                Subquery(turns.annotate(number=Count("id")).values("number"), output_field=IntegerField()), 0
            )
        )
        .order_by(f"{PERSON}__group__position", f"{PERSON}__number")
    )


def newest(
    membership: Membership, *, group: UUID | None, name: str, state: str = ""
) -> TranscriptVersionQuerySet:
    """The present version of each transcript that the member may see."""
    visible = Transcript.objects.visible_to(membership)
    if state in (READY, NOT_READY):
        visible = visible.filter(ready_at__isnull=state == NOT_READY)
    wanted = {f"{PERSON}__group": group, f"{PERSON}__pseudonym__icontains": name}
    given = {field: value for field, value in wanted.items() if value}
    return TranscriptVersion.objects.newest().filter(transcript__in=visible, **given)


@dataclass(frozen=True)
class Untranscribed:
    """A held interview of which the text is missing, or has not been checked and de-identified."""

    interview: UUID
    held_on: date
    person: UUID
    pseudonym: str
    site: str
    transcriber: str
    transcript: UUID | None
    is_late: bool


def untranscribed(membership: Membership, *, today: date) -> list[Untranscribed]:
    """Those that have waited longest, but for people who have withdrawn; one query."""
    people = Participant.objects.visible_to(membership).filter(withdrawal=None)
    held = Interview.objects.filter(participant__in=people, status=Interview.Status.HELD)
    waiting = held.filter(transcript__ready_at=None).order_by("held_on", "participant__pseudonym")
    named = ("participant_id", "participant__pseudonym", "participant__site__name")
    rows = waiting.values_list("id", "held_on", *named, "transcriber", F("transcript__id"))
    late_before = today - timedelta(days=membership.study.transcripts_late_after_days)
    return [
        Untranscribed(key, held_on, person, pseudonym, site, by, transcript, held_on < late_before)
        for key, held_on, person, pseudonym, site, by, transcript in rows[:MOST_UNTRANSCRIBED]
    ]


def waiting(study: Study) -> QuerySet[Upload]:
    """Uploads that nobody has confirmed, the oldest first, without what is in them."""
    uploads = Upload.objects.filter(study=study).select_related("source_file__uploaded_by")
    return uploads.defer("draft", "source_file__content").order_by("created_at")


@dataclass(frozen=True)
class Spoken:
    """A turn with its words, as a person reads it."""

    number: int
    speaker: str
    role: str
    start: int
    end: int
    starts_at_ms: int | None
    words: str
    pieces: tuple[Piece, ...] = ()

    @property
    def time(self) -> str:
        """When the turn begins: 9:47 or 1:02:03."""
        if self.starts_at_ms is None:
            return ""
        minutes, seconds = divmod(self.starts_at_ms // 1000, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def spoken(version: TranscriptVersion) -> list[Spoken]:
    """The whole text, turn by turn."""
    return [
        Spoken(
            number=turn.position + 1,
            speaker=turn.speaker,
            role=turn.role,
            start=turn.start,
            end=turn.end,
            starts_at_ms=turn.starts_at_ms,
            words=version.text[turn.start : turn.end],
        )
        for turn in version.turns.order_by("position")
    ]


@dataclass(frozen=True)
class Preview:
    """What an upload would become: its first turns, and how much everybody says."""

    turns: list[Spoken]
    turn_count: int
    words: Mapping[str, int]

    @property
    def word_count(self) -> int:
        return sum(self.words.values())

    @property
    def words_of_participants(self) -> int:
        return self.words.get(Turn.Role.PARTICIPANT, 0)


def preview(
    draft: Draft, roles: Mapping[str | None, Role], speakers: Mapping[str, str], *, most: int = 12
) -> Preview:
    """The document that these roles would make; raises Refused where they leave no speech."""
    document = assemble(draft, roles, speakers=speakers)
    words: Counter[str] = Counter()
    for turn in document.turns:
        words[turn.role] += turn.words
    shown = [
        Spoken(
            number=number,
            speaker=turn.speaker,
            role=turn.role,
            start=turn.start,
            end=turn.end,
            starts_at_ms=turn.timestamp_ms,
            words=document.text[turn.start : turn.end],
        )
        for number, turn in enumerate(document.turns[:most], start=1)
    ]
    return Preview(turns=shown, turn_count=len(document.turns), words=dict(words))


@dataclass(frozen=True)
class Unlabelled:
    """Text under no label: titles, headers, notes of the typist."""

    paragraphs: int
    words: int
    example: str


def unlabelled(draft: Draft) -> Unlabelled | None:
    """None where every paragraph stands under a label."""
    texts = [paragraph.text for paragraph in draft.paragraphs if paragraph.label is None]
    if not texts:
        return None
    return Unlabelled(len(texts), sum(map(count_words, texts)), " ".join(texts[0].split())[:120])


def interviews_without(study: Study) -> QuerySet[Interview]:
    """Held interviews that have no transcript."""
    held = Interview.objects.filter(study=study, status=Interview.Status.HELD)
    return held.filter(transcript=None).select_related("participant")


@dataclass(frozen=True)
class Targets:
    """What an upload may become the text of."""

    interviews: list[Interview]
    people: list[Participant]
    transcripts: list[Transcript]


def targets(study: Study, *, given: Iterable[UUID]) -> Targets:
    """Held interviews without transcript, people without a held interview, and transcripts not yet `given`
    to anybody to code."""
    held = Interview.objects.filter(study=study, status=Interview.Status.HELD)
    transcripts = Transcript.objects.filter(study=study).exclude(id__in=given)
    return Targets(
        interviews=list(interviews_without(study)),
        people=list(Participant.objects.filter(study=study).exclude(id__in=held.values("participant"))),
        transcripts=list(transcripts.select_related("interview__participant")),
    )


def suggested_person(upload: Upload) -> UUID | None:
    """The one whose pseudonym or reference stands in the file's name, if it is one only."""
    people = Participant.objects.filter(study=upload.study_id).values_list("id", "pseudonym", "reference")
    return suggest(upload.source_file.name, {key: names for key, *names in people})
