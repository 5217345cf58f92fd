"""The study of the benchmark: 63 transcripts of 9,000 words, each coded by three, computed and released."""

from __future__ import annotations

import random

from django.utils import timezone

from apps.accounts.models import User
from apps.agreement import actions
from apps.agreement.models import Round, RoundAssignment, RoundTranscript
from apps.codebooks.models import Code
from apps.coding.models import Coding, CodingAssignment
from apps.core.identity import acting_as
from apps.studies.models import Membership, Study
from apps.studies.permissions import Role
from benchmarks.workspace import data

TRANSCRIPTS = 63
CODINGS = 400
NAMES = ("Ruth Hale", "Jin Park", "Mei Lin")


def seed(*, transcripts: int = TRANSCRIPTS, codings: int = CODINGS) -> Round:
    """Writes the round as the owner of the database; each coder leaves out, shifts and renames some."""
    chance = random.Random(5)
    pi = _person("Amara Osei")
    study = Study.objects.create(name="Benchmark", opened_by=pi)
    coders = [_person(name) for name in NAMES]
    for user, role in ((pi, Role.PI), *((coder, Role.CODER) for coder in coders)):
        Membership.objects.create(study=study, user=user, roles=[role])
    book = data._codebook(study)
    codes = list(book.codes.filter(is_applicable=True).order_by("label"))
    now = timezone.now()
    round = Round.objects.create(
        study=study,
        number=1,
        state=Round.State.RELEASED,
        codebook_version=book,
        adjudicator=pi,
        coders_per_transcript=3,
        opened_at=now,
        held_since=now,
        released_at=now,
    )
    for number in range(1, transcripts + 1):
        _transcript(round, coders, codes, number, codings, chance)
    run = actions.request_run(round=round, by=None)
    actions.compute(run_id=run.id, now=now)
    round.refresh_from_db()
    return round


def _person(name: str) -> User:
    first = name.split()[0].lower()
    return User.objects.create_user(email=f"{first}@example.org", password="not used at all", name=name)


def _transcript(
    round: Round, coders: list[User], codes: list[Code], number: int, codings: int, chance: random.Random
) -> None:
    first = data._assignment(round.study, coders[0], round.codebook_version, number, chance)
    member = RoundTranscript.objects.create(
        round=round, transcript_version=first.transcript_version, position=number
    )
    there = data._codings(first, codes, codings, chance)
    for position, coder in enumerate(coders):
        work = first if position == 0 else _same(first, coder)
        RoundAssignment.objects.create(round_transcript=member, assignment=work, position=position)
        with acting_as(coder.id):
            mine = [_as_read(each, work, codes, chance) for each in there if chance.random() < 0.88]
            Coding.objects.bulk_create(mine, batch_size=1000, ignore_conflicts=True)
        work.state, work.submitted_at, work.released_at = "submitted", round.opened_at, round.released_at
        work.save()


def _same(first: CodingAssignment, coder: User) -> CodingAssignment:
    return CodingAssignment.objects.create(
        study=first.study,
        coder=coder,
        transcript_version=first.transcript_version,
        codebook_version=first.codebook_version,
        kind=first.kind,
        state=first.state,
        started_at=first.started_at,
    )


def _as_read(coding: Coding, work: CodingAssignment, codes: list[Code], chance: random.Random) -> Coding:
    shift = chance.choice((0, 0, 0, 5, 40))
    start = min(coding.start + shift, coding.end - 1)
    code = chance.choice(codes) if chance.random() < 0.08 else coding.code
    return Coding(assignment=work, code=code, start=start, end=coding.end, influence=coding.influence)
