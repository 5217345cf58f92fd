"""What the figures say, in words: English templates with parameters, so that a caller can translate them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .results import Estimate, Figure, Report
from .units import Level

TEMPLATES = {
    "not_used": "Nobody used {code}.",
    "counts_pair": (
        "{code}: {both} {level} by both, {only_first} by {first} only, {only_second} by {second} only; "
        "too few for a coefficient."
    ),
    "counts_group": "{code}: {any} {level} by at least one of {coders}; too few for a coefficient.",
    "presence_pair": (
        "{code} occurs in {both} transcripts for both, in {only_first} for {first} only and in {only_second} "
        "for {second} only."
    ),
    "presence_group": "{code} occurs in {any} transcripts for at least one of {coders}.",
    "alpha": "On {code}, {coders} agreed with alpha {alpha} ({confidence} % interval {low} to {high}).",
    "alpha_alone": "On {code}, {coders} agreed with alpha {alpha}; an interval cannot be given: {why}.",
    "no_alpha": "On {code}, alpha is not defined: {why}. {coders} agreed on {percent} % of the {level}.",
    "shared": "Of the {any} {level} that either coded, both coded {both} (positive agreement {positive}).",
    "shared_group": "Of {any} {level} that anybody coded, all coded {all} (positive agreement {positive}).",
    "narrow": "With {transcripts} transcripts the interval is probably too narrow.",
    "nothing": "There is nothing to compare: no transcript was coded by two people.",
    "sample": "{coders} coders independently coded {transcripts} of {total} transcripts ({percent} %).",
    "sample_some": (
        "{transcripts} of {total} transcripts ({percent} %) were independently coded by two or more of "
        "{coders_within} coders."
    ),
    "sample_alone_some": (
        "{transcripts} transcripts were independently coded by two or more of {coders_within} coders."
    ),
    "sample_alone": "{coders} coders independently coded {transcripts} transcripts.",
    "sample_alone_one": "{coders} coders independently coded one transcript.",
    "method": (
        "Agreement was computed on {units} {level} of participant speech with Krippendorff's alpha for each "
        "code; {confidence} % intervals come from {replicates} bootstrap samples of whole transcripts within "
        "strata."
    ),
    "method_alone": (
        "Agreement was computed on {units} {level} of participant speech with Krippendorff's alpha for each "
        "code."
    ),
    "spread": "Over {codes} codes, the median alpha was {median} (range {low} to {high}).",
    "spread_one": "One code has a coefficient: its alpha was {median}.",
    "left_out": "{number} transcripts took no part, as fewer than two people coded them or nobody spoke.",
    "left_out_one": "One transcript took no part, as fewer than two people coded it or nobody spoke.",
}

LEVEL_WORDS: dict[Level, str] = {
    "answer": "answers",
    "sentence": "sentences",
    "turn": "turns",
    "character": "characters",
    "transcript": "transcripts",
}

WHY = {
    "few_transcripts": "there are fewer than 8 transcripts",
    "unstable": "in too many resamples it is not defined",
    "not_asked": "no resampling was asked for",
    "no_value": "there is no value",
    "no_variation": "everything was coded by everybody",
    "pair_undefined": "it is not defined for one of the pairs",
    "not_used": "nobody used the code",
    "few_units": "too little was coded",
    "not_given": "it makes no sense here",
}

NUMBER_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template of `TEMPLATES` by its key, with the values that go into it."""

    key: str
    parameters: Mapping[str, str | int]

    def __str__(self) -> str:
        return TEMPLATES[self.key].format(**self.parameters)


def about(figure: Figure, report: Report, *, coders: Mapping[str, str] | None = None) -> tuple[Sentence, ...]:
    """Say what a figure says; `coders` gives names for coder ids, codes go by their names in the report."""
    names = [(coders or {}).get(coder, coder) for coder in figure.coders]
    words: dict[str, str | int] = {
        "code": _code_name(figure, report),
        "coders": _listed(names),
        "level": LEVEL_WORDS[figure.level],
        "any": figure.coded_by_any,
        "transcripts": figure.transcripts,
        "confidence": _percent(report.parameters.confidence),
    }
    if figure.counts is not None:
        words |= {"first": names[0], "second": names[1], "both": figure.counts.both}
        words |= {"only_first": figure.counts.only_first, "only_second": figure.counts.only_second}
    if figure.status == "not_used":
        return (Sentence("not_used", words),)
    if figure.status == "counts_only":
        kind = "presence" if figure.level == "transcript" else "counts"
        return (Sentence(f"{kind}_{'pair' if figure.pair else 'group'}", words),)
    return tuple(_about_agreement(figure, words))


