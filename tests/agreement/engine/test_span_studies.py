"""Two seeded studies of free spans, three levels, every coefficient of every code.

The values come from a brute-force array of characters (scikit-learn for kappa) and from an independent
interval sweep that agreed with it. A unit is coded when any of its characters is; a coder's own overlapping
spans count once.
"""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from apps.agreement.engine import Code, Level, Report, Span, Study, Transcript, Turn, compute

STUDIES = json.loads(Path(__file__).with_name("span_studies.json").read_text())
LEVELS: dict[str, Level] = {"char": "character", "sentence": "sentence", "turn": "turn"}


def report_of(case: dict[str, Any]) -> Report:
    transcripts = [
        Transcript.of(
            str(place),
            given["length"],
            turns=[Turn(start, end, "participant") for start, end in bounds(given, "turn_starts")],
            sentences=bounds(given, "sentence_starts"),
        )
        for place, given in enumerate(case["transcripts"])
    ]
    spans = [
        Span(str(row), str(transcript), str(coder), str(code), start, end)
        for row, (transcript, coder, code, start, end) in enumerate(case["spans"])
    ]
    coders = sorted({span.coder for span in spans})
    study = Study.of(
        transcripts=transcripts,
        codes=[Code(str(code)) for code in range(4)],
        assignments=[(transcript.id, coder) for transcript in transcripts for coder in coders],
        spans=spans,
    )
    return compute(study, levels=("character", "sentence", "turn"), replicates=0, min_units=0)


def bounds(given: dict[str, Any], name: str) -> list[tuple[int, int]]:
    return list(pairwise([*given[name], given["length"]]))


@pytest.mark.parametrize("name", STUDIES)
def test_every_coefficient(name: str) -> None:
    case = STUDIES[name]
    report = report_of(case)
    assert {key: found(report, key) for key in case["expected"]} == pytest.approx(case["expected"], rel=1e-6)


def found(report: Report, key: str) -> float | None:
    """Read a key such as "kappa[char] code0 0-1" (a pair) or "gwet_ac1[turn] code3" (all coders)."""
    measure, _, rest = key.partition("[")
    level, _, rest = rest.partition("] code")
    code, _, coders = rest.partition(" ")
    pair = tuple(coders.split("-")) if coders else None
    figure = report.figure(LEVELS[level], code, coders=pair)
    name = {"kappa": "cohen_kappa", "krippendorff_alpha_binary": "krippendorff_alpha"}.get(measure, measure)
    return figure.estimate(name).value
