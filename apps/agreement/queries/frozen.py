"""The frozen codings of a round, as the engine wants them: arrays straight from PostgreSQL."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection

from apps.agreement import engine
from apps.agreement.models import Round, RoundAssignment
from apps.codebooks.models import Code
from apps.coding.models import CodingAssignment
from apps.transcripts.models import TranscriptVersion, Turn

# Positions are looked up by the database, and rows come as the bytes of one array: no coding is an object.
SPANS = """
    SELECT string_agg(
        int4send(work.transcript) || int4send(work.coder) || int4send(code.position)
            || int4send(coding.start) || int4send(coding."end")
            || int4send(coalesce(array_position(%(influences)s::text[], coding.influence::text), 0) - 1)
            || uuid_send(coding.id),
        '' ORDER BY work.transcript, work.coder, coding.start, coding."end", coding.id
    )
    FROM unnest(%(assignments)s::uuid[], %(transcripts)s::int[], %(coders)s::int[])
        AS work (id, transcript, coder)
    JOIN coding_coding coding ON coding.assignment_id = work.id AND coding.removed_at IS NULL
    JOIN unnest(%(codes)s::uuid[], %(places)s::int[]) AS code (id, position) ON code.id = coding.code_id
"""
NUMBERS = ("transcript", "coder", "code", "start", "end", "influence")
ROW = np.dtype([*((name, ">i4") for name in NUMBERS), ("id", "V16")])


class BlindRoleError(Exception):
    """The database role could not see the codings and would count none."""


def frozen_study(round: Round, batches: Sequence[UUID]) -> engine.Study:
    """These batches as the engine wants them. Only released codings are in it, which cannot change."""
    _must_see_released_codings()
    work = _released_work(round, batches)
    versions = list({each.transcript_version_id: each.transcript_version for each in work}.values())
    transcript_at = {version.id: place for place, version in enumerate(versions)}
    coders = sorted({str(each.coder_id) for each in work})
    coder_at = {coder: place for place, coder in enumerate(coders)}
    codes = _codes(round)
    assigned = np.zeros((len(versions), len(coders)), dtype=np.bool_)
    for each in work:
        assigned[transcript_at[each.transcript_version_id], coder_at[str(each.coder_id)]] = True
    return engine.Study(
        transcripts=_transcripts(round, versions, work),
        codes=tuple(codes),
        coders=tuple(coders),
        assigned=assigned,
        spans=_spans(work, transcript_at, coder_at, codes),
    )


def _must_see_released_codings() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
    if role not in {settings.DATABASE_WORKER_ROLE, settings.DATABASE_OWNER_ROLE}:
        raise BlindRoleError(f"Agreement is computed as {settings.DATABASE_WORKER_ROLE}, not as {role}.")


def _released_work(round: Round, batches: Sequence[UUID]) -> list[CodingAssignment]:
    members = (
        RoundAssignment.objects.filter(
            round_transcript__in=round.transcripts.counted().filter(batch__in=batches),
            assignment__released_at__isnull=False,
            assignment__voided_at=None,
        )
        .select_related(
            "assignment__transcript_version__transcript__interview__participant",
        )
        .order_by("round_transcript__position", "position")
    )
    return [member.assignment for member in members]


def _transcripts(
    round: Round, versions: Sequence[TranscriptVersion], work: Sequence[CodingAssignment]
) -> tuple[engine.Transcript, ...]:
    turns: dict[UUID, list[engine.Turn]] = defaultdict(list)
    rows = Turn.objects.filter(version__in=versions).order_by("version", "position")
    for version, start, end, role in rows.values_list("version_id", "start", "end", "role"):
        turns[version].append(engine.Turn(start, end, cast(engine.Role, role)))
    coders: dict[UUID, set[UUID]] = defaultdict(set)
    for each in work:
        coders[each.transcript_version_id].add(each.coder_id)
    return tuple(_transcript(round, each, turns[each.id], coders[each.id]) for each in versions)


def _transcript(
    round: Round, version: TranscriptVersion, turns: list[engine.Turn], coders: set[UUID]
) -> engine.Transcript:
    """Its stratum is that of the draw; its groups are what the report can be asked for."""
    interview = version.transcript.interview
    groups = {
        "group": str(interview.participant.group_id),
        "site": str(interview.participant.site_id),
        "interviewer": str(interview.interviewer_id or interview.interviewer_name),
        "interviewed_by_coder": "yes" if interview.interviewer_id in coders else "no",
    }
    return engine.Transcript.from_text(
        str(version.id),
        version.text,
        turns=turns,
        sentences=version.sentences,
        stratum=" ".join(groups[name] for name in round.strata or ["group"]),
        groups=groups,
    )


class Ids(Sequence[str]):
    """The keys of codings as they came from the database, written out only when one is asked for."""

    def __init__(self, keys: Any) -> None:
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, row: Any) -> Any:
        key = self._keys[row].tobytes().hex()
        return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


def _codes(round: Round) -> list[engine.Code]:
    rows = Code.objects.filter(version=round.codebook_version_id).order_by("position", "label")
    return [
        engine.Code(str(id), str(parent) if parent else None, name)
        for id, parent, name in rows.values_list("id", "parent_id", "name")
    ]


def _spans(
    work: Sequence[CodingAssignment],
    transcript_at: dict[UUID, int],
    coder_at: dict[str, int],
    codes: Sequence[engine.Code],
) -> engine.Spans:
    places: dict[str, Any] = {
        "influences": list(engine.INFLUENCES),
        "assignments": [each.id for each in work],
        "transcripts": [transcript_at[each.transcript_version_id] for each in work],
        "coders": [coder_at[str(each.coder_id)] for each in work],
        "codes": [code.id for code in codes],
        "places": list(range(len(codes))),
    }
    with connection.cursor() as cursor:
        cursor.execute(SPANS, places)
        (data,) = cursor.fetchone()
    rows = np.frombuffer(data or b"", dtype=ROW)
    return engine.Spans.from_arrays(**{name: rows[name] for name in NUMBERS}, ids=Ids(rows["id"]))
