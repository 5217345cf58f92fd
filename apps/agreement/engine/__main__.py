"""Agreement from the command line: `python -m apps.agreement.engine STUDY.json` or `SPANS.csv`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from .compare import Difference, compare_groups
from .discrepancies import KINDS, Discrepancy, find
from .matching import Tolerance
from .reading import read_csv, read_json
from .report import compute
from .results import DEFAULT_FORM, Estimate, Figure, Parameters, Report, to_json
from .sentences import LEVEL_WORDS, methods, plain
from .study import InputError, Study
from .tables import tabulate
from .units import LEVELS, Level, UnitRules

COLUMNS = ("code", "any", "both", "alpha", "95 % interval", "positive", "kappa", "negative", "AC1", "percent")


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute a study and print it; 2 and one line on standard error if the input is wrong."""
    options = _parser().parse_args(arguments)
    try:
        study = _study(options)
        if options.discrepancies:
            found = find(study, tolerance=_tolerance(*options.tolerance))
            print(to_json(found) if options.json else _discrepancies(study, found))
            return 0
        if options.compare:
            changes = _compared(study, options)
            print(to_json(changes) if options.json else _differences(changes))
            return 0
        _check(study, options)
        report = compute(
            study,
            levels=options.levels,
            group_by=options.group_by,
            replicates=options.replicates,
            seed=options.seed,
            min_units=options.min_units,
        )
    except (InputError, OSError, UnicodeDecodeError) as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 2
    print(to_json(report) if options.json else _text(report, options.total))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m apps.agreement.engine", description=__doc__)
    parser.add_argument("file", type=Path, help="a study as JSON, or spans as CSV")
    parser.add_argument("--transcripts", type=Path, help="CSV of id, length, stratum (with a CSV of spans)")
    parser.add_argument("--codes", type=Path, help="CSV of id, parent, name (with a CSV of spans)")
    parser.add_argument(
        "--everybody", action="store_true", help="all coders coded all transcripts (with CSV)"
    )
    parser.add_argument("--levels", nargs="+", choices=LEVELS, default=list(LEVELS))
    parser.add_argument("--group-by", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--min-units", type=int, default=10, help="fewer coded units show counts only")
    parser.add_argument("--total", type=int, help="transcripts in the whole study, for the methods sentence")
    parser.add_argument("--discrepancies", action="store_true", help="list what the coders did differently")
    parser.add_argument(
        "--compare",
        nargs=3,
        metavar=("NAME", "FIRST", "SECOND"),
        help="the second group of transcripts less the first, by the name of a grouping",
    )
    parser.add_argument("--tolerance", nargs=2, default=("share", "0.5"), metavar=("UNIT", "AMOUNT"))
    parser.add_argument("--json", action="store_true", help="all results as JSON")
    return parser


def _check(study: Study, options: argparse.Namespace) -> None:
    if options.total is not None and options.total < 1:
        raise InputError(f"total: a study has at least one transcript, not {options.total}")
    for grouping in options.group_by:
        if not any(grouping in transcript.groups for transcript in study.transcripts):
            raise InputError(f"group by: no transcript has a {grouping!r}")


def _tolerance(unit: Any, amount: str) -> Tolerance:
    try:
        number = float(amount)
    except ValueError:
        raise InputError(f"tolerance: {amount!r} is not a number") from None
    return Tolerance(unit, number)


def _study(options: argparse.Namespace) -> Study:
    if options.file.suffix.lower() == ".csv":
        return read_csv(
            options.file, transcripts=options.transcripts, codes=options.codes, everybody=options.everybody
        )
    return read_json(options.file.read_text(encoding="utf-8"))


def _compared(study: Study, options: argparse.Namespace) -> tuple[Difference, ...]:
    asked = Parameters(
        levels=tuple(options.levels),
        group_by=(),
        replicates=options.replicates,
        seed=options.seed,
        confidence=0.95,
        interval_form=DEFAULT_FORM,
        min_units=options.min_units,
        rules=UnitRules(),
    )
    name, first, second = options.compare
    return compare_groups(tabulate(study, levels=asked.levels), name, first, second, asked)


def _differences(changes: Sequence[Difference]) -> str:
    """Alpha of every code in both groups, and by how much it differs."""
    rows = [("level", "code", "first", "second", "difference", "95 % interval")]
    for one in changes:
        if one.measure == "krippendorff_alpha":
            name, change = one.code or _words(one.kind), one.difference
            shown = _words(change.reason) if change.reason else plain(change.value)
            rows.append((one.level, name, plain(one.first), plain(one.second), shown, _bounds(change)))
    return "\n".join(_aligned(rows))


def _bounds(estimate: Estimate) -> str:
    if estimate.low is None:
        return _words(estimate.interval_reason or "")
    return f"{plain(estimate.low)} to {plain(estimate.high)}"


def _text(report: Report, total: int | None) -> str:
    if report.is_empty:
        return "\n".join(
            ["nothing to compare", *(f"  {out.transcript}: {_words(out.reason)}" for out in report.left_out)]
        )
    counted = [level for level in get_args(Level) if level in report.units]
    lines = [str(sentence) for sentence in methods(report, total=total)] if counted else []
    for level in counted:
        lines += ["", f"{LEVEL_WORDS[level].capitalize()} ({report.units[level]:,})", ""]
        groups = {(figure.grouping, figure.group, figure.coders) for figure in _of(report, level)}
        for key in sorted(groups, key=lambda key: (key[0] or "", key[1] or "", -len(key[2]), key[2])):
            figures = [one for one in _of(report, level) if (one.grouping, one.group, one.coders) == key]
            lines += [_heading(figures[0]), *_table(figures), ""]
    lines += [f"{level}: not computed ({_words(reason)})" for level, reason in report.unavailable.items()]
    lines += [f"left out: {out.transcript} ({_words(out.reason)})" for out in report.left_out]
    lines += [f"input {report.input_hash[:16]}, algorithm {report.version}, seed {report.parameters.seed}"]
    return "\n".join(lines)


def _of(report: Report, level: Level) -> list[Figure]:
    return [figure for figure in report.figures if figure.level == level]


def _heading(figure: Figure) -> str:
    group = f", {figure.grouping} {figure.group}" if figure.grouping else ""
    return f"{', '.join(figure.coders)}{group}: {_number(figure.transcripts, 'transcript', 'transcripts')}"


def _number(amount: int, one: str, several: str) -> str:
    return f"{amount:,} {one if amount == 1 else several}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _table(figures: Sequence[Figure]) -> list[str]:
    return _aligned([COLUMNS, *(_row(figure) for figure in figures)])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _row(figure: Figure) -> tuple[str, ...]:
    both = figure.counts.both if figure.counts else (figure.by_number[-1] if figure.by_number else "")
    names = ("positive_agreement", "cohen_kappa" if figure.pair else "conger_kappa", "negative_agreement")
    alpha = figure.estimate("krippendorff_alpha")
    numbers = [plain(figure.estimate(name).value) for name in (*names, "gwet_ac1", "percent")]
    name = figure.code or _words(figure.kind)
    return name, str(figure.coded_by_any), str(both), _shown(alpha, figure), _bounds(alpha), *numbers


def _shown(estimate: Estimate, figure: Figure) -> str:
    if figure.status != "shown":
        return _words(figure.status)
    return _words(estimate.reason) if estimate.reason else plain(estimate.value)


def _discrepancies(study: Study, found: Sequence[Discrepancy]) -> str:
    if not (study.assigned.sum(axis=1) > 1).any():
        return "nothing to compare"
    numbers = {kind: sum(one.kind == kind for one in found) for kind in KINDS}
    lines = [
        _number(len(found), "discrepancy", "discrepancies"),
        *(f"  {kind}: {number}" for kind, number in numbers.items() if number),
    ]
    for one in found:
        sides = f"{', '.join(one.first_codes) or '-'} | {', '.join(one.second_codes) or '-'}"
        where = f"{one.transcript} [{one.start}, {one.end})"
        lines.append(f"{where} {one.kind}: {sides} ({' | '.join(one.coders)})")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
