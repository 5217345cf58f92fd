"""Two invented coders who read the same interviews and differ as people do.

Each mark of the author meets one fate: both coders set it, or they differ in one of the ways that Concord
tells apart. How often a code is met by which fate follows from `PRONE` and `SHARES`; the fates are dealt
out by quota, so that small samples come out as meant.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from apps.demo.engine.chance import seeded
from apps.demo.engine.script import Mark, Script

Fate = Literal["agree", "missed", "extra", "other", "level", "boundary", "influence", "split"]
Reading = tuple[Mark, ...]

SHARES: Mapping[Fate, float] = {
    "missed": 0.205,
    "other": 0.21,
    "boundary": 0.043,
    "extra": 0.03,
    "influence": 0.013,
    "split": 0.004,
    "level": 0.005,
}
"""The share of marks that a code of ordinary difficulty loses to each fate."""

PRONE: Mapping[str, float] = {
    "differentiation": 0.75,
    "enrolment": 0.6,
    "legitimation": 1.55,
    "internalisation": 1.15,
}
"""How much more often than an ordinary code these are missed or taken for another."""

TAKEN_FOR: Mapping[str, tuple[str, ...]] = {
    "differentiation": ("internalisation", "communal_specification"),
    "communal_specification": ("individual_specification", "internalisation", "communal_appraisal"),
    "individual_specification": ("communal_specification", "skillset_workability"),
    "internalisation": ("legitimation", "legitimation", "legitimation", "individual_appraisal"),
    "initiation": ("activation", "legitimation", "contextual_integration"),
    "enrolment": ("initiation", "legitimation"),
    "legitimation": (
        "internalisation",
        "internalisation",
        "internalisation",
        "internalisation",
        "activation",
    ),
    "activation": ("initiation", "legitimation", "reconfiguration"),
    "interactional_workability": ("contextual_integration", "contextual_integration", "skillset_workability"),
    "relational_integration": ("skillset_workability", "legitimation", "interactional_workability"),
    "skillset_workability": ("relational_integration", "interactional_workability"),
    "contextual_integration": ("interactional_workability", "interactional_workability", "activation"),
    "systematisation": ("communal_appraisal", "reconfiguration"),
    "communal_appraisal": ("individual_appraisal", "individual_appraisal", "systematisation"),
    "individual_appraisal": ("communal_appraisal", "internalisation"),
    "reconfiguration": ("activation", "communal_appraisal"),
    "context": ("contextual_integration",),
    "outcome": ("individual_appraisal",),
    "outside_the_framework": ("context",),
}
"""What a coder takes a code for, each as likely as it is named often."""

CONSTRUCT_OF: Mapping[str, str] = {
    **dict.fromkeys(
        ("differentiation", "communal_specification", "individual_specification", "internalisation"),
        "sense_making",
    ),
    **dict.fromkeys(("initiation", "enrolment", "legitimation", "activation"), "relational_work"),
    **dict.fromkeys(
        (
            *("interactional_workability", "relational_integration"),
            *("skillset_workability", "contextual_integration"),
        ),
        "operational_work",
    ),
    **dict.fromkeys(
        ("systematisation", "communal_appraisal", "individual_appraisal", "reconfiguration"), "appraisal_work"
    ),
}
INFLUENCES = ("helps", "hinders", "both", "unclear")
LITTLE_MORE = 0.4
"""A coder who agrees may still take in a neighbouring sentence, or leave one out, of this share at most."""


@dataclass(frozen=True)
class Pair:
    """What the first and the second coder make of one interview."""

    first: Reading
    second: Reading


def read_by_two(
    scripts: Mapping[str, Script], *, difficulty: float, seed: str, at_least: Mapping[Fate, int] | None = None
) -> dict[str, Pair]:
    """The readings of two coders; `difficulty` 1 is an ordinary round, less a better one.

    `at_least` names fates that must occur so often however few marks there are.
    """
    rng = seeded("two coders", seed)
    marks = [(name, mark) for name, script in sorted(scripts.items()) for mark in script.marks]
    fates = _deal([mark.code for _, mark in marks], difficulty, rng, at_least or {})
    readings: dict[str, tuple[list[Mark], list[Mark]]] = {name: ([], []) for name in scripts}
    for (name, mark), fate in zip(marks, fates, strict=True):
        sides = [*_met(mark, fate, scripts[name], rng)]
        rng.shuffle(sides)
        for reading, side in zip(readings[name], sides, strict=True):
            reading.extend(side)
    return {name: Pair(_joined(first), _joined(second)) for name, (first, second) in readings.items()}


def read_by_one(script: Script, *, missed: float, seed: str) -> Reading:
    """One coder's reading of an interview."""
    rng = seeded("one coder", seed)
    return _joined(_nearly(mark, script, rng) for mark in script.marks if rng.random() >= missed)


