"""The codings that somebody is to look at again because a later version redefines their codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.codebooks.models import CodebookVersion
from apps.codebooks.queries import Redefined, redefined, version_in_use
from apps.coding.models import Coding, CodingAssignment, SecondLook
from apps.studies.models import Study

PERSON = "transcript_version__transcript__interview__participant"


@dataclass(frozen=True)
class ToLook:
    """A coding under a definition that changed, and what was found when it was looked at again."""

    coding: Coding
    assignment: CodingAssignment
    definition: Redefined
    look: SecondLook | None

    @property
    def is_done(self) -> bool:
        return self.look is not None


@dataclass(frozen=True)
class TranscriptToLook:
    """One transcript in one person's coding, or as a consensus; nothing to look at is an answer too."""

    assignment: CodingAssignment
    items: list[ToLook]

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.items)

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.items)

    @property
    def first_waiting(self) -> ToLook | None:
        return next((item for item in self.items if not item.is_done), None)

    @property
    def is_consensus(self) -> bool:
        return self.assignment.kind == CodingAssignment.Kind.CONSENSUS


@dataclass(frozen=True)
class Relook:
    """All that one person is to look at again for the version in use, in reading order."""

    version: CodebookVersion
    transcripts: list[TranscriptToLook]

    @property
    def items(self) -> list[ToLook]:
        return [item for each in self.transcripts for item in each.items]

    @property
    def first_waiting(self) -> ToLook | None:
        return next((item for item in self.items if not item.is_done), None)

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.items)


def relook(*, study: Study, reader: User, with_consensus: bool) -> Relook | None:
    """None before there is a second version. One's own primary codings; and every consensus, where asked for.

    Independent codings are in no list: they stay as they were made, and what stands of them is the consensus.
    """
    version = version_in_use(study)
    if version is None or version.number == 1:
        return None
    work = list(_work(study, reader, version, with_consensus=with_consensus))
    changed = {
        each.codebook_version_id: redefined(each.codebook_version, version)
        for each in {each.codebook_version_id: each for each in work}.values()
    }
    lineages = {lineage for each in changed.values() for lineage in each}
    codings: dict[UUID, list[Coding]] = {each.id: [] for each in work}
    rows = Coding.objects.visible_to(reader).standing().filter(assignment__in=work)
    for coding in rows.filter(code__lineage__in=lineages).select_related("code"):
        codings[coding.assignment_id].append(coding)
    looks = _looks(version, work)
    return Relook(
        version,
        [
            TranscriptToLook(each, _items(each, codings[each.id], changed[each.codebook_version_id], looks))
            for each in work
        ],
    )


def _work(
    study: Study, reader: User, version: CodebookVersion, *, with_consensus: bool
) -> QuerySet[CodingAssignment]:
    own = Q(coder=reader, kind=CodingAssignment.Kind.PRIMARY)
    consensus = Q(kind=CodingAssignment.Kind.CONSENSUS)
    earlier = CodingAssignment.objects.open_to(reader).filter(
        study=study,
        voided_at=None,
        codebook_version__codebook=version.codebook_id,
        codebook_version__number__lt=version.number,
    )
    return (
        earlier.filter(own | consensus if with_consensus else own)
        .select_related("codebook_version", "coder", f"{PERSON}__group")
        .defer(*(f"transcript_version__{name}" for name in ("text", "sentence_starts", "sentence_ends")))
        .order_by("kind", f"{PERSON}__group__position", f"{PERSON}__number", "id")
    )


def _looks(version: CodebookVersion, work: list[CodingAssignment]) -> dict[UUID, SecondLook]:
    standing = SecondLook.objects.filter(version=version, assignment__in=work, undone_at=None)
    return {each.coding_id: each for each in standing.select_related("code", "looked_by")}


def _items(
    assignment: CodingAssignment,
    codings: list[Coding],
    changed: Mapping[UUID, Redefined],
    looks: Mapping[UUID, SecondLook],
) -> list[ToLook]:
    return [
        ToLook(coding, assignment, changed[coding.code.lineage], looks.get(coding.id))
        for coding in codings
        if coding.code.lineage in changed
    ]
