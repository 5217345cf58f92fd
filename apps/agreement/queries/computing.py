"""How the agreement of a round is computed, and what is stored of it: all that pages and files say later."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any, Literal, cast
from uuid import UUID

from apps.agreement import engine
from apps.agreement.engine.results import NOT_GIVEN
from apps.agreement.models import AgreementResult, AgreementRun, Round

REPLICATES = 1000
FEWEST_UNITS = 10

# Whose speech is counted, by the name of the stored tables.
SPEAKERS: Mapping[str, tuple[engine.Role, ...]] = {
    "tables": ("participant",),
    "tables_with_others": ("participant", "other"),
    "tables_of_everybody": engine.ROLES,
}
SCOPES = ("group", "site", "interviewer", "interviewed_by_coder")


def parameters(*, round: Round, speakers: str = "tables") -> engine.Parameters:
    """As planned: the levels and the seed are the round's; presence per transcript is always counted."""
    planned = [level for level in engine.LEVELS if level in round.levels]
    return engine.Parameters(
        levels=(*planned, "transcript"),
        group_by=(),
        replicates=REPLICATES,
        seed=round.seed,
        confidence=0.95,
        interval_form=engine.DEFAULT_FORM,
        min_units=FEWEST_UNITS,
        rules=engine.UnitRules(roles=SPEAKERS[speakers]),
    )


def tolerance(*, round: Round) -> engine.Tolerance:
    """How much two codings of one code may differ and still agree, as planned."""
    unit = cast(Literal["share", "words", "characters"], round.tolerance_unit)
    return engine.Tolerance(unit, round.tolerance)


def tables_by_speakers(*, study: engine.Study, round: Round) -> dict[str, engine.Tables]:
    """The counts, once for each choice of speakers that differs from the one before it."""
    heard = {
        engine.ROLES[role] for transcript in study.transcripts for role in set(transcript.roles.tolist())
    }
    found: dict[str, engine.Tables] = {}
    before: set[engine.Role] = set()
    for name, roles in SPEAKERS.items():
        if name == "tables" or heard & set(roles) - before:
            asked = parameters(round=round, speakers=name)
            found[name] = engine.tabulate(study, levels=asked.levels, rules=asked.rules)
        before |= set(roles)
    return found


def as_planned(round: Round, figures: Iterable[engine.Figure]) -> tuple[engine.Figure, ...]:
    """A round without coefficients keeps the counts only."""
    if round.has_coefficients:
        return tuple(figures)
    return tuple(replace(figure, estimates={}) for figure in figures)


def influences(
    *, round: Round, tables: engine.Tables, coders: tuple[str, str] | None = None
) -> tuple[engine.InfluenceAgreement, ...]:
    """Over matched codings; a round without coefficients keeps the counts only."""
    found = engine.influence_agreement(
        tables, coders=coders, replicates=REPLICATES, seed=round.seed, min_matched=FEWEST_UNITS
    )
    if round.has_coefficients:
        return found
    return tuple(replace(each, percent=NOT_GIVEN, krippendorff_alpha=NOT_GIVEN) for each in found)


def results(run: AgreementRun, figures: Iterable[engine.Figure]) -> list[AgreementResult]:
    """Rows for the figures over all coders, in the order of the codebook; the pooled one has no code."""
    chosen = [figure for figure in figures if figure.kind != "pooled_constructs"]
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
        figure=engine.to_plain(figure),
    )


def scopes(
    *, round: Round, tables: engine.Tables, everybody: Iterable[engine.Figure]
) -> list[dict[str, Any]]:
    """The pooled figures of all transcripts, of each pair, and of each group, site and interviewer."""
    asked = replace(
        parameters(round=round), levels=tuple(level for level in tables.levels if level != "transcript")
    )
    found = _scopes("all", "", tables, (each for each in everybody if each.level != "transcript"))
    if len(tables.coders) > 2:
        for pair in combinations(tables.coders, 2):
            figures = as_planned(round, engine.figures(tables, asked, coders=pair))
            found += _scopes("pair", " ".join(pair), tables, figures, coders=pair)
    for by, value, transcripts in _parts(tables):
        part = engine.restricted(tables, transcripts)
        found += _scopes(by, value, part, as_planned(round, engine.figures(part, asked)))
    return found


def _parts(tables: engine.Tables) -> Iterator[tuple[str, str, set[str]]]:
    """The groupings by which the transcripts fall apart into more than one part."""
    for by in SCOPES:
        members: dict[str, set[str]] = {}
        for transcript, groups in zip(tables.transcripts, tables.groups, strict=True):
            members.setdefault(groups[by], set()).add(transcript)
        if len(members) > 1:
            yield from ((by, value, transcripts) for value, transcripts in sorted(members.items()))


def _scopes(
    by: str,
    value: str,
    tables: engine.Tables,
    figures: Iterable[engine.Figure],
    *,
    coders: tuple[str, str] | None = None,
) -> list[dict[str, Any]]:
    """One part of the round, at each level."""
    listed = list(figures)
    spreads = {
        spread.level: engine.to_plain(spread)
        for spread in engine.spreads(listed)
        if spread.kind == "code" and spread.measure == "krippendorff_alpha"
    }
    discrepancies = engine.differences(tables, coders=coders).total
    return [
        {
            "by": by,
            "value": value,
            "level": figure.level,
            "transcripts": figure.transcripts,
            "discrepancies": discrepancies,
            "spread": spreads.get(figure.level),
            "pooled": engine.to_plain(figure),
        }
        for figure in listed
        if figure.kind == "pooled_codes"
    ]
