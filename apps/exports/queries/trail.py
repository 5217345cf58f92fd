"""A round as its audit trail in a document: no site is named in it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.agreement.models import AgreementResult, Round
from apps.agreement.queries import (
    AskedChange,
    DecisionLine,
    RunLine,
    Trail,
    draw_in_words,
    own_numbers,
    sample,
    strata_in_words,
    wants_draw,
)
from apps.exports.engine.writing import Sheet, Value


def trail_sheets(trail: Trail, *, round: Round, decisions: Sequence[DecisionLine]) -> list[Sheet]:
    """Plan, what happened, agreement of each computation, what was decided, rulings, consensus."""
    found = [_plan(round), _happened(trail)]
    rulings = round.rulings.select_related("code", "given_by")
    rows: list[list[Value]] = [
        [_when(each.given_at), each.code.label, each.text, each.given_by.name] for each in rulings
    ]
    if rows:
        found.append(Sheet(_("Rulings"), [_("When"), _("Code"), _("Ruling"), _("Given by")], rows))
    if trail.runs:
        found.append(_runs(trail.runs))
    if trail.settling is not None:
        found.extend(_settling(trail))
    if decisions:
        found.append(_decisions(decisions))
    if trail.changes:
        found.append(_changes(trail.changes))
    if trail.consensus:
        headings = [_("Transcript"), _("Codings of the consensus"), _("Left open")]
        found.append(
            Sheet(
                _("Consensus"),
                headings,
                [[each.transcript, each.codings, each.left_open] for each in trail.consensus],
            )
        )
    return found


def _plan(round: Round) -> Sheet:
    coders = ", ".join(row.coder.name for row in round.coders.select_related("coder"))
    facts: list[list[Value]] = [
        [_("Kind"), str(round.get_kind_display())],
        [_("State"), str(round.get_state_display())],
        [_("Codebook"), str(round.codebook_version)],
        [_("Coders"), coders],
        [_("Coders for each transcript"), round.coders_per_transcript],
        [_("Adjudicator"), round.adjudicator.name],
        [_("Why these transcripts"), round.rationale or "–"],
        [_("Coders who interviewed the person"), str(round.get_if_interviewed_display())],
        *_draw(round),
        [_("Tolerance"), f"{round.tolerance:g} ({round.get_tolerance_unit_display()})"],
        [_("Levels"), ", ".join(str(Round.Level(each).label) for each in round.levels)],
        [_("Coefficients"), _("yes") if round.has_coefficients else _("none")],
        [_("Thresholds set before coding"), ", ".join(f"{each:g}" for each in round.thresholds) or "–"],
        [_("Hold before release, in minutes"), round.hold_minutes],
        [_("Sealed proposals"), _("yes") if round.has_sealed_proposals else _("no")],
        [_("Unnamed sides in random order"), _("yes") if round.has_unnamed_sides else _("no")],
    ]
    named = [each for each in round.batches.order_by("position") if each.name]
    if named:
        said = [f"{each.name} ({each.size})" if each.size else each.name for each in named]
        facts.append([_("Released in batches"), ", ".join(said)])
    if round.voided_at:
        facts.insert(2, [_("Why it is void"), round.voided_reason])
    return Sheet(_("Plan"), [_("What"), _("As planned")], facts)


def _draw(round: Round) -> list[list[Value]]:
    """What was to be drawn, where something was; else all was picked by hand."""
    found = sample(round=round)
    by_hand: list[Value] = [_("Picked by hand"), found.by_hand]
    if not found.drawn and not (round.state == Round.State.PLANNED and wants_draw(round)):
        return [by_hand]
    return [
        [_("Strata"), strata_in_words(round) or "–"],
        [_("To be drawn"), draw_in_words(round)],
        *_own_numbers(round),
        [_("Seed"), round.seed],
        by_hand,
    ]


def _own_numbers(round: Round) -> list[list[Value]]:
    lines = own_numbers(round=round, with_sites=False)
    said = ", ".join(f"{line.part.name} ({line.words})" for line in lines)
    return [[_("Different numbers for some"), said]] if said else []


def _happened(trail: Trail) -> Sheet:
    rows: list[list[Value]] = [[_when(each.at), each.words, each.person or "–"] for each in trail.happenings]
    return Sheet(_("What happened"), [_("When"), _("What"), _("Who")], rows)


def _runs(runs: Sequence[RunLine]) -> Sheet:
    headings = [_("Computed"), _("Discrepancies"), _("Alpha, pooled"), _("95 % interval"), _("Input")]
    rows: list[list[Value]] = []
    for line in runs:
        pooled = line.pooled
        alpha = "–" if pooled is None or pooled.alpha is None else f"{pooled.alpha:.2f}"
        when, named = _when(line.run.computed_at), line.run.input_hash[:12]
        rows.append([when, line.discrepancies, alpha, _interval(pooled), named])
    return Sheet(_("Agreement"), headings, rows)


def _interval(pooled: AgreementResult | None) -> str:
    if pooled is None or pooled.alpha_low is None or pooled.alpha_high is None:
        return "–"
    between = {"low": f"{pooled.alpha_low:.2f}", "high": f"{pooled.alpha_high:.2f}"}
    return _("%(low)s to %(high)s") % between


def _settling(trail: Trail) -> list[Sheet]:
    numbers = trail.settling
    if numbers is None:
        return []
    rows: list[list[Value]] = [
        [line.name, line.total, line.by_pair, line.by_one, line.open] for line in numbers.kinds
    ]
    headings = [_("Kind"), _("Discrepancies"), _("By the coders"), _("By a third person"), _("Open")]
    counted = [
        (_("Causes"), _("Cause"), numbers.causes),
        (_("Outcomes"), _("Outcome"), numbers.outcomes),
        (_("Who recorded decisions"), _("Who"), numbers.deciders),
    ]
    return [
        Sheet(_("Discrepancies"), headings, rows),
        *(
            Sheet(title, [head, _("Decisions")], [[*line] for line in lines])
            for title, head, lines in counted
        ),
    ]


def _decisions(decisions: Sequence[DecisionLine]) -> Sheet:
    headings = [
        _("When"),
        _("Transcript"),
        _("Kind"),
        _("Codes"),
        _("Decision"),
        _("Cause and reason"),
        _("Who"),
    ]
    rows: list[list[Value]] = []
    for line in decisions:
        who = f"{line.by}, {line.confirmed_by}" if line.confirmed_by else line.by
        words = line.words
        if line.undone_at is not None:
            undone = {"when": _when(line.undone_at), "who": line.undone_by}
            words += " " + _("(undone %(when)s by %(who)s)") % undone
        why = ": ".join(part for part in (line.cause, line.reason) if part)
        codes = ", ".join(code.label for code in line.codes)
        rows.append([_when(line.at), line.transcript, line.kind, codes, words, why or "–", who])
    return Sheet(_("Decisions"), headings, rows)


def _changes(changes: Sequence[AskedChange]) -> Sheet:
    headings = [
        _("Proposed"),
        _("Transcript"),
        _("Codes"),
        _("The codebook must change"),
        _("Proposed by"),
        _("Outcome"),
    ]
    rows: list[list[Value]] = []
    for each in changes:
        codes = ", ".join(code.label for code in each.codes)
        told: list[Value] = [_when(each.proposed_at), each.transcript, codes, each.wording, each.proposed_by]
        rows.append([*told, _outcome(each)])
    return Sheet(_("Changes of the codebook"), headings, rows)


def _outcome(change: AskedChange) -> str:
    if change.made_in is not None:
        return _("made in version %(number)s") % {"number": change.made_in.number}
    if change.declined_at is not None:
        told = {"person": change.declined_by, "reason": change.declined_reason}
        return _("declined by %(person)s: %(reason)s") % told
    return _("the decision was undone") if change.is_withdrawn else _("waits")


def _when(at: datetime) -> str:
    return str(date_format(at, "j F Y, H:i"))
