"""What the engine is given: transcripts, codes, coders and spans, checked once and then only read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Role = Literal["participant", "interviewer", "other"]
Influence = Literal["helps", "hinders", "both", "unclear"]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ROLES: tuple[Role, ...] = get_args(Role)
INFLUENCES: tuple[Influence, ...] = get_args(Influence)
NO_INFLUENCE = -1
# What a letter does to a word: ends it, is only part of it, makes it say something.
SPACE, SILENT, SAYS = range(3)


class InputError(ValueError):
    """The input cannot be computed; the message names the row and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's stretch of text, [start, end) in code points."""

    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True)
class Code:
    """One code; a code that is the parent of another is a construct."""

    id: str
    parent: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """One coding: a coder put a code on [start, end) of a transcript."""

    id: str
    transcript: str
    coder: str
    code: str
    start: int
    end: int
    influence: Influence | None = None


LONGEST = 1 << 40
"""No text has so many characters; all places in all texts together stay whole numbers of 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Transcript:
    """One text as arrays of boundaries (n x 2, half-open, in order); build it with `of` or `from_text`."""

    id: str
    length: int
    turns: Ints
    roles: Ints
    sentences: Ints
    words: Ints | None
    stratum: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"transcript {self.id!r}"
        if self.length < 0:
            raise InputError(f"{where}: length {self.length} is negative")
        if self.length > LONGEST:
            raise InputError(f"{where}: length {self.length} is beyond that of any text")
        if len(self.turns) != len(self.roles):
            raise InputError(f"{where}: {len(self.turns)} turns but {len(self.roles)} roles")
        _check_bounds(self.turns, self.length, f"{where}, turn")
        _check_bounds(self.sentences, self.length, f"{where}, sentence")
        if self.words is not None:
            _check_bounds(self.words, self.length, f"{where}, word")

    @classmethod
    def of(
        cls,
        id: str,
        length: int,
        *,
        turns: Iterable[Turn] = (),
        sentences: Iterable[Sequence[int]] = (),
        words: Iterable[Sequence[int]] | None = None,
        stratum: str = "",
        groups: Mapping[str, str] | None = None,
    ) -> Transcript:
        """Build from plain values; without `words` there are no answers, without `turns` all is speech."""
        listed = list(turns)
        roles = [
            _position(ROLES, turn.role, f"transcript {id!r}, turn {row}") for row, turn in enumerate(listed)
        ]
        return cls(
            id=id,
            length=length,
            turns=_bounds([(turn.start, turn.end) for turn in listed], f"transcript {id!r}, turns"),
            roles=np.array(roles, dtype=np.int64),
            sentences=_bounds(list(sentences), f"transcript {id!r}, sentences"),
            words=None if words is None else _bounds(_listed(words), f"transcript {id!r}, words"),
            stratum=stratum,
            groups=dict(groups or {}),
        )

    @classmethod
    def from_text(
        cls,
        id: str,
        text: str,
        *,
        turns: Iterable[Turn] = (),
        sentences: Iterable[Sequence[int]] = (),
        stratum: str = "",
        groups: Mapping[str, str] | None = None,
    ) -> Transcript:
        """Build from the text; a word is a stretch without white space that is not all punctuation."""
        return cls.of(
            id,
            len(text),
            turns=turns,
            sentences=sentences,
            words=words_of(text),
            stratum=stratum,
            groups=groups,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Codings as parallel arrays; transcript, coder and code are positions in the study's own tuples."""

    transcript: Ints
    coder: Ints
    code: Ints
    start: Ints
    end: Ints
    influence: Ints
    ids: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self.start)

    def id(self, row: int) -> str:
        """Give the caller's name of a row, or the row number where no names were given."""
        return str(row) if self.ids is None else self.ids[row]

    @classmethod
    def from_arrays(
        cls,
        *,
        transcript: Any,
        coder: Any,
        code: Any,
        start: Any,
        end: Any,
        influence: Any = None,
        ids: Sequence[str] | None = None,
    ) -> Spans:
        """Take arrays as they come from a database; `influence` is a position in INFLUENCES or -1."""
        columns = {"transcript": transcript, "coder": coder, "code": code, "start": start, "end": end}
        arrays = {name: whole_numbers(values, name) for name, values in columns.items()}
        rows = arrays["start"].size
        if influence is None:
            influence = np.full(rows, NO_INFLUENCE, dtype=np.int64)
        arrays["influence"] = whole_numbers(influence, "influence")
        for name, values in arrays.items():
            if values.ndim != 1:
                raise InputError(f"spans: column {name} has {values.ndim} dimensions, not one")
            if len(values) != rows:
                raise InputError(f"spans: column {name} has {len(values)} rows, start has {rows}")
        if ids is not None and len(ids) != rows:
            raise InputError(f"spans: {len(ids)} ids for {rows} rows")
        return cls(**arrays, ids=ids)


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """All that is compared; `assigned[t, c]`: coder c coded transcript t (without spans: a real none)."""

    transcripts: tuple[Transcript, ...]
    codes: tuple[Code, ...]
    coders: tuple[str, ...]
    assigned: Bools
    spans: Spans

    def __post_init__(self) -> None:
        _check_unique([transcript.id for transcript in self.transcripts], "transcript")
        _check_unique([code.id for code in self.codes], "code")
        _check_unique(self.coders, "coder")
        if self.assigned.shape != (len(self.transcripts), len(self.coders)):
            raise InputError("assigned: needs one row for each transcript and one column for each coder")
        _check_tree(self.codes)
        _check_spans(self)

    @classmethod
    def of(
        cls,
        *,
        transcripts: Iterable[Transcript],
        codes: Iterable[Code],
        assignments: Iterable[tuple[str, str]],
        spans: Iterable[Span] = (),
    ) -> Study:
        """Build from plain values; `assignments` are pairs of transcript id and coder id."""
        listed = tuple(transcripts)
        codebook = tuple(codes)
        pairs = list(assignments)
        coders = tuple(sorted({coder for _, coder in pairs}))
        transcript_at = {transcript.id: row for row, transcript in enumerate(listed)}
        coder_at = {coder: row for row, coder in enumerate(coders)}
        assigned = np.zeros((len(listed), len(coders)), dtype=np.bool_)
        for row, (transcript, coder) in enumerate(pairs):
            place = _look_up(transcript_at, transcript, f"assignment {row}", "transcript"), coder_at[coder]
            if assigned[place]:
                raise InputError(
                    f"assignment {row}: coder {coder!r} is given twice for transcript {transcript!r}"
                )
            assigned[place] = True
        code_at = {code.id: row for row, code in enumerate(codebook)}
        return cls(
            listed, codebook, coders, assigned, _spans_of(list(spans), transcript_at, coder_at, code_at)
        )


