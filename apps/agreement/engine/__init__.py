"""The agreement engine: plain Python, numpy and scipy; it could be lifted out as a package of its own.

    study = Study.of(
        transcripts=[Transcript.from_text("t1", text, turns=[...], sentences=[...], stratum="Clients")],
        codes=[Code("a"), Code("a1", parent="a")],
        assignments=[("t1", "ruth"), ("t1", "jin")],
        spans=[Span("s1", "t1", "ruth", "a1", 10, 60, "helps"), ...],
    )
    report = compute(study, group_by=("group",), replicates=1000, seed=7)
    report.figure("answer", "a1").estimate("krippendorff_alpha").low
    alignment = align(study, tolerance=Tolerance("share", 0.5))
    alignment.discrepancies[0].kind

What a caller may rely on:

- Input: `Study.of(...)` from plain values (`Transcript.of`, `Transcript.from_text`, `Turn`, `Code`, `Span`),
  or `Study(transcripts, codes, coders, assigned, Spans.from_arrays(...))` from arrays. Anything wrong raises
  `InputError`, which names the row.
- `compute(study, *, levels, group_by, replicates, seed, confidence, interval_form, min_units, rules)` gives a
  `Report`. The same in two steps, to answer for another grouping or level from what was stored:
  `tabulate(study, levels=, rules=) -> Tables`, then `summarise(tables, Parameters(...)) -> Report`, for some
  transcripts only after `restricted(tables, ids)`; `figures(tables, parameters, coders=)` for one table.
- `align(study, *, tolerance, rules) -> Alignment(matches, discrepancies)`; `find(...)` gives the latter only.
- `influence_agreement(with_matches(tables, alignment), ...)` compares the influences of matched codings.
- `differences(with_differences(tables, alignment.discrepancies))` counts discrepancies by kind and by code.
- `compare_groups(tables, grouping, first, second, parameters)`, `compare_rounds(first, second, parameters)`:
  differences of all coefficients with their intervals.
- `to_json(result) -> str` and `from_json(Report, text)`, also for Alignment and all other results.
- `input_hash(study)`, `ALGORITHM_VERSION`; `answers(transcript, rules)` gives start and end of each answer.
"""

from .compare import Difference, compare_groups, compare_rounds
from .differing import Differences, differences, with_differences
from .discrepancies import KINDS, Alignment, Discrepancy, Kind, Match, align, collector_paused, find
from .hashing import input_hash
from .influence import influence_agreement, with_matches
from .matching import Tolerance
from .report import compute, figures, gather, spreads, summarise
from .results import (
    ALGORITHM_VERSION,
    DEFAULT_FORM,
    Confusion,
    Estimate,
    Figure,
    InfluenceAgreement,
    LeftOut,
    PairCounts,
    Parameters,
    Report,
    Row,
    Spread,
    from_json,
    from_plain,
    to_json,
    to_plain,
)
from .storing import pack, unpack
from .study import INFLUENCES, ROLES, Code, Influence, InputError, Role, Span, Spans, Study, Transcript, Turn
from .tables import Tables, restricted, tabulate
from .units import LEVELS, Level, UnitRules, answers

__all__ = [
    "ALGORITHM_VERSION",
    "DEFAULT_FORM",
    "INFLUENCES",
    "KINDS",
    "LEVELS",
    "ROLES",
    "Alignment",
    "Code",
    "Confusion",
    "Difference",
    "Differences",
    "Discrepancy",
    "Estimate",
    "Figure",
    "Influence",
    "InfluenceAgreement",
    "InputError",
    "Kind",
    "LeftOut",
    "Level",
    "Match",
    "PairCounts",
    "Parameters",
    "Report",
    "Role",
    "Row",
    "Span",
    "Spans",
    "Spread",
    "Study",
    "Tables",
    "Tolerance",
    "Transcript",
    "Turn",
    "UnitRules",
    "align",
    "answers",
    "collector_paused",
    "compare_groups",
    "compare_rounds",
    "compute",
    "differences",
    "figures",
    "find",
    "from_json",
    "from_plain",
    "gather",
    "influence_agreement",
    "input_hash",
    "pack",
    "restricted",
    "spreads",
    "summarise",
    "tabulate",
    "to_json",
    "to_plain",
    "unpack",
    "with_differences",
    "with_matches",
]
