"""WebVTT and SRT: cues with times, whose voices become turns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape

from apps.core.decoding import Decoded, control_remarks
from apps.transcripts.engine.drafts import Block, Source
from apps.transcripts.engine.leads import find_lead, resembles_name
from apps.transcripts.engine.times import milliseconds

_TIMING = re.compile(r"\s*((?:\d+:)?\d+:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d+:\d{2}[.,]\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>|</v>")
_TAG = re.compile(r"</?(?:c|i|b|u|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<\d[\d:.]*>|\{\\[^}]*\}", re.IGNORECASE)
_UTTERANCE = re.compile(r"(.+)-\d+")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
_PAUSE_MS = 1_500
_WORDS_WITHOUT_PAUSE = 120


@dataclass(frozen=True)
class _Piece:
    """What one voice says in one cue; pieces of one utterance were cut anywhere, even within a word."""

    text: str
    label: str | None
    start_ms: int
    end_ms: int
    utterance: str


def has_cues(text: str) -> bool:
    """Whether a text holds timed captions, whatever its name."""
    return any(_TIMING.match(line) for line in text[:4_000].split("\n"))


def read_subtitles(decoded: Decoded) -> Source:
    """Return one block per turn: successive cues of one voice are one turn."""
    pieces = _with_colon_labels(list(_pieces(decoded.text)))
    blocks = tuple(_merged(pieces))
    return Source(blocks, decoded.encoding, decoded.is_guess, control_remarks(decoded))


def _pieces(text: str) -> Iterator[_Piece]:
    """Cues only: header, NOTE, STYLE and REGION blocks have no line with times."""
    lines = text.split("\n")
    timings = [number for number, line in enumerate(lines) if _TIMING.match(line)]
    for place, number in enumerate(timings):
        timing = _TIMING.match(lines[number])
        if timing is None:
            continue
        identifier = lines[number - 1].strip() if number else ""
        body = _body(lines, number + 1, timings[place + 1] if place + 1 < len(timings) else len(lines))
        utterance = _UTTERANCE.fullmatch(identifier)
        for label, said in _voices(body):
            start, end = milliseconds(timing[1]) or 0, milliseconds(timing[2]) or 0
            yield _Piece(said, label, start, end, utterance[1] if utterance else "")


def _body(lines: list[str], first: int, following: int) -> str:
    """A cue's text ends at a blank line; SRT files in the wild also leave blank lines inside."""
    body = lines[first:following]
    if "" in body:
        body = body[: body.index("")]
    return "\n".join(body)


def _voices(body: str) -> Iterator[tuple[str | None, str]]:
    label: str | None = None
    position = 0
    for match in _VOICE.finditer(body):
        yield from _voice(label, body[position : match.start()])
        label = unescape(_TAG.sub("", match[1])).strip() or None if match[1] is not None else None
        position = match.end()
    yield from _voice(label, body[position:])


def _voice(label: str | None, said: str) -> Iterator[tuple[str | None, str]]:
    text = unescape(_TAG.sub("", said))
    if text.strip():
        yield label, text


def _with_colon_labels(pieces: list[_Piece]) -> list[_Piece]:
    """Where no voice is tagged, `Name:` at a cue's start (and, once known, at its lines) is the voice."""
    if any(piece.label for piece in pieces):
        return pieces
    counts: dict[str, int] = {}
    for piece in pieces:
        lead = find_lead(piece.text.split("\n")[0])
        if lead is not None and lead.form == "colon":
            counts[lead.label] = counts.get(lead.label, 0) + 1
    if not any(count >= 2 for count in counts.values()):
        return pieces
    known = {label for label, count in counts.items() if count >= 2 or resembles_name(label)}
    labelled: list[_Piece] = []
    for piece in pieces:
        labelled += _split_by_labels(piece, known, labelled[-1].label if labelled else None)
    return labelled


def _split_by_labels(piece: _Piece, known: set[str], speaking: str | None) -> list[_Piece]:
    parts = [replace(piece, text="", label=speaking)]
    for line in piece.text.split("\n"):
        lead = find_lead(line)
        if lead is not None and lead.form == "colon" and lead.label in known:
            parts.append(replace(piece, text=line[lead.length :], label=lead.label))
        else:
            parts[-1] = replace(parts[-1], text=f"{parts[-1].text}\n{line}")
    return [part for part in parts if part.text.strip()]


def _merged(pieces: list[_Piece]) -> Iterator[Block]:
    current: Block | None = None
    utterance = ""
    for piece in pieces:
        text = " ".join(piece.text.split("\n")) if "\n" in piece.text.strip("\n") else piece.text.strip("\n")
        if current is not None and _same_turn(current, piece):
            is_cut = bool(utterance) and utterance == piece.utterance
            joined = current.text + text if is_cut else f"{current.text.rstrip()} {text.lstrip()}"
            current = replace(current, text=joined, end_ms=piece.end_ms)
        else:
            if current is not None:
                yield current
            current = Block(text, piece.label, piece.start_ms, piece.end_ms, is_layout=True)
        utterance = piece.utterance
    if current is not None:
        yield current


def _same_turn(block: Block, piece: _Piece) -> bool:
    if piece.label is not None or block.label is not None:
        return piece.label == block.label
    has_pause = piece.start_ms - (block.end_ms or 0) >= _PAUSE_MS
    is_long = len(block.text.split()) >= _WORDS_WITHOUT_PAUSE
    return not (_SENTENCE_END.search(block.text.rstrip()) and (has_pause or is_long))