def _deal(
    codes: Sequence[str], difficulty: float, rng: random.Random, at_least: Mapping[Fate, int]
) -> list[Fate]:
    """A fate for each mark: by quota within its code, what is over being carried to the next code."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, code in enumerate(codes):
        places[code].append(place)
    fates: list[Fate] = ["agree"] * len(codes)
    carried: dict[Fate, float] = dict.fromkeys(SHARES, 0.0)
    for code in sorted(places):
        free = rng.sample(places[code], len(places[code]))
        for fate, share in SHARES.items():
            due = carried[fate] + len(places[code]) * share * difficulty * _prone(code, fate)
            count = min(round(due), len(free)) if _can_meet(code, fate) else 0
            carried[fate] = due - count
            for place in free[:count]:
                fates[place] = fate
            free = free[count:]
    for fate, least in at_least.items():
        _force(fate, least, codes, fates, rng)
    return fates


def _prone(code: str, fate: Fate) -> float:
    return PRONE.get(code, 1) if fate in ("missed", "other", "extra") else 1


def _can_meet(code: str, fate: Fate) -> bool:
    return fate != "level" or code in CONSTRUCT_OF


def _force(fate: Fate, least: int, codes: Sequence[str], fates: list[Fate], rng: random.Random) -> None:
    agreed = [place for place, each in enumerate(fates) if each == "agree" and _can_meet(codes[place], fate)]
    for place in rng.sample(agreed, min(len(agreed), max(0, least - fates.count(fate)))):
        fates[place] = fate


def _met(mark: Mark, fate: Fate, script: Script, rng: random.Random) -> tuple[list[Mark], list[Mark]]:
    """What the two coders set where the author set a mark; which of them is which is left to chance."""
    one, other = _nearly(mark, script, rng), _nearly(mark, script, rng)
    if fate == "missed":
        return [one], []
    if fate == "other":
        return [one], [replace(other, code=rng.choice(TAKEN_FOR[mark.code]))]
    if fate == "level":
        return [one], [replace(other, code=CONSTRUCT_OF[mark.code])]
    if fate == "extra":
        return [one, replace(one, code=rng.choice(TAKEN_FOR[mark.code]))], [other]
    if fate == "influence":
        return [one], [replace(other, influence=_another_influence(mark.influence, rng))]
    if fate == "boundary":
        return [_part(mark, script, 0, 0.6)], [_part(mark, script, 0.46, 1)]
    if fate == "split":
        return [mark], [_part(mark, script, 0, 0.42), _part(mark, script, 0.6, 1)]
    return [one], [other]


def _another_influence(influence: str, rng: random.Random) -> str:
    return rng.choice([each for each in INFLUENCES if each != influence])


def _part(mark: Mark, script: Script, from_share: float, to_share: float) -> Mark:
    """A part of a mark, cut between words."""
    length = mark.end - mark.start
    start = _word_start(script.text, mark.start + round(length * from_share)) if from_share else mark.start
    end = _word_end(script.text, mark.start + round(length * to_share)) if to_share < 1 else mark.end
    return replace(mark, start=start, end=end)


def _word_start(text: str, place: int) -> int:
    while not text[place - 1].isspace():
        place -= 1
    return place


def _word_end(text: str, place: int) -> int:
    while not text[place].isspace():
        place += 1
    return place


def _nearly(mark: Mark, script: Script, rng: random.Random) -> Mark:
    """The mark as a coder who agrees sets it: three in five exactly, others a sentence more or less."""
    if rng.random() < 0.6:
        return mark
    choices = [
        each
        for each in (_without_last_sentence(mark, script), _with_next_sentence(mark, script))
        if each and abs(each.end - mark.end) <= LITTLE_MORE * (mark.end - mark.start)
    ]
    return rng.choice(choices) if choices else mark


def _without_last_sentence(mark: Mark, script: Script) -> Mark | None:
    inside = [(start, end) for start, end in script.sentences if mark.start <= start and end <= mark.end]
    return replace(mark, end=inside[-2][1]) if len(inside) > 1 else None


def _with_next_sentence(mark: Mark, script: Script) -> Mark | None:
    turn = next(turn for turn in script.turns if turn.start < mark.end <= turn.end)
    after = [end for start, end in script.sentences if mark.end <= start and end <= turn.end]
    return replace(mark, end=after[0]) if after else None


def _joined(marks: Iterable[Mark]) -> Reading:
    """Overlapping or touching marks of one code and influence are one, as in every assignment."""
    joined: list[Mark] = []
    for mark in sorted(marks, key=lambda each: (each.code, each.influence, each.start, each.end)):
        before = joined[-1] if joined else None
        is_same = before and (before.code, before.influence) == (mark.code, mark.influence)
        if before and is_same and mark.start <= before.end:
            joined[-1] = replace(before, end=max(before.end, mark.end))
        else:
            joined.append(mark)
    return tuple(sorted(joined))
