"""The interval sweep: sets of coders, and many coders, for whom sets are too many."""

import numpy as np
import pytest

from apps.agreement.engine import Code, Span, Study, Transcript, compute, sweep, tables
from apps.agreement.engine.sweep import Ruler, Runs, cover, merged, ordered, pairs_by_sweep, pairs_of
from apps.agreement.engine.units import Line, Pieces

from .make import speech


def runs(*rows: tuple[int, int, int, int, int]) -> Runs:
    """Each row is transcript, row, slot, start, end."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return ordered(Runs(*columns))


def listed(found: Runs) -> list[tuple[int, ...]]:
    columns = (found.transcript, found.row, found.slot, found.start, found.end)
    return [tuple(int(value) for value in row) for row in zip(*columns, strict=True)]


def test_overlapping_and_touching_intervals_merge() -> None:
    found = merged(runs((0, 0, 0, 5, 9), (0, 0, 0, 0, 3), (0, 0, 0, 3, 4), (0, 0, 0, 6, 7), (0, 0, 0, 8, 12)))
    assert listed(found) == [(0, 0, 0, 0, 4), (0, 0, 0, 5, 12)]


def test_a_long_interval_swallows_later_ones() -> None:
    assert listed(merged(runs((0, 0, 0, 0, 20), (0, 0, 0, 2, 3), (0, 0, 0, 15, 18)))) == [(0, 0, 0, 0, 20)]


def test_intervals_of_another_slot_row_or_transcript_do_not_merge() -> None:
    rows = [(0, 0, 0, 0, 9), (0, 0, 1, 0, 9), (0, 1, 0, 0, 9), (1, 0, 0, 0, 9)]
    assert listed(merged(runs(*rows))) == rows


def test_empty_intervals_disappear() -> None:
    assert listed(merged(runs((0, 0, 0, 4, 4), (0, 0, 0, 7, 7)))) == []


def test_merging_twice_is_merging_once() -> None:
    once = merged(runs((0, 0, 0, 0, 3), (0, 0, 0, 2, 5), (0, 1, 0, 5, 6), (0, 1, 1, 5, 6)))
    assert listed(merged(once)) == listed(once)


def test_sets_of_coders() -> None:
    #    0 1 2 3 4 5 6 7 8 9
    # 0: # # # # #
    # 1:     # # # # #
    # 2:         #         #
    rows = merged(runs((0, 0, 0, 0, 5), (0, 0, 1, 2, 7), (0, 0, 2, 4, 5), (0, 0, 2, 9, 10)))
    table = cover(rows, transcripts=1, rows=1, slots=3)
    assert table[0, 0].tolist() == [0, 2, 2, 2, 1, 0, 0, 1]
    alone, both = pairs_of(table, 3)
    assert alone[0, 0].tolist() == [5, 5, 2]
    assert both[0, 0].tolist() == [3, 1, 1]


def test_by_pairs_as_by_sets() -> None:
    generator = np.random.default_rng(3)
    start = generator.integers(0, 90, 300)
    transcript, row, slot = generator.integers(0, 3, (3, 300))
    end = start + generator.integers(1, 10, 300)
    rows = merged(ordered(Runs(transcript, row, slot, start, end)))
    by_sets = pairs_of(cover(rows, transcripts=3, rows=3, slots=3), 3)
    by_pairs = pairs_by_sweep(rows, transcripts=3, rows=3, slots=3)
    assert all((mine == theirs).all() for mine, theirs in zip(by_sets, by_pairs, strict=True))


def test_ten_coders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above eight coders the way is another, and the result the same (the border is moved to see it)."""
    generator = np.random.default_rng(8)
    coders = [f"c{number}" for number in range(10)]
    spans: list[Span] = []
    for coder in coders:
        for code in "ab":
            for start in generator.integers(0, 900, 6).tolist():
                spans.append(Span(str(len(spans)), "t", coder, code, start, start + 40))
    given = Study.of(
        transcripts=[speech(1000)],
        codes=[Code("a"), Code("b")],
        assignments=[("t", coder) for coder in coders],
        spans=spans,
    )
    by_pairs = compute(given, min_units=0)
    assert [
        sets for table in tables.tabulate(given).levels.values() if (sets := table.sets) is not None
    ] == []
    monkeypatch.setattr(tables, "MASK_CODERS", 10)
    by_sets = compute(given, min_units=0)
    assert [one.estimates for one in by_pairs.figures] == [one.estimates for one in by_sets.figures]
    assert [one.coded_by_any for one in by_pairs.figures] == [one.coded_by_any for one in by_sets.figures]


class TestRuler:
    # Text:      0....5....10...15...20 | 20 ...25..
    # Speech:      [2  6)   [10    16)  | [0  5)[7 9)
    PIECES = Pieces(np.array([2, 10, 20, 27]), np.array([6, 16, 25, 29]), np.array([0, 0, 1, 2]))
    LINE = Line.of([Transcript.of("t", 20), Transcript.of("empty", 0), Transcript.of("u", 10)])

    def measured(self, start: int, end: int, *, by_unit: bool) -> tuple[int, int]:
        ruler = Ruler.of(self.PIECES, self.LINE, by_unit=by_unit)
        low, high = ruler.measure(np.array([start]), np.array([end]))
        return int(low[0]), int(high[0])

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (0, 20, (0, 10)),
            (2, 6, (0, 4)),
            (3, 5, (1, 3)),
            (4, 12, (2, 6)),
            (6, 10, (4, 4)),
            (15, 20, (9, 10)),
            (20, 22, (10, 12)),
            (24, 28, (14, 16)),
            (29, 30, (17, 17)),
            (0, 2, (0, 0)),
        ],
    )
    def test_characters(self, start: int, end: int, expected: tuple[int, int]) -> None:
        assert self.measured(start, end, by_unit=False) == expected

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (0, 20, (0, 1)),
            (6, 10, (0, 0)),
            (5, 6, (0, 1)),
            (15, 16, (0, 1)),
            (20, 21, (1, 2)),
            (24, 28, (1, 3)),
            (27, 29, (2, 3)),
        ],
    )
    def test_units(self, start: int, end: int, expected: tuple[int, int]) -> None:
        assert self.measured(start, end, by_unit=True) == expected

    @pytest.mark.parametrize(("by_unit", "expected"), [(False, [10, 0, 7]), (True, [1, 0, 2])])
    def test_sizes(self, by_unit: bool, expected: list[int]) -> None:
        assert Ruler.of(self.PIECES, self.LINE, by_unit=by_unit).sizes.tolist() == expected

    def test_nothing_to_measure_on(self) -> None:
        nothing = np.zeros(0, dtype=np.int64)
        ruler = Ruler.of(Pieces(nothing, nothing, nothing), Line.of([]), by_unit=False)
        low, high = ruler.measure(np.array([3]), np.array([5]))
        assert (low.tolist(), high.tolist()) == ([0], [0])


def test_no_coders_at_all() -> None:
    assert sweep.cover(runs(), transcripts=1, rows=2, slots=2).tolist() == [[[0.0] * 4] * 2]
