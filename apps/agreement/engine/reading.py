"""Studies from files: one JSON document, or a CSV of spans (with CSVs of transcripts and codes beside it)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .study import Code, InputError, Span, Study, Transcript, Turn

SPAN_COLUMNS = ("transcript", "coder", "code", "start", "end")


def read_json(text: str) -> Study:
    """Read a study with `transcripts`, `codes`, `spans`, `assignments` (see docs/agreement-walkthrough.md).

    Without `assignments`, a coder is taken to have coded the transcripts in which they have a span.
    """
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error}") from error
    given = _mapping(given, "the document")
    spans = [_span(row, f"span {place}", str(place)) for place, row in enumerate(_rows(given, "spans"))]
    transcripts = [
        _transcript(row, f"transcript {place}") for place, row in enumerate(_rows(given, "transcripts"))
    ]
    assignments: Iterable[tuple[str, str]] = _by_spans(spans)
    if "assignments" in given:
        assignments = [
            _pair(row, f"assignment {place}") for place, row in enumerate(_rows(given, "assignments"))
        ]
    return Study.of(transcripts=transcripts, codes=_codes(given, spans), assignments=assignments, spans=spans)


def read_csv(
    spans: Path, *, transcripts: Path | None = None, codes: Path | None = None, everybody: bool = False
) -> Study:
    """Read a CSV with the columns transcript, coder, code, start, end and, if wished, id and influence.

    `transcripts` has the columns id, length and, if wished, stratum; without it a text ends where its last
    span does. `codes` has id and, if wished, parent and name. A coder is taken to have coded the transcripts
    in which they have a span, or all of them if `everybody` is set.
    """
    found = [
        _span(row, f"{spans.name} line {line}", f"line {line}")
        for line, row in _csv_rows(spans, SPAN_COLUMNS)
    ]
    if transcripts is None:
        texts = _as_long_as_needed(found)
    else:
        texts = [
            _transcript(row, f"{transcripts.name} line {line}")
            for line, row in _csv_rows(transcripts, ("id", "length"))
        ]
    codebook = {} if codes is None else {"codes": [row for _, row in _csv_rows(codes, ("id",))]}
    assignments = _by_spans(found)
    if everybody:
        coders = sorted({coder for _, coder in assignments})
        assignments = [(text.id, coder) for text in texts for coder in coders]
    return Study.of(transcripts=texts, codes=_codes(codebook, found), assignments=assignments, spans=found)


def _csv_rows(path: Path, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        lacking = [column for column in needed if column not in (reader.fieldnames or ())]
        if lacking:
            raise InputError(f"{path.name}: there is no column {lacking[0]!r}")
        return [(reader.line_num, {name: value for name, value in row.items() if value}) for row in reader]


def _span(row: Any, where: str, id: str) -> Span:
    row = _mapping(row, where)
    influence: Any = str(row["influence"]) if row.get("influence") else None
    return Span(
        id=str(row.get("id", id)),
        transcript=_text(row, "transcript", where),
        coder=_text(row, "coder", where),
        code=_text(row, "code", where),
        start=_number(row, "start", where),
        end=_number(row, "end", where),
        influence=influence,
    )


def _transcript(row: Any, where: str) -> Transcript:
    row = _mapping(row, where)
    id = _text(row, "id", where)
    turns = [
        _turn(turn, f"{where}, turn {place}") for place, turn in enumerate(_rows(row, "turns", optional=True))
    ]
    shared: dict[str, Any] = {
        "turns": turns,
        "sentences": _rows(row, "sentences", optional=True),
        "stratum": str(row.get("stratum", "")),
        "groups": {str(name): str(value) for name, value in _mapping(row.get("groups", {}), where).items()},
    }
    if "text" in row:
        return Transcript.from_text(id, _text(row, "text", where, empty=True), **shared)
    words = _rows(row, "words") if "words" in row else None
    return Transcript.of(id, _number(row, "length", where), words=words, **shared)


def _turn(turn: Any, where: str) -> Turn:
    if not isinstance(turn, list) or len(turn) != 3:
        raise InputError(f"{where}: needs start, end and role")
    given = dict(zip(("start", "end", "role"), turn, strict=True))
    return Turn(_number(given, "start", where), _number(given, "end", where), given["role"])


def _codes(given: Mapping[str, Any], spans: list[Span]) -> list[Code]:
    """Take the codes that are given, or those that were used."""
    if "codes" not in given:
        return [Code(code) for code in sorted({span.code for span in spans})]
    codes = []
    for place, row in enumerate(_rows(given, "codes")):
        where = f"code {place}"
        row = _mapping(row, where)
        codes.append(Code(_text(row, "id", where), row.get("parent") or None, str(row.get("name", ""))))
    return codes


def _by_spans(spans: list[Span]) -> list[tuple[str, str]]:
    return sorted({(span.transcript, span.coder) for span in spans})


def _as_long_as_needed(spans: list[Span]) -> list[Transcript]:
    lengths: dict[str, int] = {}
    for span in spans:
        lengths[span.transcript] = max(lengths.get(span.transcript, 0), span.end)
    return [Transcript.of(id, length) for id, length in sorted(lengths.items())]


def _pair(row: Any, where: str) -> tuple[str, str]:
    if not isinstance(row, list) or len(row) != 2:
        raise InputError(f"{where}: needs a transcript and a coder")
    return str(row[0]), str(row[1])


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: needs names and values, not {value!r}")
    return value


def _rows(given: Mapping[str, Any], name: str, *, optional: bool = False) -> list[Any]:
    value = given.get(name, [] if optional else None)
    if not isinstance(value, list):
        raise InputError(f"{name}: needs a list")
    return value


def _text(row: Mapping[str, Any], name: str, where: str, *, empty: bool = False) -> str:
    value = row.get(name)
    if value is None or (value == "" and not empty):
        raise InputError(f"{where}: has no {name}")
    return str(value)


def _number(row: Mapping[str, Any], name: str, where: str) -> int:
    value = row.get(name)
    try:
        number = int(str(value))
    except ValueError:
        raise InputError(f"{where}: {name} is {value!r}, not a whole number") from None
    return number
