"""The study of the benchmark: 65 transcripts of 9,000 words, one with 2,000 codings, one with 10,000."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.codebooks.models import Code, Codebook, CodebookVersion
from apps.coding.models import Coding, CodingAssignment, Gesture
from apps.core.identity import acting_as
from apps.participants.models import Interview, Participant
from apps.studies.models import Membership, ParticipantGroup, Site, Study
from apps.studies.permissions import Role
from apps.transcripts.models import Transcript, TranscriptVersion, Turn

WORDS = 9000
SIZES = (*[400] * 63, 2000, 10_000)
SYLLABLES = ("ka", "lo", "me", "ni", "ru", "ta", "vo", "shi", "den", "par", "mon", "tel", "os", "ir", "bel")
INFLUENCES = ["", *Coding.Influence.values]


@dataclass(frozen=True)
class Data:
    """Whose pages are opened, and one assignment of each size."""

    study: Study
    coder: User
    by_size: dict[int, CodingAssignment]

    @property
    def session(self) -> str:
        return _session(self.coder)


@dataclass(frozen=True)
class Seat:
    """One of many coders: where they code, as whom, and with which codes."""

    assignment: CodingAssignment
    session: str
    codes: list[UUID]

    @property
    def page(self) -> str:
        return f"/studies/{self.assignment.study_id}/assignments/{self.assignment.id}/"


def seed(*, sizes: tuple[int, ...] = SIZES) -> Data:
    """Writes the study; the same rows each time but for their ids."""
    chance = random.Random(4)
    coder = User.objects.create_user(email="ruth@example.org", password="not used at all", name="Ruth Hale")
    study = Study.objects.create(name="Benchmark", opened_by=coder)
    Membership.objects.create(study=study, user=coder, roles=[Role.CODER])
    book = codebook(study)
    work = [assignment(study, coder, book, number, chance) for number in range(1, len(sizes) + 1)]
    codes = list(book.codes.filter(is_applicable=True).order_by("label"))
    for each, number in zip(work, sizes, strict=True):
        _code(each, codes, number, chance)
    return Data(study, coder, dict(zip(sizes, work, strict=True)))


def codebook(study: Study) -> CodebookVersion:
    """Four constructs of four codes each, as the framework of the shipped preset has."""
    codebook = Codebook.objects.create(study=study, name="Framework")
    version = CodebookVersion.objects.create(codebook=codebook)
    for hue, letter in enumerate("abcd", start=1):
        construct = Code.objects.create(
            version=version, label=letter, name=f"Construct {letter}", hue=hue, is_applicable=False
        )
        for number in range(1, 5):
            Code.objects.create(
                version=version,
                parent=construct,
                label=f"{letter}{number}",
                name=f"Subconstruct {letter}{number}",
                definition="What people do to understand what the new way of working asks of them. " * 2,
                include="Sentences in which somebody says what is different from before.",
                exclude="What was said about it in general.",
                hue=hue,
                position=number,
            )
    version.frozen_at, version.frozen_by = timezone.now(), study.opened_by
    version.save()
    return version


def assignment(
    study: Study, coder: User, book: CodebookVersion, number: int, chance: random.Random
) -> CodingAssignment:
    group, _ = ParticipantGroup.objects.get_or_create(study=study, name="Clients", stem="Client", position=1)
    site, _ = Site.objects.get_or_create(study=study, name="Northmoor", position=1)
    participant = Participant.objects.create(
        study=study, group=group, site=site, number=number, pseudonym=f"Client {number:02d}"
    )
    interview = Interview.objects.create(
        study=study, participant=participant, held_on=date(2026, 2, 10), minutes=90
    )
    transcript = Transcript.objects.create(
        study=study, interview=interview, ready_at=timezone.now(), ready_by=coder
    )
    return CodingAssignment.objects.create(
        study=study,
        coder=coder,
        transcript_version=_version(transcript, coder, chance),
        codebook_version=book,
        kind=CodingAssignment.Kind.INDEPENDENT,
        state=CodingAssignment.State.IN_PROGRESS,
        started_at=timezone.now(),
    )


def _version(transcript: Transcript, by: User, chance: random.Random) -> TranscriptVersion:
    spoken, words = [], 0
    while words < WORDS:
        sentences = 2 if len(spoken) % 2 == 0 else chance.randint(6, 14)
        turn = [_sentence(chance) for _ in range(sentences)]
        words += sum(len(sentence.split()) for sentence in turn)
        spoken.append(turn)
    text = "\n".join(" ".join(turn) for turn in spoken)
    version = TranscriptVersion(
        transcript=transcript,
        text=text,
        length=len(text),
        word_count=words,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        sentence_starts=[],
        sentence_ends=[],
        made_by=by,
    )
    turns = [_turn(version, position, sentences) for position, sentences in enumerate(spoken)]
    version.save()
    Turn.objects.bulk_create(turns)
    return version


def _turn(version: TranscriptVersion, position: int, sentences: list[str]) -> Turn:
    start = at = version.sentence_ends[-1] + 1 if version.sentence_ends else 0
    for sentence in sentences:
        version.sentence_starts.append(at)
        version.sentence_ends.append(at + len(sentence))
        at += len(sentence) + 1
    is_question = position % 2 == 0
    return Turn(
        version=version,
        position=position,
        start=start,
        end=at - 1,
        speaker="Interviewer" if is_question else "Client",
        role=Turn.Role.INTERVIEWER if is_question else Turn.Role.PARTICIPANT,
        starts_at_ms=position * 30_000,
    )


def _sentence(chance: random.Random) -> str:
    words = [
        "".join(chance.choices(SYLLABLES, k=chance.choice((1, 1, 2, 2, 3))))
        for _ in range(chance.randint(6, 14))
    ]
    return f"{' '.join(words).capitalize()}."


def _code(assignment: CodingAssignment, codes: list[Code], number: int, chance: random.Random) -> None:
    """Stores codings as they are stored one by one: each with the gesture that made it."""
    codings = _codings(assignment, codes, number, chance)
    for place, each in enumerate(codings, start=1):
        each.gesture = Gesture(
            assignment=assignment,
            transcript_version=assignment.transcript_version,
            number=place,
            kind=Gesture.Kind.ADD,
            coding=each,
            start=each.start,
            end=each.end,
        )
    with acting_as(assignment.coder_id):
        Gesture.objects.bulk_create([each.gesture for each in codings if each.gesture], batch_size=1000)
        Coding.objects.bulk_create(codings, batch_size=1000)


def _codings(
    assignment: CodingAssignment, codes: list[Code], number: int, chance: random.Random
) -> list[Coding]:
    """Passages evenly over the text, about four deep where there are many; no code overlaps itself."""
    tracks = [(code, influence) for influence in INFLUENCES for code in codes]
    length = assignment.transcript_version.length
    width = length // -(-number // len(tracks))
    usual = min(120, 4 * length // number)
    rows = []
    for place in range(number):
        code, influence = tracks[place % len(tracks)]
        start = place // len(tracks) * width + chance.randrange(width // 2)
        end = start + min(chance.randint(usual // 3, usual * 5 // 3), width // 2 - 1)
        rows.append(Coding(assignment=assignment, code=code, start=start, end=end, influence=influence))
    return rows


def seat(data: Data, number: int) -> list[Seat]:
    """More coders, each with 400 codings in one of the texts."""
    chance = random.Random(5)
    book = data.by_size[400].codebook_version
    codes = list(book.codes.filter(is_applicable=True).order_by("label"))
    versions = list(TranscriptVersion.objects.filter(transcript__study=data.study)[:number])
    return [_seat(data.study, book, codes, version, chance) for version in versions]


def _seat(
    study: Study, book: CodebookVersion, codes: list[Code], version: TranscriptVersion, chance: random.Random
) -> Seat:
    mail = f"{version.id}@example.org"
    coder = User.objects.create_user(email=mail, password="not used at all", name="A Coder")
    Membership.objects.create(study=study, user=coder, roles=[Role.CODER])
    assignment = CodingAssignment.objects.create(
        study=study,
        coder=coder,
        transcript_version=version,
        codebook_version=book,
        kind=CodingAssignment.Kind.PRIMARY,
        state=CodingAssignment.State.IN_PROGRESS,
        started_at=timezone.now(),
    )
    _code(assignment, codes, 400, chance)
    return Seat(assignment, _session(coder), [code.id for code in codes])


def _session(user: User) -> str:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
