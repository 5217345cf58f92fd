"""An interview as text with turns, sentences and the passages that deserve a code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from apps.transcripts.engine.sentences import sentence_spans
from apps.transcripts.engine.words import count_words

BETWEEN_TURNS = "\n\n"
SPEAKERS = {"I": "Interviewer", "P": "Participant"}


@dataclass(frozen=True)
class Said:
    """One turn: "I" or "P", and the words."""

    speaker: str
    text: str


@dataclass(frozen=True, order=True)
class Mark:
    """One coding of [start, end) code points; marks of one `passage` belong to the same idea."""

    start: int
    end: int
    code: str
    influence: str = ""
    passage: int = -1


@dataclass(frozen=True)
class Turn:
    """Who speaks from start to end of the text."""

    speaker: str
    start: int
    end: int


@dataclass(frozen=True)
class Script:
    """A whole interview; `marks` is what its author thinks should be coded."""

    text: str
    turns: tuple[Turn, ...]
    sentences: tuple[tuple[int, int], ...]
    marks: tuple[Mark, ...] = ()

    @property
    def words(self) -> int:
        return count_words(self.text)

    def said_by(self, speaker: str) -> list[str]:
        """The turns of one speaker."""
        return [self.text[turn.start : turn.end] for turn in self.turns if turn.speaker == speaker]

    def as_file(self) -> str:
        """The interview as a typist would send it, with a label before each turn."""
        return BETWEEN_TURNS.join(
            f"{turn.speaker}: {self.text[turn.start : turn.end]}" for turn in self.turns
        )


def lay_out(turns: Iterable[Said]) -> Script:
    """Write the turns one after another, without marks."""
    placed: list[Turn] = []
    sentences: list[tuple[int, int]] = []
    texts: list[str] = []
    start = 0
    for said in turns:
        placed.append(Turn(said.speaker, start, start + len(said.text)))
        sentences += [(start + first, start + last) for first, last in sentence_spans(said.text)]
        texts.append(said.text)
        start += len(said.text) + len(BETWEEN_TURNS)
    return Script(BETWEEN_TURNS.join(texts), tuple(placed), tuple(sentences))


def read_script(text: str) -> list[Said]:
    """The turns of an interview that is written out, each paragraph beginning with "I: " or "P: "."""
    return [Said(*paragraph.split(": ", 1)) for paragraph in text.strip().split(BETWEEN_TURNS)]


def with_quotes(script: Script, codings: Sequence[tuple[str, str, str]]) -> Script:
    """The script with its codings (quote, code, influence); each quote must occur exactly once."""
    marks: list[Mark] = []
    for quote, code, influence in codings:
        if script.text.count(quote) != 1:
            raise ValueError(f"This quotation does not occur exactly once: {quote[:60]}")
        start = script.text.index(quote)
        marks.append(Mark(start, start + len(quote), code, influence))
    return replace(script, marks=tuple(_numbered(sorted(marks))))


def _numbered(marks: Sequence[Mark]) -> list[Mark]:
    """Overlapping marks are one passage."""
    numbered: list[Mark] = []
    for mark in marks:
        before = numbered[-1] if numbered else None
        goes_on = before is not None and mark.start < before.end
        number = (before.passage if goes_on else before.passage + 1) if before else 0
        numbered.append(replace(mark, passage=number))
    return numbered
