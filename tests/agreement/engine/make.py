"""Small studies in a line or two, for the engine's tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apps.agreement.engine import Code, Influence, Span, Study, Transcript, Turn

Marked = tuple[str, str, int, int] | tuple[str, str, int, int, Influence | None]


def speech(length: int, *, id: str = "t", stratum: str = "", words: bool = False) -> Transcript:
    """One participant turn of a given length, cut into sentences of ten characters."""
    sentences = [(start, min(start + 10, length)) for start in range(0, length, 10)]
    return Transcript.of(
        id,
        length,
        turns=[Turn(0, length, "participant")],
        sentences=sentences,
        words=[(start, end) for start, end in sentences] if words else None,
        stratum=stratum,
    )


def dialogue(text: str, *, id: str = "t", stratum: str = "") -> Transcript:
    """A text of lines: "I: ..." is the interviewer, "P: ..." the participant, "O: ..." another person.

    The label is no part of the turn; sentences end at ".", "!" or "?".
    """
    roles = {"I": "interviewer", "P": "participant", "O": "other"}
    turns: list[Turn] = []
    sentences: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        begin, end = start + 3, start + len(line)
        turns.append(Turn(begin, end, roles[line[0]]))  # type: ignore[arg-type]
        opening = begin
        for place in range(begin, end):
            if text[place] in ".!?" or place == end - 1:
                sentences.append((opening, place + 1))
                opening = place + 1
                while opening < end and text[opening] == " ":
                    opening += 1
            if opening >= end:
                break
        start = end + 1
    return Transcript.from_text(id, text, turns=turns, sentences=sentences, stratum=stratum)


def at(text: str, passage: str) -> tuple[int, int]:
    """Where a passage stands in a text."""
    start = text.index(passage)
    return start, start + len(passage)


def study(
    marked: Iterable[Marked],
    *,
    transcript: Transcript | None = None,
    codes: Sequence[Code] | None = None,
    coders: Sequence[str] = ("ann", "bob"),
) -> Study:
    """One transcript; each span is (coder, code, start, end[, influence]); ids are s0, s1 and so on."""
    transcript = transcript or speech(100)
    listed = list(marked)
    if codes is None:
        codes = [Code(code) for code in sorted({row[1] for row in listed}) or ["a"]]
    spans = [
        Span(f"s{place}", transcript.id, row[0], row[1], row[2], row[3], row[4] if len(row) > 4 else None)
        for place, row in enumerate(listed)
    ]
    assignments = [(transcript.id, coder) for coder in coders]
    return Study.of(transcripts=[transcript], codes=codes, assignments=assignments, spans=spans)
