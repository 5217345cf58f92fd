"""What the pages of transcripts show: the list, a text turn by turn, and what an upload may become."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from operator import and_
from typing import NamedTuple
from uuid import UUID

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Substr

from apps.participants.models import Interview, Participant
from apps.studies.models import Membership, Study
from apps.transcripts.engine.assembling import assemble
from apps.transcripts.engine.drafts import Draft, Role
from apps.transcripts.engine.search import START, STOP, Piece, Term, between, pieces, snippet, terms
from apps.transcripts.engine.suggesting import suggest
from apps.transcripts.engine.words import count_words
from apps.transcripts.models import (
    SearchedTurn,
    Transcript,
    TranscriptVersion,
    TranscriptVersionQuerySet,
    Turn,
    Upload,
)

CONFIGURATION = "concord_words"
READY, NOT_READY = "ready", "not_ready"
PERSON = "transcript__interview__participant"
MOST_UNTRANSCRIBED = 50
NAMED = ("id", "transcript", f"{PERSON}__pseudonym", f"{PERSON}__group__name")


def newest_versions(
    membership: Membership, *, group: UUID | None = None, state: str = "", name: str = ""
) -> QuerySet[TranscriptVersion]:
    """The present version of each transcript that the member may see, with its `turn_count`, without text."""
    turns = Turn.objects.filter(version=OuterRef("id")).order_by().values("version")
    return (
        _newest(membership, group=group, state=state, name=name)
        .select_related(f"{PERSON}__group", "transcript__ready_by")
        .defer("text", "sentence_starts", "sentence_ends")
        .annotate(
            turn_count=Coalesce(
                Subquery(turns.annotate(number=Count("id")).values("number"), output_field=IntegerField()), 0
            )
        )
        .order_by(f"{PERSON}__group__position", f"{PERSON}__number")
    )


def _newest(
    membership: Membership, *, group: UUID | None, name: str, state: str = ""
) -> TranscriptVersionQuerySet:
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


class Searched(NamedTuple):
    """A text that was looked into; all of a study are read at once, so this is no row of the models."""

    version: UUID
    transcript: UUID
    pseudonym: str
    group: str


@dataclass(frozen=True)
class Hit:
    """A turn in which everything stands that was looked for."""

    place: Searched
    turn: Turn
    pieces: list[Piece]

    @property
    def number(self) -> int:
        return self.turn.position + 1


@dataclass(frozen=True)
class Found:
    """All hits, in the order of the transcripts and of what was said; read slice by slice."""

    rows: QuerySet[SearchedTurn]
    query: SearchQuery
    texts: list[Searched]
    counts: Mapping[UUID, int]

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __getitem__(self, wanted: slice) -> list[Hit]:
        inside, skipped = self._window(wanted.start, wanted.stop)
        if not inside:
            return []
        by_id = {text.version: text for text in inside}
        places = [When(version=version, then=place) for place, version in enumerate(by_id)]
        hits = self.rows.filter(version__in=by_id).select_related("turn").defer("words")
        hits = hits.annotate(marked=_marked(self.query)).order_by(Case(*places), "position")
        return [
            Hit(by_id[row.version_id], row.turn, snippet(pieces(row.marked)))
            for row in hits[skipped : skipped + wanted.stop - wanted.start]
        ]

    def _window(self, start: int, stop: int) -> tuple[list[Searched], int]:
        """The transcripts that a page lies in, and how many hits of the first are on pages before."""
        inside: list[Searched] = []
        before = at = 0
        for text in self.texts:
            if at < stop and at + self.counts[text.version] > start:
                before = before if inside else at
                inside.append(text)
            at += self.counts[text.version]
        return inside, start - before


def find(
    membership: Membership,
    asked: str,
    *,
    group: UUID | None = None,
    site: UUID | None = None,
    role: str = "",
    name: str = "",
) -> Found | None:
    """Turns of the transcripts that the member may see; None where nothing was asked that could be found."""
    query = _query(terms(asked))
    if query is None:
        return None
    newest = _newest(membership, group=group, name=name)
    if site:
        newest = newest.filter(**{f"{PERSON}__site": site})
    texts = [Searched(*row) for row in _in_order(newest).values_list(*NAMED)]
    rows = SearchedTurn.objects.filter(words=query, **({"role": role} if role else {}))
    # The index is asked once for the counts; of the texts only those of one page are read.
    seen = rows.filter(version__in=[text.version for text in texts]).order_by()
    counts = dict(seen.values_list("version").annotate(number=Count("turn")))
    return Found(rows, query, [text for text in texts if text.version in counts], counts)


def marked(version: TranscriptVersion, asked: str) -> list[Spoken]:
    """The whole text turn by turn, with what was looked for in pieces of its own."""
    query = _query(terms(asked))
    if query is None:
        return spoken(version)
    rows = SearchedTurn.objects.filter(version=version, words=query).values_list("position", _marked(query))
    found = {position + 1: tuple(pieces(words)) for position, words in rows}
    return [replace(turn, pieces=found.get(turn.number, ())) for turn in spoken(version)]


def marked_between(version: TranscriptVersion, start: int, end: int) -> list[Spoken]:
    """The whole text turn by turn, with the passage [start, end) in pieces of its own."""
    return [
        replace(turn, pieces=tuple(between(turn.words, start - turn.start, end - turn.start)))
        if turn.start < end and start < turn.end
        else turn
        for turn in spoken(version)
    ]


def _in_order(versions: TranscriptVersionQuerySet) -> TranscriptVersionQuerySet:
    return versions.order_by(f"{PERSON}__group__position", f"{PERSON}__number")


def _marked(query: SearchQuery) -> SearchHeadline:
    words = Substr("version__text", F("turn__start") + 1, F("turn__end") - F("turn__start"))
    return SearchHeadline(
        words, query, config=CONFIGURATION, start_sel=START, stop_sel=STOP, highlight_all=True
    )


def _query(asked: list[Term]) -> SearchQuery | None:
    """All of the terms; the beginning of a word is quoted, so that no sign in it means anything."""
    if not asked:
        return None
    return reduce(and_, map(_term, asked))


def _term(term: Term) -> SearchQuery:
    if not term.is_beginning:
        return SearchQuery(term.words, config=CONFIGURATION, search_type="phrase")
    quoted = term.words.replace("\\", " ").replace("'", "''")
    return SearchQuery(f"'{quoted}':*", config=CONFIGURATION, search_type="raw")
