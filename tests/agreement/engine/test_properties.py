"""What must hold for every study, tried on many small ones; the brute force is an array of characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from apps.agreement.engine import (
    Code,
    Figure,
    Role,
    Span,
    Study,
    Tolerance,
    Transcript,
    Turn,
    align,
    compute,
    find,
    input_hash,
)
from apps.agreement.engine.units import LEVELS, Level, Line, UnitRules, pieces

CODES = (Code("A"), Code("a1", "A"), Code("a2", "A"), Code("B"), Code("b1", "B"), Code("c"))
CODERS = ("ann", "bob", "cho")
EXACT = Tolerance("characters", 0)
few = settings(max_examples=20, deadline=None)
many = settings(max_examples=60, deadline=None)


@dataclass(frozen=True)
class Given:
    transcripts: tuple[Transcript, ...]
    assignments: tuple[tuple[str, str], ...]
    spans: tuple[Span, ...]

    def study(self) -> Study:
        return Study.of(
            transcripts=self.transcripts, codes=CODES, assignments=self.assignments, spans=self.spans
        )


@some.composite
def transcripts(draw: some.DrawFn, id: str = "t", *, with_words: bool = True) -> Transcript:
    """Turns of all roles with gaps between, sentences that need not respect turns, short words."""
    length = draw(some.integers(1, 60))
    cuts = sorted(draw(some.sets(some.integers(0, length), min_size=2, max_size=8)))
    roles: some.SearchStrategy[Role] = some.sampled_from(
        ["participant", "participant", "interviewer", "other"]
    )
    turns = [Turn(start, end, draw(roles)) for start, end in pairwise(cuts) if draw(some.integers(0, 4))]
    stops = sorted({0, length, *draw(some.sets(some.integers(0, length), max_size=8))})
    sentences = [(start, end) for start, end in pairwise(stops) if start < end]
    words = None
    if with_words:
        sizes = draw(some.lists(some.tuples(some.integers(1, 5), some.integers(1, 2)), max_size=20))
        words, place = [], 0
        for size, gap in sizes:
            if place + size > length:
                break
            words.append((place, place + size))
            place += size + gap
    return Transcript.of(
        id, length, turns=turns, sentences=sentences, words=words, stratum=draw(some.sampled_from("xy"))
    )


@some.composite
def studies(draw: some.DrawFn, *, coders: int = 2, with_words: bool = True, most: int = 14) -> Given:
    texts = tuple(
        draw(transcripts(f"t{place}", with_words=with_words)) for place in range(draw(some.integers(1, 2)))
    )
    spans = []
    for place in range(draw(some.integers(0, most))):
        text = draw(some.sampled_from(texts))
        start = draw(some.integers(0, text.length - 1))
        end = draw(some.integers(start + 1, text.length))
        code, coder = draw(some.sampled_from(CODES)).id, draw(some.sampled_from(CODERS[:coders]))
        influence: Any = draw(some.sampled_from([None, None, "helps", "hinders"]))
        spans.append(Span(f"s{place}", text.id, coder, code, start, end, influence))
    return Given(texts, tuple((text.id, coder) for text in texts for coder in CODERS[:coders]), tuple(spans))


def figures(study: Study) -> dict[tuple[Any, ...], Figure]:
    report = compute(study, min_units=0, replicates=0)
    return {(one.level, one.kind, one.code, one.coders): one for one in report.figures}


def numbers(study: Study) -> Any:
    """All values, by place in the report, without names."""
    return [
        (one.level, one.kind, one.units, one.coded_by_any, sorted(one.coded_by.values()), value.value)
        for one in figures(study).values()
        for value in one.estimates.values()
    ]


# Brute force


def unit_of_character(transcript: Transcript, level: Level) -> list[int]:
    """For each character the number of its unit, or -1."""
    found = [-1] * transcript.length
    cut = pieces(Line.of([transcript]), level, UnitRules())
    for start, end, unit in zip(cut.starts.tolist(), cut.ends.tolist(), cut.unit.tolist(), strict=True):
        for place in range(start, end):
            found[place] = place if level == "character" else unit
    return found


def coded_units(given: Given, level: Level, code: str, coder: str) -> set[tuple[str, int]]:
    below = {one.id for one in CODES if one.parent == code} | {code}
    units = set()
    for span in given.spans:
        if span.coder == coder and span.code in below:
            text = next(text for text in given.transcripts if text.id == span.transcript)
            units |= {
                (text.id, unit) for unit in unit_of_character(text, level)[span.start : span.end] if unit >= 0
            }
    return units


@pytest.mark.parametrize("level", LEVELS)
@few
@given(given=studies(coders=3))
def test_counts_equal_those_of_an_array_of_characters(level: Level, given: Given) -> None:
    report = compute(given.study(), levels=[level], min_units=0, replicates=0)
    for figure in report.figures:
        if figure.code is None:
            continue
        expected = {coder: coded_units(given, level, figure.code, coder) for coder in figure.coders}
        assert figure.coded_by == {coder: len(units) for coder, units in expected.items()}
        assert figure.coded_by_any == len(set().union(*expected.values()))
        if figure.pair:
            first, second = (expected[coder] for coder in figure.coders)
            assert figure.counts is not None
            assert (figure.counts.both, figure.counts.only_first) == (
                len(first & second),
                len(first - second),
            )
            assert sum(vars_of(figure.counts)) == figure.units
        if figure.by_number is not None:
            times = Counter(Counter(unit for units in expected.values() for unit in units).values())
            assert figure.by_number[1:] == tuple(times[number] for number in range(1, len(figure.coders) + 1))


def vars_of(counts: Any) -> Iterator[int]:
    return (getattr(counts, name) for name in ("both", "only_first", "only_second", "neither"))


@many
@given(transcript=transcripts())
def test_answers_equal_those_of_a_plain_loop(transcript: Transcript) -> None:
    rules = UnitRules(backchannel_words=1, answer_words=3)
    found = pieces(Line.of([transcript]), "answer", rules) if len(transcript.turns) else None
    expected = plain_answers(transcript, rules)
    units: list[list[tuple[int, int]]] = [[] for _ in range(found.units if found else 0)]
    if found:
        for start, end, unit in zip(
            found.starts.tolist(), found.ends.tolist(), found.unit.tolist(), strict=True
        ):
            units[unit].extend((place, place + 1) for place in range(start, end))
    assert [[start for start, _ in unit] for unit in units] == expected


def plain_answers(transcript: Transcript, rules: UnitRules) -> list[list[int]]:
    """Walk over the characters; a unit is the list of its characters, and needs a word."""
    assert transcript.words is not None
    words = transcript.words.tolist()
    sentence_starts = {start for start, _ in transcript.sentences.tolist()} - {0}
    units: list[list[int]] = [[]]
    said = 0
    for (start, end), role in zip(transcript.turns.tolist(), transcript.roles.tolist(), strict=True):
        if role == 1:
            if sum(first < end and last > start for first, last in words) > rules.backchannel_words:
                units.append([])
                said = 0
            continue
        if role == 2:
            continue
        for place in range(start, end):
            previous = units[-1][-1] if units[-1] else None
            crossed = previous is not None and any(previous < stop <= place for stop in sentence_starts)
            if crossed and said >= rules.answer_words:
                units.append([])
                said = 0
            units[-1].append(place)
            said += any(first == place for first, _ in words)
    return [unit for unit in units if any(first <= place < last for place in unit for first, last in words)]


# What changes nothing, and what must be 1


@few
@given(given=studies())
def test_identical_coders_agree_wholly(given: Given) -> None:
    copied = [span for span in given.spans if span.coder == "ann"]
    copied += [replace(span, id=span.id + "b", coder="bob") for span in copied]
    study = replace(given, spans=tuple(copied)).study()
    values = [
        value.value
        for one in figures(study).values()
        for value in one.estimates.values()
        if value.value is not None
    ]
    assert values == pytest.approx([1.0] * len(values))
    assert find(study, tolerance=EXACT) == ()


@few
@given(given=studies(coders=3), seed=some.integers(0, 999))
def test_order_changes_nothing(given: Given, seed: int) -> None:
    shuffle = np.random.default_rng(seed).permutation
    turned = replace(
        given,
        spans=tuple(given.spans[place] for place in shuffle(len(given.spans))),
        transcripts=given.transcripts[::-1],
        assignments=tuple(given.assignments[place] for place in shuffle(len(given.assignments))),
    )
    assert compute(turned.study(), min_units=0) == compute(given.study(), min_units=0)
    assert align(turned.study()) == align(given.study())
    assert input_hash(turned.study()) == input_hash(given.study())


@few
@given(given=studies(coders=3))
def test_other_names_change_nothing(given: Given) -> None:
    names = {"ann": "zoe", "bob": "yan", "cho": "xi"}
    turned = replace(
        given,
        spans=tuple(replace(span, coder=names[span.coder]) for span in given.spans),
        assignments=tuple((text, names[coder]) for text, coder in given.assignments),
    )
    mine = {
        (k[0], k[1], k[2], tuple(sorted(names[c] for c in k[3]))): v
        for k, v in figures(given.study()).items()
    }
    theirs = {(k[0], k[1], k[2], tuple(sorted(k[3]))): v for k, v in figures(turned.study()).items()}
    assert {key: values_of(one) for key, one in mine.items()} == {
        key: values_of(one) for key, one in theirs.items()
    }


def values_of(figure: Figure) -> Any:
    return {name: pytest.approx(value.value, nan_ok=True) for name, value in figure.estimates.items()}


@few
@given(given=studies(), data=some.data())
def test_splitting_a_span_changes_nothing(given: Given, data: some.DataObject) -> None:
    long = [span for span in given.spans if span.end - span.start > 1]
    if not long:
        return
    span = data.draw(some.sampled_from(long))
    middle = data.draw(some.integers(span.start + 1, span.end - 1))
    parts = (replace(span, end=middle), replace(span, id="part", start=middle))
    turned = replace(given, spans=tuple(one for one in given.spans if one is not span) + parts)
    assert numbers(turned.study()) == numbers(given.study())
    assert shapes(turned.study()) == shapes(given.study())


@few
@given(given=studies())
def test_doubling_and_merging_spans_changes_nothing(given: Given) -> None:
    doubled = replace(
        given, spans=given.spans + tuple(replace(span, id=span.id + "x") for span in given.spans)
    )
    assert numbers(doubled.study()) == numbers(given.study())
    assert shapes(doubled.study()) == shapes(given.study())


def shapes(study: Study) -> Any:
    """The discrepancies and matches without the names of spans."""
    found = align(study)
    blank: dict[str, Any] = {"first": (), "second": ()}
    return (
        [replace(one, beside=(), **blank) for one in found.discrepancies],
        [replace(one, **blank) for one in found.matches],
    )


# Discrepancies


def spoken(given: Given) -> dict[str, set[int]]:
    """The characters of participant words, by transcript."""
    found = {}
    for text in given.transcripts:
        words = [(0, text.length)] if text.words is None else text.words.tolist()
        turns = zip(text.turns.tolist(), text.roles.tolist(), strict=True)
        heard = {place for (start, end), role in turns if role == 0 for place in range(start, end)}
        if not len(text.turns):
            heard = set(range(text.length))
        found[text.id] = heard & {place for start, end in words for place in range(start, end)}
    return found


Extent = tuple[str, str, Any, int]


def extent(given: Given, coder: str) -> set[Extent]:
    """What a coder marked: (transcript, code, influence, character), of participant words."""
    heard = spoken(given)
    return {
        (span.transcript, span.code, span.influence, place)
        for span in given.spans
        if span.coder == coder
        for place in range(span.start, span.end)
        if place in heard[span.transcript]
    }


@pytest.mark.parametrize("with_words", [True, False])
@many
@given(data=some.data())
def test_at_zero_tolerance_equal_means_no_discrepancy(with_words: bool, data: some.DataObject) -> None:
    given = data.draw(studies(with_words=with_words, most=5))
    found = find(given.study(), tolerance=EXACT)
    assert (found == ()) is (extent(given, "ann") == extent(given, "bob"))


@many
@given(given=studies(), data=some.data())
def test_the_same_text_in_other_pieces_means_no_discrepancy(given: Given, data: some.DataObject) -> None:
    mine = [span for span in given.spans if span.coder == "ann"]
    pieces: list[Span] = []
    for span in mine:
        end = data.draw(some.integers(span.start + 1, span.end))
        start = data.draw(some.integers(span.start, end - 1)) if end < span.end else span.start
        pieces.append(replace(span, id=f"{span.id}x", coder="bob", end=end))
        pieces.append(replace(span, id=f"{span.id}y", coder="bob", start=start))
    both = replace(given, spans=(*mine, *pieces))
    assert find(both.study(), tolerance=EXACT) == ()


@many
@given(given=studies(coders=3), amount=some.sampled_from([Tolerance(), EXACT, Tolerance("characters", 3)]))
def test_every_coding_is_agreed_on_or_in_one_discrepancy(given: Given, amount: Tolerance) -> None:
    found = align(given.study(), tolerance=amount)
    heard = spoken(given)
    for pair in combinations(CODERS, 2):
        named = Counter[str]()
        for one in found.discrepancies:
            if one.coders == pair:
                named.update([*one.first, *one.second])
        for match in found.matches:
            if match.coders == pair and match.agrees_on_influence:
                named.update([*match.first, *match.second])
        expected = {
            span.id
            for span in given.spans
            if span.coder in pair and heard[span.transcript] & set(range(span.start, span.end))
        }
        assert {id for id in named if id in expected} == expected
        assert set(named.values()) <= {1}


@many
@given(given=studies())
def test_all_text_that_differs_is_in_the_discrepancies_of_its_code(given: Given) -> None:
    found = find(given.study(), tolerance=EXACT)
    told = {
        (one.transcript, code, place)
        for one in found
        for code in (*one.first_codes, *one.second_codes)
        for start, end in one.differs
        for place in range(start, end)
    }
    mine, theirs = (
        {(text, code, place) for text, code, _, place in extent(given, coder)} for coder in CODERS[:2]
    )
    assert mine ^ theirs <= told


@pytest.mark.parametrize("amount", [Tolerance(), EXACT, Tolerance("characters", 3)])
@few
@given(given=studies())
def test_turning_the_coders_round_turns_the_discrepancies_round(amount: Tolerance, given: Given) -> None:
    names = {"ann": "bob", "bob": "ann"}
    turned = replace(given, spans=tuple(replace(span, coder=names[span.coder]) for span in given.spans))
    mine, theirs = (
        Counter(one.kind for one in find(each.study(), tolerance=amount)) for each in (given, turned)
    )
    assert mine == theirs


@few
@given(given=studies())
def test_differing_ranges_lie_in_participant_speech(given: Given) -> None:
    heard = spoken(given)
    for one in find(given.study()):
        assert one.differs
        for start, end in one.differs:
            assert start < end
            assert {start, end - 1} <= heard[one.transcript]
