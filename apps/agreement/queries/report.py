"""The agreement report: figures from what is stored, and the discrepancies behind them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from apps.accounts.models import User
from apps.agreement import engine
from apps.agreement.models import AgreementRun, Discrepancy, Round
from apps.agreement.queries.choosing import Choice, transcripts_of
from apps.agreement.queries.computing import SPEAKERS, as_planned, influences, parameters
from apps.codebooks.models import Code
from apps.core.compiled import Compiled
from apps.studies.models import Study


@dataclass(frozen=True)
class CodeLine:
    """One code of the report; `discrepancies` counts those in which a coder used it or a code below it."""

    code: Code
    figure: engine.Figure
    beside: engine.Figure | None
    characters: engine.Figure | None
    discrepancies: int

    @property
    def alpha(self) -> engine.Estimate:
        return self.figure.estimate("krippendorff_alpha")

    @property
    def alpha_beside(self) -> engine.Estimate | None:
        return None if self.beside is None else self.beside.estimate("krippendorff_alpha")

    @property
    def estimates(self) -> Mapping[str, engine.Estimate]:
        return self.figure.estimates

    @property
    def positive(self) -> engine.Estimate:
        return self.figure.estimate("positive_agreement")

    @property
    def kappa(self) -> engine.Estimate:
        return self.figure.estimate("cohen_kappa" if self.figure.pair else "conger_kappa")

    @property
    def counts(self) -> list[int]:
        """Of a pair: both, only the first, only the second, neither; of more: each coder, anybody."""
        pair = self.figure.counts
        if pair is not None:
            return [pair.both, pair.only_first, pair.only_second, pair.neither]
        return [*self.figure.coded_by.values(), self.figure.coded_by_any]


@dataclass(frozen=True)
class ReportTable:
    """The report for one choice: applicable codes worst first by number, then constructs.

    Of two coders the first is the one whom the counts mean by "only first".
    """

    run: AgreementRun
    choice: Choice
    tables: engine.Tables
    computed: engine.Report
    coders: list[User]
    lines: list[CodeLine]
    constructs: list[CodeLine]
    pooled: engine.Figure | None
    spread: engine.Spread | None
    beside_level: str
    discrepancies: int
    kinds: list[tuple[str, str, int]]
    codes: list[Code]

    @cached_property
    def influences(self) -> tuple[engine.InfluenceAgreement, ...]:
        """Agreement on influence; not of every report is it wanted."""
        if self.choice.is_stored:
            stored: tuple[engine.InfluenceAgreement, ...]
            stored = engine.from_plain(tuple[engine.InfluenceAgreement, ...], self.run.influences)
            return stored
        return influences(round=self.run.round, tables=self.tables, coders=_pair(self.choice))

    @property
    def transcripts(self) -> int:
        return len(self.computed.transcripts)

    @property
    def pooled_alpha(self) -> engine.Estimate | None:
        return None if self.pooled is None else self.pooled.estimate("krippendorff_alpha")

    @property
    def unused(self) -> list[Code]:
        return [line.code for line in self.lines if line.figure.status == "not_used"]


def latest_run(*, round: Round) -> AgreementRun | None:
    """The newest stored computation of the round."""
    run = _newest.first(round=round.id)
    if run is not None:
        run.round = round
    return run


_newest = Compiled(
    lambda round: (
        AgreementRun.objects.filter(round=round)
        .defer("report", "scopes", "influences", *SPEAKERS)
        .order_by("-computed_at")[:1]
    ),
    round=UUID,
)


def round_of(*, study: Study, round: UUID) -> Round | None:
    """A round of the study, with its codebook's version."""
    found = _round.first(study=study.id, round=round)
    if found is not None:
        found.study = study
    return found


_round = Compiled(
    lambda study, round: Round.objects.filter(study=study, id=round).select_related("codebook_version"),
    study=UUID,
    round=UUID,
)


def is_blind_again(*, round: Round, user: User) -> bool:
    """The person codes a released transcript of the round once more, blind: the figures would speak of it."""
    released = round.transcripts.filter(batch__released_at__isnull=False)
    texts = released.values("transcript_version__transcript")
    return user.assignments.filter(
        kind="independent", released_at=None, voided_at=None, transcript_version__transcript__in=texts
    ).exists()


def report(*, run: AgreementRun, choice: Choice | None = None) -> ReportTable:
    """The figures at one level, for what was chosen, with the number of discrepancies in each code."""
    choice = choice or Choice()
    tables = _tables(run, choice)
    computed = _stored(run, choice) if choice.is_stored else _answered(run, choice, tables)
    construct = None if choice.construct is None else str(choice.construct)
    differing = engine.differences(tables, coders=_pair(choice), code=construct)
    codes = _in_reading_order(run.round.codebook_version.codes.order_by("position", "label"))
    lines = _lines(computed, choice, beside(run.round, choice.level), codes, differing)
    applied = [line for line in lines if line.figure.kind == "code"]
    order = {code.id: place for place, code in enumerate(codes)}
    return ReportTable(
        run=run,
        choice=choice,
        tables=tables,
        computed=computed,
        coders=_coders(computed, choice),
        lines=sorted(applied, key=lambda line: (-line.discrepancies, order[line.code.id])),
        constructs=[line for line in lines if line.figure.kind == "construct"],
        pooled=next(
            (each for each in computed.figures if (each.level, each.kind) == (choice.level, "pooled_codes")),
            None,
        ),
        spread=next(
            (
                each
                for each in computed.spreads
                if (each.level, each.kind, each.measure) == (choice.level, "code", "krippendorff_alpha")
            ),
            None,
        ),
        beside_level=beside(run.round, choice.level),
        discrepancies=differing.total,
        kinds=[
            (kind, str(Discrepancy.Kind(kind).label), number)
            for kind, number in sorted(differing.by_kind.items(), key=lambda row: (-row[1], row[0]))
        ],
        codes=codes,
    )


