"""The agreement report, read from what the worker has stored; nothing is computed again."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from django.db.models import Count

from apps.agreement.models import AgreementResult, AgreementRun, Discrepancy, Round
from apps.codebooks.models import Code


@dataclass(frozen=True)
class CodeLine:
    """One code of the report; `discrepancies` counts those in which either coder used it."""

    code: Code
    result: AgreementResult
    discrepancies: int


@dataclass(frozen=True)
class Overview:
    """Median and range over the codes that have a coefficient, beside the pooled one."""

    median: float | None
    low: float | None
    high: float | None
    codes: int
    pooled: AgreementResult | None


@dataclass(frozen=True)
class ReportTable:
    """The report at one level: applicable codes worst first by number, then constructs."""

    run: AgreementRun
    level: str
    lines: list[CodeLine]
    constructs: list[CodeLine]
    overview: Overview
    kinds: list[tuple[str, int]]


def latest_run(*, round: Round) -> AgreementRun | None:
    """The newest stored computation of the round."""
    return round.agreement_runs.defer("report").order_by("-computed_at").first()


def report(*, run: AgreementRun, level: str) -> ReportTable:
    """The stored figures of one level with the number of discrepancies in each code."""
    results = list(run.results.filter(level=level).select_related("code"))
    counts = _discrepancies_by_code(run)
    parents = {result.code.parent_id for result in results if result.code}
    lines = [
        CodeLine(result.code, result, counts.get(result.code.id, 0)) for result in results if result.code
    ]
    codes = [line for line in lines if line.code.id not in parents]
    return ReportTable(
        run=run,
        level=level,
        lines=sorted(codes, key=lambda line: (-line.discrepancies, line.result.position)),
        constructs=[line for line in lines if line.code.id in parents],
        overview=_overview(codes, next((each for each in results if each.code is None), None)),
        kinds=_kinds(run),
    )


def _discrepancies_by_code(run: AgreementRun) -> Counter[UUID]:
    counts: Counter[UUID] = Counter()
    pairs = Discrepancy.objects.filter(agreement_run=run).values_list("first_code", "second_code")
    for pair in pairs:
        counts.update({code for code in pair if code})
    return counts


def _overview(lines: Iterable[CodeLine], pooled: AgreementResult | None) -> Overview:
    alphas = [line.result.alpha for line in lines if line.result.alpha is not None]
    return Overview(
        median=median(alphas) if alphas else None,
        low=min(alphas, default=None),
        high=max(alphas, default=None),
        codes=len(alphas),
        pooled=pooled,
    )


def _kinds(run: AgreementRun) -> list[tuple[str, int]]:
    rows = Discrepancy.objects.filter(agreement_run=run).values_list("kind").annotate(number=Count("id"))
    return sorted(
        ((str(Discrepancy.Kind(kind).label), number) for kind, number in rows), key=lambda row: -row[1]
    )