def words_of(text: str) -> Ints:
    """Give [start, end) of the stretches without white space that say something, in code points."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if letters.size == 0:
        return np.zeros((0, 2), dtype=np.int64)
    # A text has few different letters: each is looked at once.
    kinds = np.zeros(int(letters.max()) + 1, dtype=np.int8)
    for letter in np.flatnonzero(np.bincount(letters)).tolist():
        kinds[letter] = SPACE if chr(letter).isspace() else SAYS if _says(chr(letter)) else SILENT
    kind = kinds[letters]
    edges = np.flatnonzero(np.diff(kind != SPACE, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    said = np.concatenate(([0], np.cumsum(kind == SAYS)))
    speaks = said[ends] > said[starts]
    return np.stack((starts[speaks], ends[speaks]), axis=1)


def whole_numbers(values: Any, name: str) -> Ints:
    """Turn a column into int64, refusing NaN, infinity and fractions by row."""
    array = np.asarray(values)
    if array.dtype.kind in "iub":
        return array.astype(np.int64)
    if array.size == 0:
        return np.zeros(array.shape, dtype=np.int64)
    for row, value in enumerate(array if array.dtype.kind != "f" else ()):
        if not _is_numeric(value):
            raise InputError(f"row {row}: {name} is {values[row]!r}, not a whole number")
    numbers = array.astype(np.float64)
    with np.errstate(invalid="ignore"):
        wrong = ~np.isfinite(numbers) | (numbers != np.floor(numbers))
    if wrong.any():
        row = np.argwhere(wrong)[0]
        raise InputError(f"row {row[0]}: {name} is {numbers[tuple(row)]}, not a whole number")
    return numbers.astype(np.int64)


def _is_numeric(value: Any) -> bool:
    try:
        np.asarray(value).astype(np.float64)
    except (TypeError, ValueError):
        return False
    return True


def _listed(pairs: Iterable[Sequence[int]]) -> Any:
    return pairs if isinstance(pairs, np.ndarray) else list(pairs)


def _bounds(pairs: Sequence[Sequence[int]], where: str) -> Ints:
    if len(pairs) == 0:
        return np.zeros((0, 2), dtype=np.int64)
    try:
        array = np.asarray(pairs)
    except ValueError as error:
        raise InputError(f"{where}: each needs a start and an end") from error
    if array.ndim != 2 or array.shape[1] != 2:
        raise InputError(f"{where}: each needs a start and an end")
    return whole_numbers(array, where)


def _check_bounds(bounds: Ints, length: int, where: str) -> None:
    starts, ends = bounds[:, 0], bounds[:, 1]
    wrong = (starts >= ends) | (starts < 0) | (ends > length)
    wrong[1:] |= starts[1:] < ends[:-1]
    if not wrong.any():
        return
    row = int(np.argmax(wrong))
    start, end = int(starts[row]), int(ends[row])
    if start >= end:
        raise InputError(f"{where} {row}: start {start} is not before end {end}")
    if start < 0 or end > length:
        raise InputError(f"{where} {row}: [{start}, {end}) lies outside the text of {length} characters")
    raise InputError(f"{where} {row}: starts at {start}, before the one before it ends")


def _says(letter: str) -> bool:
    """Whether a character says something: letters, digits, signs and emoji do, punctuation does not."""
    return unicodedata.category(letter)[0] in "LNS"


def _check_unique(ids: Sequence[str], noun: str) -> None:
    seen: set[str] = set()
    for row, id in enumerate(ids):
        if id in seen:
            raise InputError(f"{noun} {row}: {id!r} is given twice")
        seen.add(id)


def _check_tree(codes: Sequence[Code]) -> None:
    parents = {code.id: code.parent for code in codes}
    for row, code in enumerate(codes):
        if code.parent is not None and not (isinstance(code.parent, str) and code.parent in parents):
            raise InputError(f"code {row}: {code.id!r} has the unknown parent {code.parent!r}")
        above, steps = code.parent, 0
        while above is not None:
            steps += 1
            if steps > len(codes):
                raise InputError(f"code {row}: {code.id!r} is its own ancestor")
            above = parents[above]


def _check_spans(study: Study) -> None:
    spans = study.spans
    limits = [
        ("transcript", spans.transcript, len(study.transcripts)),
        ("coder", spans.coder, len(study.coders)),
        ("code", spans.code, len(study.codes)),
        ("influence", spans.influence + 1, len(INFLUENCES) + 1),
    ]
    for name, values, limit in limits:
        _refuse((values < 0) | (values >= limit), spans, f"unknown {name}")
    lengths = np.array([transcript.length for transcript in study.transcripts], dtype=np.int64)
    _refuse(spans.start >= spans.end, spans, "start is not before end")
    if len(spans):
        outside = (spans.start < 0) | (spans.end > lengths[spans.transcript])
        _refuse(outside, spans, "lies outside the text")
        _refuse(
            ~study.assigned[spans.transcript, spans.coder],
            spans,
            "its coder is not assigned to its transcript",
        )


def _refuse(wrong: Bools, spans: Spans, why: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        extent = f"[{spans.start[row]}, {spans.end[row]})"
        raise InputError(f"span row {row} (id {spans.id(row)}, {extent}): {why}")


def _spans_of(
    spans: Sequence[Span], transcript_at: dict[str, int], coder_at: dict[str, int], code_at: dict[str, int]
) -> Spans:
    influences: dict[Any, int] = {name: place for place, name in enumerate(INFLUENCES)} | {None: NO_INFLUENCE}
    columns: dict[str, list[Any]] = {
        name: [] for name in ("transcript", "coder", "code", "start", "end", "influence")
    }
    for row, span in enumerate(spans):
        where = f"span row {row} (id {span.id})"
        columns["transcript"].append(_look_up(transcript_at, span.transcript, where, "transcript"))
        columns["coder"].append(_look_up(coder_at, span.coder, where, "coder"))
        columns["code"].append(_look_up(code_at, span.code, where, "code"))
        columns["influence"].append(_look_up(influences, span.influence, where, "influence"))
        columns["start"].append(span.start)
        columns["end"].append(span.end)
    _check_unique([span.id for span in spans], "span row")
    return Spans.from_arrays(**columns, ids=[span.id for span in spans])


def _look_up(places: Mapping[Any, int], name: Any, where: str, noun: str) -> int:
    if name not in places:
        raise InputError(f"{where}: unknown {noun} {name!r}")
    return places[name]


def _position(names: Sequence[str], name: str, where: str) -> int:
    if name not in names:
        raise InputError(f"{where}: unknown role {name!r}")
    return names.index(name)