def methods(report: Report, *, total: int | None = None, level: Level | None = None) -> tuple[Sentence, ...]:
    """Say how agreement was computed, for a paper; `total` is how many transcripts the whole study has.

    `level` is the first that was counted, if none is named. Only those are spoken of who are compared.
    """
    level = level if level in report.units else next(iter(report.units), None)
    whole = _whole(report, level)
    if level is None or whole is None:
        return (Sentence("nothing", {}),)
    words: dict[str, str | int] = {
        "coders": _number(len(whole.coders)),
        "coders_within": _number(len(whole.coders)).lower(),
        "transcripts": whole.transcripts,
        "units": f"{report.units[level]:,}",
        "level": LEVEL_WORDS[level],
        "confidence": _percent(report.parameters.confidence),
        "replicates": f"{report.parameters.replicates:,}",
    }
    some = "" if _by_all(report, whole) else "_some"
    if total is None:
        one = "_one" if whole.transcripts == 1 else some
        said = [Sentence(f"sample_alone{one}", words)]
    else:
        share = _percent(whole.transcripts / total if total else 0.0)
        said = [Sentence(f"sample{some}", {**words, "total": total, "percent": share})]
    figures = (figure for figure in report.figures if figure.level == level)
    intervals = any(estimate.low is not None for figure in figures for estimate in figure.estimates.values())
    said.append(Sentence("method" if intervals else "method_alone", words))
    said.extend(_spread(report, level, whole.coders))
    if report.left_out:
        one = "_one" if len(report.left_out) == 1 else ""
        said.append(Sentence(f"left_out{one}", {"number": _number(len(report.left_out))}))
    return tuple(said)


def plain(value: float | None) -> str:
    """Write a coefficient with two digits; never as a whole 1 or 0 that it is not."""
    if value is None:
        return "–"
    text = f"{value:.2f}"
    if text == "1.00" and value < 1:
        return "0.99"
    return "0.00" if text == "-0.00" else text


def _about_agreement(figure: Figure, words: dict[str, str | int]) -> list[Sentence]:
    alpha, positive = figure.estimate("krippendorff_alpha"), figure.estimate("positive_agreement")
    words |= {"alpha": plain(alpha.value), "positive": plain(positive.value)}
    said = [_about_alpha(alpha, figure, words)]
    if figure.code is not None and figure.counts is not None:
        said.append(Sentence("shared", words))
    elif figure.by_number is not None:
        said.append(Sentence("shared_group", {**words, "all": figure.by_number[-1]}))
    if figure.narrow and alpha.low is not None:
        said.append(Sentence("narrow", words))
    return said


def _about_alpha(alpha: Estimate, figure: Figure, words: dict[str, str | int]) -> Sentence:
    if alpha.reason is not None:
        percent = figure.estimate("percent").value or 0.0
        return Sentence("no_alpha", {**words, "why": WHY[alpha.reason], "percent": _percent(percent)})
    if alpha.interval_reason is not None:
        return Sentence("alpha_alone", {**words, "why": WHY[alpha.interval_reason]})
    return Sentence("alpha", {**words, "low": plain(alpha.low), "high": plain(alpha.high)})


def _whole(report: Report, level: Level | None) -> Figure | None:
    """Of the figures over all transcripts, one of all coders who are compared."""
    figures = [figure for figure in report.figures if (figure.level, figure.grouping) == (level, None)]
    return max(figures, key=lambda figure: len(figure.coders), default=None)


def _by_all(report: Report, whole: Figure) -> bool:
    """Whether each transcript was coded by all of these coders."""
    wanted = (whole.level, whole.coders, None)
    same = (each for each in report.figures if (each.level, each.coders, each.grouping) == wanted)
    return whole.pair or any(figure.by_number is not None for figure in same)


def _spread(report: Report, level: Level, coders: tuple[str, ...]) -> list[Sentence]:
    for spread in report.spreads:
        if (spread.level, spread.kind, spread.grouping) != (level, "code", None):
            continue
        if spread.measure == "krippendorff_alpha" and spread.coders == coders:
            values = {"median": plain(spread.median), "low": plain(spread.low), "high": plain(spread.high)}
            key = "spread" if spread.codes > 1 else "spread_one"
            return [Sentence(key, {"codes": spread.codes, **values})]
    return []


def _code_name(figure: Figure, report: Report) -> str:
    if figure.code is None:
        return "all codes pooled" if figure.kind == "pooled_codes" else "all constructs pooled"
    return next((row.name for row in report.codes if row.code == figure.code and row.name), figure.code)


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _number(value: int) -> str:
    return NUMBER_WORDS[value] if value < len(NUMBER_WORDS) else str(value)
