"""The agreement report as tables and a figure that may leave: no site is named in them."""

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.agreement import engine, queries
from apps.agreement.queries import CodeLine, ReportTable
from apps.exports.engine.dot_plot import Dot, to_svg
from apps.exports.engine.writing import Sheet, Value

REASONS = {
    "not_used": gettext_lazy("not used"),
    "few_units": gettext_lazy("fewer than ten units"),
    "no_variation": gettext_lazy("undefined: everything was coded by everybody"),
    "pair_undefined": gettext_lazy("undefined for one of the pairs"),
    "not_given": "",
}
PARTS = {
    "group": gettext_lazy("Participants"),
    "interviewer": gettext_lazy("Interviewer"),
    "interviewed_by_coder": gettext_lazy("Interviewed"),
    "pair": gettext_lazy("Coders"),
}


def narrowed_to(table: ReportTable) -> str:
    """What was chosen of the round, in words; empty where the figures are of all of it."""
    said = [f"{PARTS[by]}: {name}" for by, name in queries.chosen_parts(table.choice).items()]
    construct = next((code for code in table.codes if code.id == table.choice.construct), None)
    said += [_("Construct: %(code)s") % {"code": f"{construct.label} {construct.name}"}] if construct else []
    return " · ".join(said)


def only_of(table: ReportTable) -> list[str]:
    """A sentence for a file that is not of the whole round."""
    part = narrowed_to(table)
    return [_("Not the whole round, only: %(part)s.") % {"part": part}] if part else []


def agreement_sheets(table: ReportTable) -> list[Sheet]:
    """By code and construct, the appendix, the discrepancies by kind, who used which code, and how."""
    with_coefficients = table.run.round.has_coefficients and table.choice.level != "transcript"
    found = [
        Sheet(
            _("By code"),
            _headings(table, with_coefficients),
            _rows(table, table.lines, with_coefficients),
            only_of(table),
        ),
        Sheet(
            _("By construct"),
            _headings(table, with_coefficients),
            _rows(table, table.constructs, with_coefficients),
        ),
        Sheet(
            _("Discrepancies by kind"),
            [_("Kind"), _("Number")],
            [[name, number] for _kind, name, number in table.kinds],
        ),
    ]
    if with_coefficients:
        found.append(_appendix(table))
    if table.influences:
        found.append(_influence(table, with_coefficients))
    found.extend(_confusion(table, each) for each in table.computed.confusions if _is_asked(table, each))
    return [*found, _method(table)]


def agreement_figure(table: ReportTable) -> str:
    """Alpha with its interval for each code, worst first by number, as SVG."""
    title = _("Agreement, %(round)s") % {"round": table.run.round}
    note = _("Krippendorff’s alpha with its interval, %(transcripts)s transcripts, by %(level)s") % {
        "transcripts": table.transcripts,
        "level": table.choice.level,
    }
    dots = [
        Dot(
            line.code.label,
            line.code.name,
            line.code.hue,
            line.alpha.value,
            line.alpha.low,
            line.alpha.high,
            str(REASONS.get(line.alpha.reason or "", "")),
        )
        for line in table.lines
    ]
    only = "".join(only_of(table))
    return to_svg(title, note, dots, only=only, thresholds=table.run.round.thresholds)


def agreement_json(table: ReportTable) -> str:
    """All that the engine gave, with the names of coders and codes; it is read back without loss."""
    said: dict[str, Any] = {
        "report": engine.to_plain(table.computed),
        "influences": engine.to_plain(table.influences),
        "coders": {str(coder.id): coder.name for coder in table.coders},
        "codes": {str(code.id): {"label": code.label, "name": code.name} for code in table.codes},
        "discrepancies": {
            "by_kind": {kind: number for kind, _label, number in table.kinds},
            "by_code": {str(line.code.id): line.discrepancies for line in (*table.lines, *table.constructs)},
        },
        "codebook_version": str(table.run.round.codebook_version),
        "narrowed_to": narrowed_to(table),
        "computed_at": table.run.computed_at.isoformat(),
        "batches_to_come": queries.to_come(run=table.run),
    }
    return json.dumps(said, ensure_ascii=False, allow_nan=False, indent=1)


