"""A study in parts that stay near the processor: some transcripts with all their spans at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .study import Code, Ints, Study, Transcript
from .sweep import Runs, merged, ordered

SPANS = 40_000
CHARACTERS = 4_000_000
"""A block ends before it would hold more spans or more text than this (but holds at least one transcript)."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Transcripts on one line: `offsets` says where each begins, `applied` are the spans as given.

    `first` is the place of the first of them among all that are compared.
    """

    first: int
    transcripts: tuple[Transcript, ...]
    panel: Ints
    offsets: Ints
    applied: Runs

    def rolled_up(self, codes: Sequence[Code]) -> Runs:
        """Give each code its own spans and each construct those of all below it, merged by coder."""
        parts = [self.applied]
        for above in _ancestors(codes):
            row = above[self.applied.row]
            has = row >= 0
            slot, start, end = (
                column[has] for column in (self.applied.slot, self.applied.start, self.applied.end)
            )
            parts.append(Runs(self.applied.transcript[has], row[has], slot, start, end))
        columns = ("transcript", "row", "slot", "start", "end")
        return merged(
            ordered(Runs(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns)))
        )


def blocks(study: Study, kept: Sequence[int], panel: Ints) -> Iterator[Block]:
    """Yield the transcripts to compare, in the order of `kept`, with the coders' slots of `panel`."""
    spans = study.spans
    place = np.full(len(study.transcripts), -1, dtype=np.int64)
    place[list(kept)] = np.arange(len(kept))
    at = place[spans.transcript]
    order = np.argsort(at, kind="stable")
    first_rows = np.searchsorted(at, np.arange(len(kept) + 1), sorter=order)
    lengths = np.array([study.transcripts[row].length for row in kept], dtype=np.int64)
    slot_of = _slots(panel, len(study.coders))
    for first, after in _extents(np.diff(first_rows), lengths):
        rows = order[first_rows[first] : first_rows[after]]
        local = at[rows] - first
        offsets = np.cumsum(lengths[first:after]) - lengths[first:after]
        applied = Runs(
            local,
            spans.code[rows],
            slot_of[first:after][local, spans.coder[rows]],
            spans.start[rows] + offsets[local],
            spans.end[rows] + offsets[local],
        )
        transcripts = tuple(study.transcripts[row] for row in kept[first:after])
        yield Block(first, transcripts, panel[first:after], offsets, applied)


def _extents(spans: Ints, lengths: Ints) -> Iterator[tuple[int, int]]:
    first, held, read = 0, 0, 0
    for place, (number, length) in enumerate(zip(spans.tolist(), lengths.tolist(), strict=True)):
        if place > first and (held + number > SPANS or read + length > CHARACTERS):
            yield first, place
            first, held, read = place, 0, 0
        held, read = held + number, read + length
    if first < len(lengths):
        yield first, len(lengths)


def _slots(panel: Ints, coders: int) -> Ints:
    """Give the slot of each coder in each transcript (0 where there is none: no span is there either)."""
    slot_of = np.zeros((len(panel), max(1, coders)), dtype=np.int64)
    for slot in range(panel.shape[1]):
        present = np.flatnonzero(panel[:, slot] >= 0)
        slot_of[present, panel[present, slot]] = slot
    return slot_of


def _ancestors(codes: Sequence[Code]) -> Iterator[Ints]:
    """Yield, for parents, then grandparents and so on, the place of each code's ancestor or -1."""
    places = {code.id: place for place, code in enumerate(codes)}
    parent = np.array([-1 if code.parent is None else places[code.parent] for code in codes], dtype=np.int64)
    above = parent
    while (above >= 0).any():
        yield above
        above = np.where(above >= 0, parent[above], -1)
