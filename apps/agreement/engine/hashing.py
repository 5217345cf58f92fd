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
        first, second = group * reach + spans.start, spans.end * 8 + spans.influence + 1
        order = np.lexsort((second, first))
        digest.update(first[order].astype("<i8").tobytes())
        digest.update(second[order].astype("<i8").tobytes())
    return digest.hexdigest()


def _add_transcript(digest: hashlib._Hash, transcript: Transcript) -> None:
    groups = sorted(transcript.groups.items())
    shapes = [len(transcript.turns), len(transcript.sentences), -1]
    if transcript.words is not None:
        shapes[2] = len(transcript.words)
    _add_json(digest, [transcript.id, transcript.length, transcript.stratum, groups, shapes])
    for bounds in (transcript.turns, transcript.roles, transcript.sentences, transcript.words):
        if bounds is not None:
            digest.update(np.ascontiguousarray(bounds, dtype="<i8").tobytes())


def _add_json(digest: hashlib._Hash, value: object) -> None:
    digest.update(json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")


def _ranks(ids: Sequence[str]) -> Ints:
    places = {id: place for place, id in enumerate(sorted(ids))}
    return np.array([places[id] for id in ids], dtype=np.int64)
