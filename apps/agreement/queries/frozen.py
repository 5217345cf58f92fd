"""The frozen codings of a round, as the engine wants them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import connection

from apps.agreement import engine
from apps.agreement.models import Round, RoundAssignment
from apps.codebooks.models import Code
from apps.coding.models import Coding, CodingAssignment
from apps.transcripts.models import TranscriptVersion, Turn


class BlindRoleError(Exception):
    """The database role could not see the codings and would count none."""


def frozen_study(round: Round) -> engine.Study:
    """The round as the engine wants it. Only released codings are in it, and those cannot change any more."""
    _must_see_released_codings()
    members = list(
        RoundAssignment.objects.filter(round_transcript__round=round, assignment__released_at__isnull=False)
        .select_related(
            "assignment", "round_transcript__transcript_version__transcript__interview__participant__group"
        )
        .order_by("round_transcript__position", "position")
    )
    versions = {
        row.assignment.transcript_version_id: row.round_transcript.transcript_version for row in members
    }
    turns = _turns_of(versions)
    coder_of = {row.assignment_id: row.assignment for row in members}
    return engine.Study.of(
        transcripts=[_transcript(version, turns[version.id]) for version in versions.values()],
        codes=_codes(round),
        assignments=[
            (str(row.assignment.transcript_version_id), str(row.assignment.coder_id)) for row in members
        ],
        spans=_spans(coder_of),
    )


def _must_see_released_codings() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
    if role not in {settings.DATABASE_WORKER_ROLE, settings.DATABASE_OWNER_ROLE}:
        raise BlindRoleError(f"Agreement is computed as {settings.DATABASE_WORKER_ROLE}, not as {role}.")


def _turns_of(versions: Iterable[UUID]) -> dict[UUID, list[engine.Turn]]:
    found: dict[UUID, list[engine.Turn]] = defaultdict(list)
    rows = Turn.objects.filter(version__in=list(versions)).order_by("version", "position")
    for version, start, end, role in rows.values_list("version_id", "start", "end", "role"):
        found[version].append(engine.Turn(start, end, cast(engine.Role, role)))
    return found


def _transcript(version: TranscriptVersion, turns: list[engine.Turn]) -> engine.Transcript:
    interview = version.transcript.interview
    group = interview.participant.group
    return engine.Transcript.from_text(
        str(version.id),
        version.text,
        turns=turns,
        sentences=version.sentences,
        stratum=str(group.id),
        groups={
            "group": str(group.id),
            "site": str(interview.participant.site_id),
            "interviewer": interview.interviewer_name,
        },
    )


def _codes(round: Round) -> list[engine.Code]:
    rows = Code.objects.filter(version=round.codebook_version_id).order_by("position", "label")
    return [
        engine.Code(str(id), str(parent) if parent else None, name)
        for id, parent, name in rows.values_list("id", "parent_id", "name")
    ]


def _spans(assignments: dict[UUID, CodingAssignment]) -> list[engine.Span]:
    rows = Coding.objects.standing().filter(assignment__in=list(assignments))
    return [
        engine.Span(
            id=str(id),
            transcript=str(assignments[assignment].transcript_version_id),
            coder=str(assignments[assignment].coder_id),
            code=str(code),
            start=start,
            end=end,
            influence=cast(engine.Influence, influence) or None,
        )
        for id, assignment, code, start, end, influence in rows.values_list(
            "id", "assignment_id", "code_id", "start", "end", "influence"
        ).iterator()
    ]
