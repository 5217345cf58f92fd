"""Did agreement change from one round to another? Code by code, with the interval of the difference."""

from dataclasses import dataclass, replace

from apps.agreement import engine
from apps.agreement.models import AgreementRun
from apps.agreement.queries.computing import parameters
from apps.codebooks.models import Code


@dataclass(frozen=True)
class ChangeLine:
    """Alpha before and now; `code` is that of the later round's codebook (None: pooled over all codes)."""

    code: Code | None
    before: float | None
    now: float | None
    difference: engine.Estimate


def changes(*, run: AgreementRun, before: AgreementRun, level: engine.Level) -> list[ChangeLine]:
    """Codes are followed through the versions of the codebook; nothing is pooled over rounds."""
    rounds = (run.round, before.round)
    if level == "transcript" or not all(each.has_coefficients and level in each.levels for each in rounds):
        return []
    codes = {str(code.lineage): code for code in run.round.codebook_version.codes.all()}
    asked = replace(parameters(round=run.round), levels=(level,))
    found = engine.compare_rounds(_by_lineage(before, level), _by_lineage(run, level), asked)
    lines = [
        ChangeLine(codes.get(each.code or ""), each.first, each.second, each.difference)
        for each in found
        if each.measure == "krippendorff_alpha" and each.kind != "pooled_constructs"
    ]
    return [line for line in lines if line.before is not None or line.now is not None]


def _by_lineage(run: AgreementRun, level: engine.Level) -> engine.Tables:
    """The counts, with codes under the names that they keep from version to version."""
    lineages = run.round.codebook_version.codes.values_list("id", "lineage")
    kept = {str(id): str(lineage) for id, lineage in lineages}
    tables = engine.unpack(bytes(run.tables), levels=(level,))
    rows = tuple(
        replace(row, code=kept[row.code], parent=None if row.parent is None else kept[row.parent])
        for row in tables.rows
    )
    return replace(tables, rows=rows)
