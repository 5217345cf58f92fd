"""The files that a study begins with, made here: a list of people, a Word document, subtitles."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
VTT = "text/vtt"

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

Speech = Sequence[tuple[str, str]]


def xlsx(rows: Iterable[Sequence[str | int]]) -> bytes:
    """A workbook of one sheet."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("People")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return made.getvalue()


def docx(speech: Speech) -> bytes:
    """A Word document with a paragraph for each turn, as an office program writes it."""
    turns = (f"{who}: {words}" for who, words in speech)
    paragraphs = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(turn)}</w:t></w:r></w:p>' for turn in turns
    )
    return word(f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>')


def word(document: str) -> bytes:
    """A Word package round any document.xml."""
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            'relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Target="word/document.xml" Type="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships/officeDocument"/></Relationships>'
        ),
        "word/document.xml": document,
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return made.getvalue()


def vtt(speech: Speech) -> bytes:
    """Subtitles as a video call writes them: a cue of ten seconds for each turn."""
    cues = [
        f"{_clock(10 * place)} --> {_clock(10 * place + 9)}\n<v {who}>{words}</v>\n"
        for place, (who, words) in enumerate(speech)
    ]
    return "\n".join(["WEBVTT\n", *cues]).encode()


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000"
