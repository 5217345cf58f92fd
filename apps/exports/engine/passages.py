"""Codings as files: passages in context to read, a table to count, a text with comments."""

import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import docx
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from apps.exports.engine.writing import Sheet

# A cell of a spreadsheet holds no more.
LONGEST_CELL = 32_000
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
QUIET = RGBColor(0x5A, 0x5A, 0x5A)


@dataclass(frozen=True)
class PassageOut:
    """One coding, in plain values that may leave."""

    participant: str
    group: str
    turn: int
    speaker: str
    label: str
    code: str
    influence: str
    coder: str
    question: str
    before: str
    words: str
    after: str
    memo: str
    is_to_discuss: bool = False
    start: int = 0
    end: int = 0

    @property
    def facts(self) -> str:
        """What was coded, how, and by whom, on one line."""
        discuss = "to discuss" if self.is_to_discuss else ""
        return " · ".join(filter(None, [f"{self.label} {self.code}", self.influence, self.coder, discuss]))


@dataclass(frozen=True)
class TurnOut:
    """One turn of a transcript; [start, end) in code points of the text."""

    number: int
    speaker: str
    start: int
    end: int
    words: str


HEADINGS = (
    "Participant",
    "Group",
    "Turn",
    "Speaker",
    "Label",
    "Code",
    "Influence",
    "Coder",
    "Discuss",
    "Question before it",
    "Context before",
    "Passage",
    "Context after",
    "Memo",
)


def passages_sheet(title: str, passages: Iterable[PassageOut], notes: Sequence[str]) -> Sheet:
    """A row for each coding."""
    rows = [
        [
            each.participant,
            each.group,
            each.turn,
            each.speaker,
            each.label,
            each.code,
            each.influence,
            each.coder,
            "yes" if each.is_to_discuss else "",
            *(_cell(text) for text in (each.question, each.before, each.words, each.after, each.memo)),
        ]
        for each in passages
    ]
    return Sheet(title, HEADINGS, rows, notes)


def passages_docx(title: str, passages: Iterable[PassageOut], notes: Sequence[str]) -> bytes:
    """Under a heading for each person their passages in context; memos as comments."""
    document = _document(title, notes)
    person = ""
    for each in passages:
        if each.participant != person:
            person = each.participant
            document.add_heading(plain(f"{person} ({each.group})"), level=2)
        if each.question:
            question = document.add_paragraph().add_run(plain(each.question))
            question.italic = True
        passage = document.add_paragraph()
        _quiet(passage, each.before)
        marked = passage.add_run(plain(each.words))
        marked.font.highlight_color = WD_COLOR_INDEX.YELLOW
        _quiet(passage, each.after)
        if each.memo:
            _comment(document, [marked], each.memo, each.coder)
        _quiet(document.add_paragraph(), f"{person}, turn {each.turn} · {each.facts}")
    return _bytes(document)


def transcript_docx(
    title: str, turns: Iterable[TurnOut], codings: Sequence[PassageOut], notes: Sequence[str]
) -> bytes:
    """The whole text; each coding is a comment on exactly its words."""
    document = _document(title, notes)
    borders = sorted({point for each in codings for point in (each.start, each.end)})
    runs: list[tuple[int, Run]] = []
    for turn in turns:
        paragraph = document.add_paragraph()
        paragraph.add_run(plain(f"{turn.number} {turn.speaker}: ")).bold = True
        runs += _in_pieces(paragraph, turn, borders)
    starts = [start for start, _ in runs]
    for each in codings:
        inside = [run for _, run in runs[bisect_left(starts, each.start) : bisect_left(starts, each.end)]]
        if inside:
            _comment(document, inside, "\n".join(filter(None, [each.facts, each.memo])), each.coder)
            for run in inside:
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    return _bytes(document)


def plain(text: str) -> str:
    """Without what no XML may hold: control signs, lone surrogates, non-characters."""
    return _NOT_XML.sub("", text)


def _in_pieces(paragraph: Paragraph, turn: TurnOut, borders: Sequence[int]) -> list[tuple[int, Run]]:
    """Runs of the turn, cut wherever a coding begins or ends, with the place where each begins."""
    inside = borders[bisect_right(borders, turn.start) : bisect_left(borders, turn.end)]
    return [
        (start, paragraph.add_run(plain(turn.words[start - turn.start : end - turn.start])))
        for start, end in pairwise([turn.start, *inside, turn.end])
    ]


def _document(title: str, notes: Sequence[str]) -> Document:
    document = docx.Document()
    document.core_properties.author = "Concord"
    document.core_properties.title = plain(title)[:250]
    document.add_heading(plain(title), level=1)
    for note in notes:
        _quiet(document.add_paragraph(), note)
    return document


def _quiet(paragraph: Paragraph, text: str) -> None:
    if text:
        paragraph.add_run(plain(text)).font.color.rgb = QUIET


def _comment(document: Document, runs: Sequence[Run], text: str, by: str) -> None:
    initials = "".join(word[0] for word in plain(by).split())[:4]
    document.add_comment(runs, text=plain(text), author=plain(by), initials=initials)


def _bytes(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _cell(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]} …"
