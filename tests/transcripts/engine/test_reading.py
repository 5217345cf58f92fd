"""What is read, what is refused and what the person is told."""

import pytest

from apps.core.refusal import Refused
from apps.transcripts.engine.drafts import Draft
from apps.transcripts.engine.reading import read, read_apart, read_pasted
from tests.transcripts.engine.word_files import paragraph, word_file, zip_file

TEXT = "I: How was the café?\n\nP: Late.\n\nI: And?\n\nP: So."


def warnings(draft: Draft) -> list[str]:
    return [warning.code for warning in draft.warnings]


def test_a_text_file() -> None:
    draft = read("a.txt", TEXT.encode())
    assert (draft.kind, draft.encoding, draft.is_guess, draft.text) == ("txt", "utf-8", False, TEXT)
    assert warnings(draft) == []


def test_a_guessed_encoding_is_reported_with_the_words_to_check() -> None:
    draft = read("a.txt", TEXT.encode("cp1252"))
    assert (draft.encoding, draft.is_guess) == ("cp1252", True)
    assert [warning.sentence for warning in draft.warnings] == [
        "The character encoding was guessed as cp1252; check these words: café?"
    ]


def test_dropped_control_characters_are_counted() -> None:
    assert [warning.sentence for warning in read("a.txt", f"{TEXT}\x1a".encode()).warnings] == [
        "Control characters were left out: 1."
    ]


def test_pasted_text_keeps_every_code_point() -> None:
    draft = read_pasted("I: cafe\u0301 👩\u200d🔬?\r\n\r\nP: אבג\u00a0ד\tה")
    assert draft.kind == "pasted"
    assert [part.text for part in draft.paragraphs] == ["cafe\u0301 👩\u200d🔬?", "אבג\u00a0ד\tה"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" ", "The pasted text holds no text."),
        ("a\x00b", "The pasted text is not a text file: it holds binary data."),
    ],
)
def test_pasted_text_is_judged_like_a_file(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        read_pasted(text)
    assert caught.value.sentence == sentence


def test_a_word_file_in_the_limited_process() -> None:
    data = word_file(paragraph("I: How?"), paragraph("P: Late."), paragraph("I: And?"), paragraph("P: So."))
    assert read_apart("a.docx", data) == read("a.docx", data)


def test_no_speakers_is_a_warning() -> None:
    assert warnings(read("a.txt", b"Just some words.")) == ["no_speakers"]
    assert warnings(read("a.txt", b"So I said: no.\n\nSo I said: never.")) == ["no_speakers"]


def test_text_outside_turns_is_counted() -> None:
    assert [warning.sentence for warning in read("a.txt", f"Title\n\n{TEXT}".encode()).warnings] == [
        "Paragraphs under no speaker (titles, headers, notes): 1."
    ]


def test_an_advertisement_at_the_end_is_left_out() -> None:
    draft = read("a.txt", f"{TEXT}\n\nTranscribed by https://otter.ai".encode())
    assert [warning.sentence for warning in draft.warnings] == [
        "The last line “Transcribed by https://otter.ai” was left out."
    ]
    assert draft.text == TEXT


OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = OLD_WORD + "EncryptedPackage".encode("utf-16-le")
RUSSIAN = "Привет, как дела? Очень хорошо.".encode("cp1251")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.txt", b"", "is empty."),
        ("a.txt", b" \n\n \n", "holds no text."),
        ("a.docx", word_file("<w:p/>"), "holds no text."),
        ("a.docx", word_file(paragraph("x" * 500))[:-40], "is not a complete Word file: it ends too early."),
        ("a.docx", b"I: plain text", "is not a Word file, whatever its name says."),
        ("a.docx", zip_file({"a": "b"}), "is not a Word file, whatever its name says."),
        ("a.txt", bytes(range(256)) * 20, "is not a text file: it holds binary data."),
        ("a.txt", word_file(paragraph("x")), "is not a text file: it holds binary data."),
        ("a.txt", b"x" * (20 * 2**20 + 1), "is larger than 20 MB, the most that can be taken."),
        (
            "a.docx",
            zip_file({"word/document.xml": "0" * 30 * 2**20}),
            "would unpack to far more than a real Word file holds, so it was not opened.",
        ),
        ("a.txt", RUSSIAN, "is in a character encoding that cannot be recognised; save it as UTF-8."),
        (
            "a.pdf",
            b"%PDF-1.7",
            "is a PDF, whose paragraphs cannot be told apart; save the original as .docx.",
        ),
        (
            "a.txt",
            b"{\\rtf1 hello}",
            "is a rich-text file; open it in a word processor and save it as .docx.",
        ),
        ("a.doc", OLD_WORD, "is an old Word file; open it in a word processor and save it as .docx."),
        ("a.docx", ENCRYPTED, "is protected by a password; save it without one."),
        (
            "a.xlsx",
            zip_file({"xl/workbook.xml": "x"}),
            "is a spreadsheet, not a transcript; save its text as .docx or .txt.",
        ),
        ("a.mp3", b"ID3", "is not a kind of file that can be read here: use .docx, .txt, .vtt, .srt."),
        ("a.txt", b"words" * 400_001, "is too long: the most is 2000000 characters and 50000 lines."),
        ("a.txt", b"I: a\n" * 50_001, "is too long: the most is 2000000 characters and 50000 lines."),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_refusals_name_the_problem_in_one_sentence(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        read(name, data)
    assert caught.value.sentence == f"{name} {sentence}"
