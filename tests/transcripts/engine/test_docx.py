"""What of a Word file is speech."""

import pytest

from apps.core.refusal import Refused
from apps.transcripts.engine.docx import read_docx
from tests.transcripts.engine.word_files import paragraph, run, table, word_file, zip_file


def texts(*body: str, **options: str) -> list[str]:
    return [block.text for block in read_docx("a.docx", word_file(*body, **options)).blocks]


def remarks(*body: str) -> dict[str, int | str]:
    return {remark.code: remark.facts["count"] for remark in read_docx("a.docx", word_file(*body)).remarks}


def test_paragraphs_tabs_and_line_breaks() -> None:
    body = paragraph(
        "P:", "<w:r><w:tab/></w:r>", "one", "<w:r><w:br/></w:r>", "two", "<w:r><w:noBreakHyphen/></w:r>"
    )
    assert texts(body, "<w:p/>", paragraph("three")) == ["P:\tone\ntwo\u2011", "", "three"]


def test_insertions_stand_and_deletions_are_gone() -> None:
    body = paragraph(
        "It was ",
        f"<w:ins>{run('really ')}</w:ins>",
        "<w:del><w:r><w:delText>not </w:delText></w:r></w:del>",
        f"<w:moveFrom>{run('moved away ')}</w:moveFrom>",
        f"<w:moveTo>{run('helpful')}</w:moveTo>",
    )
    assert texts(body) == ["It was really helpful"]
    assert remarks(body) == {"deletions": 2, "insertions": 2}


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    first = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('one ')}</w:p>"
    assert texts(first, paragraph("two")) == ["one two"]


def test_hidden_text_is_left_out_and_counted() -> None:
    body = paragraph("seen ", run("hidden", "<w:vanish/>"), run("shown", '<w:vanish w:val="false"/>'))
    assert texts(body) == ["seen shown"]
    assert remarks(body) == {"hidden_text": 1}


def test_text_hidden_by_its_style_is_left_out() -> None:
    styles = '<w:style w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    assert texts(paragraph("seen", run("hidden", '<w:rStyle w:val="Secret"/>')), styles=styles) == ["seen"]


def test_content_controls_smart_tags_links_and_fields_are_read() -> None:
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('in a control')}</w:sdtContent></w:sdt>"
    tagged = paragraph(
        f"<w:smartTag>{run('Manchester')}</w:smartTag>", f"<w:hyperlink>{run(' link')}</w:hyperlink>"
    )
    field = paragraph(
        '<w:fldSimple w:instr="PAGE">' + run("7") + "</w:fldSimple>",
        "<w:r><w:instrText>PAGE</w:instrText></w:r>",
    )
    assert texts(control, tagged, field) == ["in a control", "Manchester link", "7"]


def test_footnotes_and_comments_are_counted() -> None:
    body = paragraph(
        "said", '<w:r><w:footnoteReference w:id="2"/></w:r>', '<w:r><w:commentReference w:id="0"/></w:r>'
    )
    assert texts(body) == ["said"]
    assert remarks(body) == {"footnotes": 1, "comments": 1}


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('in the box')}</w:txbxContent>"
    alternatives = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    body = paragraph(
        "around",
        f"<w:r><mc:AlternateContent xmlns:mc='m'>{alternatives}</mc:AlternateContent></w:r>",
    )
    assert texts(body) == ["around", "in the box"]


def test_a_table_of_turns_names_speaker_and_time() -> None:
    body = table(("00:01:02", "I:", "How?"), ("00:01:09", "P:", "Well.\nVery."), ("00:02:00", "I:", "Why?"))
    blocks = read_docx("a.docx", word_file(body)).blocks
    assert [(block.label, block.start_ms, block.text) for block in blocks] == [
        ("I", 62_000, "How?"),
        ("P", 69_000, "Well.\nVery."),
        ("I", 120_000, "Why?"),
    ]


def test_a_header_table_is_not_turns() -> None:
    blocks = read_docx("a.docx", word_file(table(("Interview", "07"), ("Interviewer (I)", "HR")))).blocks
    assert [(block.label, block.text, block.is_layout) for block in blocks] == [
        (None, "Interview\t07", True),
        (None, "Interviewer (I)\tHR", True),
    ]


def test_a_transcript_in_one_cell_is_ordinary_text() -> None:
    assert texts(table(("I: How?\nP: Well.",))) == ["I: How?", "P: Well."]


def test_the_main_part_may_have_another_name() -> None:
    assert texts(paragraph("here"), part="word/document2.xml") == ["here"]


def test_entities_are_refused_in_either_encoding() -> None:
    prolog = '<!DOCTYPE w [<!ENTITY a "lol">]>'
    document = f"{prolog}<document/>"
    for data in (document.encode(), document.encode("utf-16")):
        with pytest.raises(Refused) as caught:
            read_docx("a.docx", zip_file({"word/document.xml": data}))
        assert str(caught.value) == (
            "a.docx declares XML entities, which no office program does, so it was not opened."
        )


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"hello.txt": "hello"}, "not_word"),
        ({"word/document.xml": "<w:document"}, "damaged"),
        ({"word/document.xml": "<document/>"}, "not_word"),
    ],
)
def test_zip_files_that_are_not_word_files(members: dict[str, str | bytes], code: str) -> None:
    with pytest.raises(Refused) as caught:
        read_docx("a.docx", zip_file(members))
    assert caught.value.code == code