def _headings(table: ReportTable, with_coefficients: bool) -> list[str]:
    names = [coder.name for coder in table.coders]
    if len(names) == 2:
        counts = [_("Both"), *(_("Only %(name)s") % {"name": name} for name in names), _("Neither")]
    else:
        counts = [*names, _("Anybody")]
    found = [_("Label"), _("Code"), _("Discrepancies"), *counts]
    if with_coefficients:
        kappa = _("Cohen’s kappa") if len(names) == 2 else _("Conger’s kappa")
        found += [_("Positive agreement"), _("Alpha"), _("Low"), _("High"), kappa, _("Remark")]
    return found


def _rows(table: ReportTable, lines: list[CodeLine], with_coefficients: bool) -> list[list[Value]]:
    found = []
    for line in lines:
        row: list[Value] = [line.code.label, line.code.name, line.discrepancies, *line.counts]
        if with_coefficients:
            alpha = line.alpha
            row += [
                _number(line.positive.value),
                _number(alpha.value),
                _number(alpha.low),
                _number(alpha.high),
                _number(line.kappa.value),
                str(REASONS.get(alpha.reason or "", "")),
            ]
        found.append(row)
    return found


def _appendix(table: ReportTable) -> Sheet:
    own, beside = queries.coefficients(table)
    headings = [
        _("Label"),
        _("Code"),
        *(coder.name for coder in table.coders),
        *own.values(),
        *beside.values(),
    ]
    rows: list[list[Value]] = [
        [line.code.label, line.code.name, *line.coded_by, *(_number(each.value) for each in line.estimates)]
        for line in queries.appendix(table)
    ]
    return Sheet(_("Other coefficients"), headings, rows)


def _influence(table: ReportTable, with_coefficients: bool) -> Sheet:
    headings = [_("Code"), _("Coders"), _("Matched codings"), _("Same influence")]
    headings += [_("Alpha"), _("Low"), _("High")] if with_coefficients else []
    rows: list[list[Value]] = []
    for line in queries.influence_lines(table):
        alpha = line.figure.krippendorff_alpha
        numbers = [_number(alpha.value), _number(alpha.low), _number(alpha.high)] if with_coefficients else []
        name = line.code.name if line.code else _("All codes together")
        rows.append([name, line.coders, line.figure.matched, line.same, *numbers])
    return Sheet(_("Influence"), headings, rows)


def _confusion(table: ReportTable, confusion: engine.Confusion) -> Sheet:
    labels = {str(code.id): code.label for code in table.codes}
    names = {str(coder.id): coder.name for coder in table.coders}
    first, second = (names[coder] for coder in confusion.coders)
    codes = [labels[code] for code in confusion.codes]
    rows: list[list[Value]] = [
        [codes[place], *cells, confusion.first_alone[place]] for place, cells in enumerate(confusion.cells)
    ]
    rows.append(["–", *confusion.second_alone, ""])
    title = _("%(first)s against %(second)s") % {"first": first, "second": second}
    note = _("Rows: %(first)s. Columns: %(second)s. In units of the level %(level)s.")
    return Sheet(
        title, ["", *codes, "–"], rows, [note % {"first": first, "second": second, "level": confusion.level}]
    )


def _method(table: ReportTable) -> Sheet:
    asked = table.computed.parameters
    rows: list[list[Value]] = [
        [_("Level"), table.choice.level],
        [_("Transcripts"), table.transcripts],
        [_("Codebook"), str(table.run.round.codebook_version)],
        [_("Speech of"), ", ".join(asked.rules.roles)],
        [_("Resamples"), asked.replicates],
        [_("Seed"), str(asked.seed)],
        [_("Confidence"), asked.confidence],
        [_("Interval form"), asked.interval_form],
        [_("Fewest units for a coefficient"), asked.min_units],
        [_("Algorithm"), table.run.algorithm],
        [_("Input"), table.run.input_hash],
        [_("Computed"), table.run.computed_at.isoformat()],
    ]
    part = narrowed_to(table)
    rows += [[_("Only of"), part]] if part else []
    rows += [[_("Left out"), f"{name}: {why}"] for name, why in queries.left_out(table)]
    said = [queries.methods_sentences(table), *queries.sentences(table)]
    return Sheet(_("How this was computed"), [_("What"), _("Value")], rows, [each for each in said if each])


def _is_asked(table: ReportTable, confusion: engine.Confusion) -> bool:
    pair = table.choice.pair
    return pair is None or set(confusion.coders) == {str(coder) for coder in pair}


def _number(value: float | None) -> Value:
    return "" if value is None else value
