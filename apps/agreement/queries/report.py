"""The agreement report, from what the worker stored: for all transcripts or for one participant group."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal, cast
from uuid import UUID

from django.db.models import Count, QuerySet

from apps.accounts.models import User
from apps.agreement import engine
from apps.agreement.models import AgreementResult, AgreementRun, Discrepancy, Round
from apps.codebooks.models import Code
from apps.studies.models import ParticipantGroup

REPLICATES = 1000
FEWEST_UNITS = 10


@dataclass(frozen=True)
class CodeLine:
    """One code of the report; `discrepancies` counts those in which a coder used it or a code below it."""

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
    """The report at one level: applicable codes worst first by number, then constructs.

    Of two coders the first is the one whom the counts mean by "only first".
    """

    run: AgreementRun
    level: str
    group: ParticipantGroup | None
    transcripts: int
    coders: list[User]
    lines: list[CodeLine]
    constructs: list[CodeLine]
    overview: Overview
    kinds: list[tuple[str, int]]


def parameters(*, round: Round, group_by: tuple[str, ...] = ()) -> engine.Parameters:
    """How the agreement of a round is computed; the seed is the round's."""
    return engine.Parameters(
        levels=engine.LEVELS,
        group_by=group_by,
        replicates=REPLICATES,
        seed=round.seed,
        confidence=0.95,
        interval_form=engine.DEFAULT_FORM,
        min_units=FEWEST_UNITS,
        rules=engine.UnitRules(),
    )


def tolerance(*, round: Round) -> engine.Tolerance:
    """How much two codings of one code may differ and still agree, as planned."""
    unit = cast(Literal["share", "words", "characters"], round.tolerance_unit)
    return engine.Tolerance(unit, round.tolerance)


def latest_run(*, round: Round) -> AgreementRun | None:
    """The newest stored computation of the round."""
    return round.agreement_runs.defer("report", "tables").order_by("-computed_at").first()


def report(*, run: AgreementRun, level: str, group: ParticipantGroup | None = None) -> ReportTable:
    """The figures of one level with the number of discrepancies in each code."""
    results = _stored(run, level) if group is None else _of_group(run, level, group)
    found = Discrepancy.objects.filter(agreement_run=run)
    members = run.round.transcripts.all()
    if group is not None:
        members = members.filter(transcript_version__transcript__interview__participant__group=group)
        found = found.filter(round_transcript__in=members)
    counts = _discrepancies_by_code(found)
    parents = {result.code.parent_id for result in results if result.code}
    lines = [
        CodeLine(result.code, result, counts.get(result.code.id, 0)) for result in results if result.code
    ]
    codes = [line for line in lines if line.code.id not in parents]
    return ReportTable(
        run=run,
        level=level,
        group=group,
        transcripts=members.count(),
        coders=_coders(run.round),
        lines=sorted(codes, key=lambda line: (-line.discrepancies, line.result.position)),
        constructs=[line for line in lines if line.code.id in parents],
        overview=_overview(codes, next((each for each in results if each.code is None), None)),
        kinds=_kinds(found),
    )


def results(
    run: AgreementRun, figures: Iterable[engine.Figure], coders: Iterable[str]
) -> list[AgreementResult]:
    """Rows for the figures over all coders, in the order of the codebook; the pooled one has no code."""
    everybody = set(coders)
    chosen = [
        figure for figure in figures if set(figure.coders) == everybody and figure.kind != "pooled_constructs"
    ]
    return [_result(run, position, figure) for position, figure in enumerate(chosen)]


def _result(run: AgreementRun, position: int, figure: engine.Figure) -> AgreementResult:
    counts = figure.counts or engine.PairCounts(0, 0, 0, 0)
    alpha = figure.estimate("krippendorff_alpha")
    return AgreementResult(
        agreement_run=run,
        level=figure.level,
        code_id=UUID(figure.code) if figure.code else None,
        position=position,
        both=counts.both,
        only_first=counts.only_first,
        only_second=counts.only_second,
        neither=counts.neither,
        alpha=alpha.value,
        alpha_low=alpha.low,
        alpha_high=alpha.high,
        positive_agreement=figure.estimate("positive_agreement").value,
        kappa=figure.estimate("cohen_kappa").value,
        remark=figure.status,
    )


def _stored(run: AgreementRun, level: str) -> list[AgreementResult]:
    return list(run.results.filter(level=level).select_related("code"))


def _of_group(run: AgreementRun, level: str, group: ParticipantGroup) -> list[AgreementResult]:
    """Answered from the counted tables: no coding is read again."""
    tables = engine.unpack(bytes(run.tables))
    asked = replace(parameters(round=run.round, group_by=("group",)), levels=(cast(engine.Level, level),))
    figures = [each for each in engine.summarise(tables, asked).figures if each.group == str(group.id)]
    coders = max((each.coders for each in figures), key=len, default=())
    rows = results(run, figures, coders)
    codes = Code.objects.in_bulk([row.code_id for row in rows if row.code_id])
    for row in rows:
        row.code = codes.get(row.code_id) if row.code_id else None
    return rows


def _coders(round: Round) -> list[User]:
    """In the order of the engine, which knows them by their ids."""
    coders = User.objects.filter(assignments__in_round__round_transcript__round=round).distinct()
    return sorted(coders, key=lambda coder: str(coder.id))


def _discrepancies_by_code(found: QuerySet[Discrepancy]) -> Counter[UUID]:
    """How many name a code, or a code right below it; one that names two of them counts once."""
    counts: Counter[UUID] = Counter()
    named = ("first_code", "first_code__parent", "second_code", "second_code__parent")
    for codes in found.values_list(*named):
        counts.update({code for code in codes if code})
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


def _kinds(found: QuerySet[Discrepancy]) -> list[tuple[str, int]]:
    rows = found.order_by().values_list("kind").annotate(number=Count("id"))
    return sorted(
        ((str(Discrepancy.Kind(kind).label), number) for kind, number in rows), key=lambda row: -row[1]
    )
