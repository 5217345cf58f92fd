"""What leaves in Word and in spreadsheets is what was said, whatever that holds."""

import io

import docx
from python_calamine import CalamineWorkbook

from apps.exports.engine.passages import (
    HEADINGS,
    PassageOut,
    TurnOut,
    passages_docx,
    passages_sheet,
    plain,
    transcript_docx,
)
from apps.exports.engine.writing import to_xlsx

HOSTILE = '=cmd|"/c calc"!A1 \x07\x00 🙂👩‍⚕️ قالت شكرا \ufffe http://example.org +1'
CLEAN = '=cmd|"/c calc"!A1  🙂👩‍⚕️ قالت شكرا  http://example.org +1'


def passage(**fields: object) -> PassageOut:
    given = {
        "participant": "Hub client 01",
        "group": "Hub clients",
        "turn": 2,
        "speaker": "Participant",
        "label": "a1",
        "code": "Differentiation",
        "influence": "Helps",
        "coder": "Ruth Hale",
        "question": "How did it begin?",
        "before": "It was ",
        "words": "a surprise",
        "after": " to us.",
        "memo": "Why a surprise?",
        "start": 7,
        "end": 17,
    }
    return PassageOut(**{**given, **fields})


def test_plain_text_holds_what_a_document_may_hold() -> None:
    assert plain(HOSTILE) == CLEAN
    assert plain("a\tb\nc\ud800") == "a\tb\nc"


def test_a_document_shows_question_context_and_passage_with_the_memo_as_comment() -> None:
    document = docx.Document(io.BytesIO(passages_docx("a1", [passage(words=HOSTILE)], ["A note."])))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts == [
        "a1",
        "A note.",
        "Hub client 01 (Hub clients)",
        "How did it begin?",
        f"It was {CLEAN} to us.",
        "Hub client 01, turn 2 · a1 Differentiation · Helps · Ruth Hale",
    ]
    assert [(each.author, each.text) for each in document.comments] == [("Ruth Hale", "Why a surprise?")]


def test_a_spreadsheet_holds_hostile_words_as_words() -> None:
    content = to_xlsx([passages_sheet("a1", [passage(words=HOSTILE, memo="x" * 40_000)], ["A note."])])
    (headings, row, _, note) = (
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    )
    assert headings == list(HEADINGS)
    assert row[HEADINGS.index("Passage")].startswith('=cmd|"/c calc"!A1')
    assert "🙂👩‍⚕️ قالت شكرا" in row[HEADINGS.index("Passage")]
    assert len(row[HEADINGS.index("Memo")]) == 32_002
    assert note[0] == "A note."
    assert "Site" not in headings


def test_a_transcript_has_each_coding_as_a_comment_on_its_words() -> None:
    turns = [
        TurnOut(1, "Participant", 0, 25, "It was a surprise to us. "),
        TurnOut(2, "Interviewer", 26, 30, "Why?"),
    ]
    inside, across = passage(), passage(start=20, end=30, memo="", coder="Jin Park")
    document = docx.Document(io.BytesIO(transcript_docx("Hub client 01", turns, [inside, across], [])))
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "Hub client 01",
        "1 Participant: It was a surprise to us. ",
        "2 Interviewer: Why?",
    ]
    assert [(each.author, each.text) for each in document.comments] == [
        ("Ruth Hale", "a1 Differentiation · Helps · Ruth Hale\nWhy a surprise?"),
        ("Jin Park", "a1 Differentiation · Helps · Jin Park"),
    ]
    assert [run.text for run in document.paragraphs[1].runs if run.text] == [
        "1 Participant: ",
        "It was ",
        "a surprise",
        " to",
        " us. ",
    ]
