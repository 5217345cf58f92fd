"""Counted tables as bytes and back, so that a question can be answered again without counting again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from .results import LeftOut, Row, from_plain, to_plain
from .tables import LevelTable, Tables
from .units import LEVELS, Level, UnitRules

HEADER = "header"
PLAIN = ("transcripts", "strata", "groups", "coders", "rows", "unavailable", "left_out")
ARRAYS = ("panel", "side_by_side", "matched", "differing")


def pack(tables: Tables) -> bytes:
    """Write tables as a compressed numpy archive; nothing in it is pickled."""
    header = {
        name: to_plain(getattr(tables, name))
        for name in (*PLAIN, "side_by_side_level", "input_hash", "rules")
    }
    header["levels"] = list(tables.levels)
    arrays: dict[str, Any] = {name: getattr(tables, name) for name in ARRAYS}
    arrays[HEADER] = _as_bytes(header)
    for level, table in tables.levels.items():
        for field in fields(LevelTable):
            values = getattr(table, field.name)
            if values is not None:
                arrays[f"{level}.{field.name}"] = values
    return _archived(arrays)


def unpack(packed: bytes, levels: Collection[Level] = LEVELS) -> Tables:
    """Read back what `pack` wrote, or only the tables of some levels."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        header = json.loads(arrays[HEADER].tobytes())
        levels = {
            level: LevelTable(
                **{field.name: arrays.get(f"{level}.{field.name}") for field in fields(LevelTable)}
            )
            for level in header["levels"]
            if level in levels
        }
        whole = {name: arrays[name] for name in ARRAYS if name in arrays}
    return Tables(
        transcripts=tuple(header["transcripts"]),
        strata=tuple(header["strata"]),
        groups=tuple(header["groups"]),
        coders=tuple(header["coders"]),
        rows=from_plain(tuple[Row, ...], header["rows"]),
        levels=levels,
        unavailable=header["unavailable"],
        left_out=from_plain(tuple[LeftOut, ...], header["left_out"]),
        side_by_side_level=header["side_by_side_level"],
        input_hash=header["input_hash"],
        rules=from_plain(UnitRules, header["rules"]),
        **whole,
    )


def _archived(arrays: Mapping[str, Any]) -> bytes:
    """Write what `numpy.savez_compressed` would, a quarter larger in a fifth of the time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, values in arrays.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, values, allow_pickle=False)
    return stream.getvalue()


def _as_bytes(value: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)
