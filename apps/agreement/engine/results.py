"""What the engine gives back: frozen, complete, and the same after a journey through JSON."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from .bootstrap import Form
from .study import Influence
from .units import Level, UnitRules

ALGORITHM_VERSION = "2"
DEFAULT_FORM: Form = "expanded"

Status = Literal["shown", "counts_only", "not_used"]
FigureKind = Literal["code", "construct", "pooled_codes", "pooled_constructs"]
Reason = Literal["not_used", "few_units", "no_variation", "pair_undefined", "not_given"]
IntervalReason = Literal["no_value", "few_transcripts", "unstable", "not_asked"]

RowKind = Literal["code", "construct"]

ALIASES = {
    "f1": "positive_agreement",
    "dice": "positive_agreement",
    "holsti": "percent",
    "pabak": "brennan_prediger",
    "bennett_s": "brennan_prediger",
    "u_alpha": "bar_u_alpha",
}
"""Other names of the same number for a binary code in units that everybody rated."""


@dataclass(frozen=True, slots=True)
class Row:
    """One counted code: a code by its own spans, or a construct by those of all below it as well."""

    code: str
    name: str
    parent: str | None
    kind: RowKind


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A transcript that takes no part, and why: `no_coder`, `one_coder` or `no_speech`."""

    transcript: str
    reason: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its interval; a missing one says why."""

    value: float | None
    reason: Reason | None
    low: float | None
    high: float | None
    interval_reason: IntervalReason | None
    undefined_replicates: int


NOT_GIVEN = Estimate(None, "not_given", None, None, "no_value", 0)


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Units coded by both, by one only, by neither (first and second as in `Figure.coders`)."""

    both: int
    only_first: int
    only_second: int
    neither: int


@dataclass(frozen=True, slots=True)
class Figure:
    """The agreement on one code (or construct, or pool) at one level, for one group and some coders.

    `units` are decisions (units times codes) in a pool. `counts` is given for a pair, `by_number[k]` (units
    that exactly k coders coded) for three or more who all coded every transcript. `narrow` says that an
    interval from so few transcripts is probably too narrow.
    """

    level: Level
    kind: FigureKind
    code: str | None
    grouping: str | None
    group: str | None
    coders: tuple[str, ...]
    pair: bool
    transcripts: int
    units: int
    coded_by: Mapping[str, int]
    coded_by_any: int
    counts: PairCounts | None
    by_number: tuple[int, ...] | None
    status: Status
    narrow: bool
    estimates: Mapping[str, Estimate]

    def estimate(self, measure: str) -> Estimate:
        """Give a coefficient by any name it goes by; one that makes no sense here has no value."""
        return self.estimates.get(ALIASES.get(measure, measure), NOT_GIVEN)


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and range of one coefficient over the codes that have it."""

    level: Level
    kind: FigureKind
    grouping: str | None
    group: str | None
    coders: tuple[str, ...]
    measure: str
    codes: int
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Who used which code where, for one pair at one level, in units.

    `cells[i][j]`: the first used code i and not j, the second used j and not i; on the diagonal both used it.
    `first_alone[i]`: only the first used i, and the second used nothing that the first did not; and so for
    `second_alone`.
    """

    level: Level
    coders: tuple[str, str]
    codes: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    first_alone: tuple[int, ...]
    second_alone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InfluenceAgreement:
    """Agreement on influence, over matched codings of one pair; code None is all codes together."""

    coders: tuple[str, str]
    code: str | None
    matched: int
    values: tuple[Influence | None, ...]
    cells: tuple[tuple[int, ...], ...]
    percent: Estimate
    krippendorff_alpha: Estimate


@dataclass(frozen=True, slots=True)
class Parameters:
    """All that a reader needs to compute the same figures again."""

    levels: tuple[Level, ...]
    group_by: tuple[str, ...]
    replicates: int
    seed: int
    confidence: float
    interval_form: Form
    min_units: int
    rules: UnitRules


@dataclass(frozen=True, slots=True)
class Report:
    """One computation; `units` says how much was compared, `unavailable` why a level is missing."""

    version: str
    input_hash: str
    parameters: Parameters
    transcripts: tuple[str, ...]
    coders: tuple[str, ...]
    codes: tuple[Row, ...]
    units: Mapping[Level, int]
    unavailable: Mapping[Level, str]
    left_out: tuple[LeftOut, ...]
    not_used: tuple[str, ...]
    figures: tuple[Figure, ...]
    spreads: tuple[Spread, ...]
    confusions: tuple[Confusion, ...]

    @property
    def is_empty(self) -> bool:
        """There was nothing to compare: no transcript with speech and two coders."""
        return not self.transcripts

    def figure(
        self,
        level: Level,
        code: str | None = None,
        *,
        kind: FigureKind | None = None,
        coders: tuple[str, ...] | None = None,
        group: tuple[str, str] | None = None,
    ) -> Figure:
        """Find one figure; `coders` None is all coders together, `group` is (grouping, value)."""
        wanted = (None, None) if group is None else group
        for figure in self.figures:
            if (
                figure.level == level
                and figure.code == code
                and (kind is None or figure.kind == kind)
                and (figure.grouping, figure.group) == wanted
                and (
                    figure.coders == coders
                    if coders is not None
                    else figure.coders == self._everybody(figure)
                )
            ):
                return figure
        raise KeyError((level, code, kind, coders, group))

    def _everybody(self, figure: Figure) -> tuple[str, ...]:
        """Give the coders of the figure over all coders in the same group (it always comes first)."""
        return next(
            other.coders
            for other in self.figures
            if (other.level, other.grouping, other.group) == (figure.level, figure.grouping, figure.group)
        )


def to_json(result: Any) -> str:
    """Write any result of the engine as JSON."""
    return json.dumps(to_plain(result), ensure_ascii=False, allow_nan=False)


T = TypeVar("T")


def from_json(kind: type[T], text: str) -> T:
    """Read a result back: `from_json(Report, to_json(report)) == report`."""
    result: T = from_plain(kind, json.loads(text))
    return result


def to_plain(value: Any) -> Any:
    """Turn a result into dicts, lists and plain values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: Any, value: Any) -> Any:
    """Build a result of the given type from dicts, lists and plain values."""
    return _reader(kind)(value)


def _as_it_is(value: Any) -> Any:
    return value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What builds values of a type; found once, for a report has thousands of them."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _reader(next(part for part in get_args(kind) if part is not type(None)))
    if isinstance(kind, type) and is_dataclass(kind):
        return _reader_of_fields(kind)
    if origin is tuple:
        return _reader_of_items(get_args(kind))
    if origin is not None and origin is not Literal and issubclass(origin, Mapping):
        inner = _reader(get_args(kind)[1])
        return lambda value: None if value is None else {key: inner(item) for key, item in value.items()}
    return _as_it_is


def _reader_of_fields(kind: Any) -> Callable[[Any], Any]:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    readers = {name: read for name, read in readers.items() if read is not _as_it_is}

    def read(value: Any) -> Any:
        if value is None:
            return None
        built = {name: inner(value[name]) for name, inner in readers.items() if name in value}
        return kind(**{**value, **built})

    return read


def _reader_of_items(parts: tuple[Any, ...]) -> Callable[[Any], Any]:
    readers = [_reader(part) for part in parts if part is not Ellipsis]
    if parts[-1] is not Ellipsis:
        return lambda value: (
            None if value is None else tuple(read(item) for read, item in zip(readers, value, strict=True))
        )
    (inner,) = readers
    if inner is _as_it_is:
        return lambda value: None if value is None else tuple(value)
    return lambda value: None if value is None else tuple(map(inner, value))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
