"""The round of the benchmark: 63 long transcripts, three coders, about 400 codings each, 60 codes."""

from __future__ import annotations

import random

from django.utils import timezone

from apps.accounts.models import User
from apps.agreement import actions
from apps.agreement.models import Round
from apps.codebooks.models import Code, Codebook, CodebookVersion
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.studies.models import Membership, Study
from apps.studies.permissions import Role
from apps.transcripts.models import Transcript
from benchmarks.workspace.data import assignment as primary
from benchmarks.workspace.data import codebook as small_codebook

TRANSCRIPTS, CODINGS, CONSTRUCTS, CODES = 63, 400, 4, 15
INFLUENCES = ["", "helps", "hinders", "both"]


def seed() -> tuple[Round, User]:
    """A released round that waits for its computation, and its lead researcher."""
    chance = random.Random(5)
    pi, adjudicator, *coders = (_person(name) for name in ("Amara", "Tomas", "Ruth", "Jin", "Callum"))
    study = Study.objects.create(name="Benchmark", opened_by=pi)
    roles = [Role.PI, Role.ADJUDICATOR, Role.CODER, Role.CODER, Role.CODER]
    for person, role in zip((pi, adjudicator, *coders), roles, strict=True):
        Membership.objects.create(study=study, user=person, roles=[role])
    book = _codebook(study)
    # These assignments bring the transcripts. Whoever codes a transcript blind sees no result of it: so it is
    # somebody else's work than that of the people whose pages are measured.
    spare, other = small_codebook(study), _person("Ines")
    versions = [
        primary(study, other, spare, number, chance).transcript_version for number in range(TRANSCRIPTS)
    ]
    Transcript.objects.filter(study=study).update(ready_at=timezone.now(), ready_by=pi)
    round = actions.open_round(
        study=study,
        transcript_versions=versions,
        coders=coders,
        adjudicator=adjudicator,
        codebook_version=book,
        by=pi,
        now=timezone.now(),
    )
    _code(round, chance)
    with acting_as(pi.id):
        round.refresh_from_db()
        actions.release_now(round=round, by=pi, now=timezone.now())
    return round, pi


def _person(name: str) -> User:
    return User.objects.create_user(
        email=f"{name.lower()}@example.org", password="not used at all", name=name
    )


def _codebook(study: Study) -> CodebookVersion:
    codebook = Codebook.objects.create(study=study, name="Large framework")
    version = CodebookVersion.objects.create(codebook=codebook)
    for hue in range(1, CONSTRUCTS + 1):
        letter = "abcd"[hue - 1]
        above = Code.objects.create(
            version=version, label=letter, name=f"Construct {letter}", hue=hue, is_applicable=False
        )
        for number in range(1, CODES + 1):
            Code.objects.create(
                version=version,
                parent=above,
                label=f"{letter}{number}",
                name=f"Code {letter}{number}",
                hue=hue,
                position=number,
            )
    version.frozen_at, version.frozen_by = timezone.now(), study.opened_by
    version.save()
    return version


def _code(round: Round, chance: random.Random) -> None:
    """Passages that are there to be found: each coder misses some, moves all, takes another code for some."""
    codes = list(round.codebook_version.codes.filter(is_applicable=True).order_by("label"))
    for member in round.transcripts.select_related("transcript_version"):
        length = member.transcript_version.length
        step = length // (CODINGS + 20)
        passages = [
            (place * step, step * chance.randint(4, 9) // 10, chance.choice(codes))
            for place in range(CODINGS + 20)
        ]
        for work in CodingAssignment.objects.filter(in_round__round_transcript=member):
            with acting_as(work.coder_id):
                rows = [_coding(work, chance, codes, *each) for each in passages if chance.random() > 0.08]
                Coding.objects.bulk_create(rows, batch_size=500)
                actions.submit(assignment=work, by=work.coder, now=timezone.now())


def _coding(
    work: CodingAssignment, chance: random.Random, codes: list[Code], start: int, width: int, code: Code
) -> Coding:
    chosen = chance.choice(codes) if chance.random() < 0.12 else code
    start += chance.randint(0, 12)
    return Coding(
        assignment=work,
        code=chosen,
        start=start,
        end=start + width,
        influence=chance.choice(INFLUENCES[:2]) if chance.random() < 0.9 else "hinders",
    )
