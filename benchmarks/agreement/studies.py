"""A seeded generator of double-coded studies: turns, sentences and words, coded by several people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.agreement.engine import Code, Spans, Study, Transcript

Ints = NDArray[np.int64]
CONSTRUCTS = 4
GROUPS = ("clients", "keyworkers", "staff", "stakeholders")


@dataclass(frozen=True)
class Size:
    """How large a study is; `spans` is what each coder marks in each transcript, on average."""

    name: str
    transcripts: int
    coders: int
    codes: int
    spans: int


SMALL = Size("S", 10, 2, 16, 150)
MEDIUM = Size("M", 63, 3, 60, 400)
LARGE = Size("L", 2000, 3, 60, 400)


def study(size: Size, *, seed: int = 1) -> Study:
    """Draw passages that are there to be found; each coder misses some and shifts the others."""
    generator = np.random.default_rng(seed)
    transcripts = tuple(_transcript(place, generator) for place in range(size.transcripts))
    codes = tuple(Code(f"C{place}") for place in range(CONSTRUCTS))
    codes += tuple(Code(f"c{place:02}", f"C{place % CONSTRUCTS}") for place in range(size.codes))
    coders = tuple(f"coder {number}" for number in range(1, size.coders + 1))
    assigned = np.ones((size.transcripts, size.coders), dtype=bool)
    return Study(transcripts, codes, coders, assigned, _spans(size, transcripts, generator))


def _transcript(place: int, generator: np.random.Generator) -> Transcript:
    """An interview of 60 questions and answers, about 5,300 words."""
    sizes = np.empty(120, dtype=np.int64)
    sizes[0::2] = generator.integers(3, 15, 60)
    sizes[1::2] = generator.integers(20, 140, 60)
    letters = generator.integers(2, 9, int(sizes.sum()))
    ends = np.cumsum(letters + 1) - 1
    starts = ends - letters
    last = np.cumsum(sizes) - 1
    first = last - sizes + 1
    stops = np.unique(np.concatenate([last, np.arange(13, len(ends), 14)]))
    opens = np.append(0, stops[:-1] + 1)
    group = GROUPS[place % len(GROUPS)]
    return Transcript(
        id=f"t{place:05}",
        length=int(ends[-1]),
        turns=np.column_stack([starts[first], ends[last]]),
        roles=np.tile([1, 0], 60),
        sentences=np.column_stack([starts[opens], ends[stops]]),
        words=np.column_stack([starts, ends]),
        stratum=group,
        groups={"group": group},
    )


def _spans(size: Size, transcripts: tuple[Transcript, ...], generator: np.random.Generator) -> Spans:
    passages = round(size.spans / 0.88)
    columns: dict[str, list[Ints]] = {name: [] for name in ("transcript", "coder", "code", "start", "end")}
    popular = generator.dirichlet(np.full(size.codes, 0.8))
    for place, transcript in enumerate(transcripts):
        assert transcript.words is not None
        words = len(transcript.words)
        first = generator.integers(0, words - 60, passages)
        length = generator.integers(6, 50, passages)
        code = generator.choice(size.codes, passages, p=popular)
        for coder in range(size.coders):
            found = np.flatnonzero(generator.random(passages) < 0.88)
            other = generator.random(len(found)) < 0.08
            chosen = np.where(other, generator.integers(0, size.codes, len(found)), code[found])
            shift = generator.integers(-5, 6, (2, len(found)))
            start = np.clip(first[found] + shift[0], 0, words - 1)
            end = np.clip(first[found] + length[found] + shift[1], start + 1, words)
            columns["transcript"].append(np.full(len(found), place))
            columns["coder"].append(np.full(len(found), coder))
            columns["code"].append(chosen + CONSTRUCTS)
            columns["start"].append(transcript.words[start, 0])
            columns["end"].append(transcript.words[end - 1, 1])
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    return Spans.from_arrays(
        transcript=joined["transcript"],
        coder=joined["coder"],
        code=joined["code"],
        start=joined["start"],
        end=joined["end"],
    )