def _in_reading_order(codes: Iterable[Code]) -> list[Code]:
    """Each construct, then the codes below it."""
    below: dict[UUID | None, list[Code]] = {}
    for code in codes:
        below.setdefault(code.parent_id, []).append(code)

    def under(parent: UUID | None) -> list[Code]:
        return [each for code in below.get(parent, []) for each in (code, *under(code.id))]

    return under(None)


def beside(round: Round, level: str) -> str:
    """Sentences stand beside answers, and answers beside everything else, where they were planned."""
    other = "sentence" if level == "answer" else "answer"
    return other if other in round.levels and level != "transcript" else ""


def _tables(run: AgreementRun, choice: Choice) -> engine.Tables:
    """The stored counts of what was chosen; of levels only where their figures are not stored too."""
    levels = () if choice.is_stored else _levels(run, choice)
    tables = engine.unpack(bytes(getattr(run, choice.speakers)), levels=levels)
    if choice.is_of_all_transcripts:
        return tables
    return engine.restricted(tables, transcripts_of(choice, tables))


def _pair(choice: Choice) -> tuple[str, str] | None:
    return None if choice.pair is None else (str(choice.pair[0]), str(choice.pair[1]))


def figures_at(*, run: AgreementRun, level: engine.Level) -> engine.Report:
    """The stored figures of one level, and how they were computed: without the counts that they come from."""
    return _with_figures(run, {level})


def _stored(run: AgreementRun, choice: Choice) -> engine.Report:
    return _with_figures(run, {*_levels(run, choice), "character"})


def _with_figures(run: AgreementRun, levels: Collection[str]) -> engine.Report:
    computed: engine.Report = engine.from_plain(engine.Report, run.report)
    rows = run.results.filter(level__in=levels).values_list("figure", flat=True)
    figures = tuple(engine.from_plain(engine.Figure, each) for each in rows)
    return replace(computed, figures=figures)


def _answered(run: AgreementRun, choice: Choice, tables: engine.Tables) -> engine.Report:
    """From the stored counts: no coding is read again."""
    levels, pair = _levels(run, choice), _pair(choice)
    asked = replace(parameters(round=run.round, speakers=choice.speakers), levels=levels)
    # What stands beside is shown without its interval, and so is not resampled.
    plain = replace(asked, levels=tuple(level for level in levels if level != choice.level), replicates=0)
    main = replace(asked, levels=(choice.level,))
    found = [each for one in (main, plain) for each in engine.figures(tables, one, coders=pair)]
    return engine.gather(tables, asked, as_planned(run.round, found))


def _levels(run: AgreementRun, choice: Choice) -> tuple[engine.Level, ...]:
    wanted = (choice.level, beside(run.round, choice.level))
    return tuple(level for level in engine.LEVELS if level in wanted)


def _coders(computed: engine.Report, choice: Choice) -> list[User]:
    """In the order of the engine, which knows them by their ids."""
    ids = choice.pair or next((each.coders for each in computed.figures), computed.coders)
    people = User.objects.in_bulk([UUID(str(id)) for id in ids])
    return [people[UUID(str(id))] for id in ids]


def _lines(
    computed: engine.Report,
    choice: Choice,
    other_level: str,
    codes: Iterable[Code],
    differing: engine.Differences,
) -> list[CodeLine]:
    """Codes in the order of the codebook; of a chosen construct only those below it."""
    of_level: dict[str, dict[str | None, engine.Figure]] = {}
    for each in computed.figures:
        of_level.setdefault(each.level, {})[each.code] = each
    figures, characters = of_level.get(choice.level, {}), of_level.get("character", {})
    others = of_level.get(other_level, {})
    above = {code.id: code.parent_id for code in codes}
    found = []
    for code in codes:
        figure = figures.get(str(code.id))
        if figure is None or (choice.construct and choice.construct not in _path(code.id, above)):
            continue
        key = str(code.id)
        found.append(CodeLine(code, figure, others.get(key), characters.get(key), differing.by_code[key]))
    return found


def _path(code: UUID | None, above: Mapping[UUID, UUID | None]) -> list[UUID]:
    """The code, its construct, and so on to the top."""
    found = []
    while code is not None:
        found.append(code)
        code = above.get(code)
    return found


def speakers_counted(*, run: AgreementRun) -> list[str]:
    """The choices of speakers for which there are counts."""
    has = {f"has_{name}": ~Q(**{name: b""}) for name in SPEAKERS}
    row = AgreementRun.objects.filter(id=run.id).annotate(**has).values(*has).get()
    return [name for name in SPEAKERS if row[f"has_{name}"]]
