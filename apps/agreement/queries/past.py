"""How often two codes were confused before, and what was decided then."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery

from apps.agreement.models import AgreementRun, Discrepancy, Resolution, Round
from apps.codebooks.models import Code


@dataclass(frozen=True)
class Past:
    """Times that the same codes met in the study, and how those that are settled were settled."""

    met: int
    settled: int
    decided: tuple[tuple[str, int], ...]
    nothing: int


def past(*, discrepancy: Discrepancy) -> Past:
    """Others on the same code or pair of codes, in all versions: as last computed, void rounds left out."""
    alike = _alike(discrepancy)
    resolutions = Resolution.objects.filter(discrepancy__in=alike, undone_at=None)
    codes: Counter[str] = Counter()
    nothing = 0
    for labels in _standing_labels(resolutions).values():
        codes.update([" + ".join(sorted(labels))] if labels else [])
        nothing += not labels
    return Past(
        met=alike.count(),
        settled=sum(codes.values()) + nothing,
        decided=tuple(codes.most_common()),
        nothing=nothing,
    )


def _alike(discrepancy: Discrepancy) -> QuerySet[Discrepancy]:
    lineages = {code.lineage for code in (discrepancy.first_code, discrepancy.second_code) if code}
    study = discrepancy.round_transcript.round.study_id
    codes = list(
        Code.objects.filter(version__codebook__study=study, lineage__in=lineages).values_list("id", "lineage")
    )
    of = {lineage: [id for id, each in codes if each == lineage] for lineage in lineages}
    if len(lineages) == 2:
        one, other = of.values()
        met = Q(first_code__in=one, second_code__in=other) | Q(first_code__in=other, second_code__in=one)
    else:
        (one,) = of.values()
        is_one_sided = discrepancy.first_code_id is None or discrepancy.second_code_id is None
        met = (
            Q(first_code__in=one, second_code=None) | Q(first_code=None, second_code__in=one)
            if is_one_sided
            else Q(first_code__in=one, second_code__in=one, kind=discrepancy.kind)
        )
    newest = AgreementRun.objects.filter(round=OuterRef("round_transcript__round")).order_by("-computed_at")
    counted = Discrepancy.objects.filter(met, agreement_run=Subquery(newest.values("id")[:1]))
    return counted.exclude(round_transcript__round__state=Round.State.VOID).exclude(id=discrepancy.id)


def _standing_labels(resolutions: QuerySet[Resolution]) -> dict[object, set[str]]:
    found: dict[object, set[str]] = {}
    for id, label in resolutions.order_by().values_list("id", "passages__code__label"):
        found.setdefault(id, set())
        if label:
            found[id].add(label)
    return found
