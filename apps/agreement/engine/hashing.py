"""A fingerprint of what the figures depend on, the same whatever the order of the input."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import numpy as np

from .study import Ints, Study, Transcript


def input_hash(study: Study) -> str:
    """Give the SHA-256 of all but the ids of spans and the names of codes, on which no figure depends."""
    digest = hashlib.sha256(b"concord agreement input 1\n")
    transcript_rank = _ranks([transcript.id for transcript in study.transcripts])
    code_rank = _ranks([code.id for code in study.codes])
    coder_rank = _ranks(study.coders)
    for row in np.argsort(transcript_rank):
        _add_transcript(digest, study.transcripts[row])
    _add_json(digest, sorted((code.id, code.parent) for code in study.codes))
    _add_json(digest, sorted(study.coders))
    digest.update(
        np.packbits(study.assigned[np.argsort(transcript_rank)][:, np.argsort(coder_rank)]).tobytes()
    )
    spans = study.spans
    if len(spans):
        group = transcript_rank[spans.transcript] * len(study.coders) + coder_rank[spans.coder]
        group = group * len(study.codes) + code_rank[spans.code]
        reach = int(spans.end.max()) + 1
        first, second = _sorted_pairs(group * reach + spans.start, spans.end * 8 + spans.influence + 1)
        digest.update(np.ascontiguousarray(first, dtype="<i8").data)
        digest.update(np.ascontiguousarray(second, dtype="<i8").data)
    return digest.hexdigest()


def _sorted_pairs(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Sort by both; as one number, where one number can hold both, since that is far quicker."""
    scale = int(second.max()) + 1
    if (int(first.max()) + 1) * scale < 2**63:
        packed = first * scale + second
        packed.sort()
        return packed // scale, packed % scale
    order = np.lexsort((second, first))
    return first[order], second[order]


def _add_transcript(digest: hashlib._Hash, transcript: Transcript) -> None:
    groups = sorted(transcript.groups.items())
    shapes = [len(transcript.turns), len(transcript.sentences), -1]
    if transcript.words is not None:
        shapes[2] = len(transcript.words)
    _add_json(digest, [transcript.id, transcript.length, transcript.stratum, groups, shapes])
    for bounds in (transcript.turns, transcript.roles, transcript.sentences, transcript.words):
        if bounds is not None:
            digest.update(np.ascontiguousarray(bounds, dtype="<i8").data)


def _add_json(digest: hashlib._Hash, value: object) -> None:
    digest.update(json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")


def _ranks(ids: Sequence[str]) -> Ints:
    places = {id: place for place, id in enumerate(sorted(ids))}
    return np.array([places[id] for id in ids], dtype=np.int64)
