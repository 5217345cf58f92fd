"""All codings of one code, or of one transcript, with what stands around them and what was asked before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.codebooks.models import Code
from apps.codebooks.queries import flat, tree
from apps.coding.engine.surroundings import Surroundings, Utterance, surroundings
from apps.coding.models import Coding, CodingAssignment, CodingQuerySet
from apps.studies.models import Study
from apps.transcripts.models import Transcript, TranscriptVersion, Turn

VERSION = "assignment__transcript_version"
PERSON = f"{VERSION}__transcript__interview__participant"
CONSENSUS = "consensus"
IN_ORDER = (f"{PERSON}__group__position", f"{PERSON}__number", "start", "end", "code__position")


def codings_of(
    code: Code,
    *,
    study: Study,
    reader: User,
    group: UUID | None = None,
    participant: UUID | None = None,
    role: str = "",
    coder: str = "",
    influence: str = "",
) -> CodingQuerySet:
    """Every coding of the code and of those under it, in all versions of the codebook, that the reader may
    see: others' blinded ones are not among them."""
    found = _readable(study, reader).filter(code__lineage__in=_lineages(code))
    wanted = {f"{PERSON}__group": group, PERSON: participant, "influence": influence}
    found = found.filter(**{field: value for field, value in wanted.items() if value})
    if role:
        found = found.filter(Exists(_turns_in().filter(role=role)))
    return _by(found, coder)


def codings_in(transcript: Transcript, *, reader: User) -> CodingQuerySet:
    """Every coding of a transcript's present text that the reader may see."""
    newest = TranscriptVersion.objects.newest().filter(transcript=transcript)
    return _readable(transcript.study, reader).filter(assignment__transcript_version__in=newest.values("id"))


def coders_of(codings: CodingQuerySet) -> list[tuple[str, str]]:
    """Key and name of everybody who made one of the codings; a consensus is nobody's own."""
    by = codings.order_by("assignment__coder__name").values_list(
        "assignment__coder", "assignment__coder__name", "assignment__kind"
    )
    people = dict.fromkeys(by.distinct())
    names = {str(key): name for key, name, kind in people if kind != CodingAssignment.Kind.CONSENSUS}
    has_consensus = any(kind == CodingAssignment.Kind.CONSENSUS for _, _, kind in people)
    return [*names.items(), *([(CONSENSUS, "")] if has_consensus else [])]


@dataclass(frozen=True)
class InContext:
    """A coding with the words around it."""

    coding: Coding
    around: Surroundings
    is_own: bool
    is_of_newest_text: bool

    @property
    def version(self) -> TranscriptVersion:
        return self.coding.assignment.transcript_version

    @property
    def is_consensus(self) -> bool:
        return self.coding.assignment.kind == CodingAssignment.Kind.CONSENSUS

    @property
    def memo(self) -> str:
        memo = getattr(self.coding, "memo", None)
        return memo.text if memo else ""


def in_context(codings: Iterable[Coding], *, reader: User) -> list[InContext]:
    """The same codings with their surroundings; the number of queries does not grow with them."""
    rows = list(codings)
    keys = {row.assignment.transcript_version_id for row in rows}
    texts = dict(TranscriptVersion.objects.filter(id__in=keys).values_list("id", "text"))
    newest = set(TranscriptVersion.objects.newest().filter(id__in=keys).values_list("id", flat=True))
    turns: dict[UUID, list[Utterance]] = {key: [] for key in keys}
    spoken = Turn.objects.filter(version__in=keys).order_by("version", "position")
    for key, position, start, end, role in spoken.values_list("version", "position", "start", "end", "role"):
        turns[key].append(Utterance(position, start, end, role))
    return [
        InContext(
            coding=row,
            around=_around(row, texts, turns),
            is_own=row.assignment.coder_id == reader.id and row.assignment.kind != CONSENSUS,
            is_of_newest_text=row.assignment.transcript_version_id in newest,
        )
        for row in rows
    ]


def _around(row: Coding, texts: dict[UUID, str], turns: dict[UUID, list[Utterance]]) -> Surroundings:
    key = row.assignment.transcript_version_id
    return surroundings(texts[key], turns[key], row.start, row.end)


def _readable(study: Study, reader: User) -> CodingQuerySet:
    found = Coding.objects.standing().visible_to(reader)
    return (
        found.filter(assignment__study=study, assignment__voided_at=None)
        .select_related("code", "assignment__coder", f"{PERSON}__group", "memo")
        .defer(f"{VERSION}__text", f"{VERSION}__sentence_starts", f"{VERSION}__sentence_ends")
        .order_by(*IN_ORDER, "assignment__coder__name", "id")
    )


def _by(found: CodingQuerySet, coder: str) -> CodingQuerySet:
    consensus = Q(assignment__kind=CodingAssignment.Kind.CONSENSUS)
    if coder == CONSENSUS:
        return found.filter(consensus)
    return found.filter(~consensus, assignment__coder=UUID(coder)) if coder else found


def _lineages(code: Code) -> Sequence[UUID]:
    nodes = {node.id: node for node in flat(tree(code.version))}
    return [node.lineage for node in flat([nodes[code.id]])]


def _turns_in() -> QuerySet[Turn]:
    version = OuterRef("assignment__transcript_version")
    return Turn.objects.filter(version=version, start__lt=OuterRef("end"), end__gt=OuterRef("start"))
