"""Spreadsheets as people keep them."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from apps.core.refusal import Refused
from apps.core.tables import Table, read_table, read_table_apart

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "tables"


def workbook(fill: Callable[[Any], None]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        fill(book)
    return buffer.getvalue()


def sheet(*rows: tuple[Any, ...]) -> bytes:
    def fill(book: Any) -> None:
        worksheet = book.add_worksheet("People")
        for number, row in enumerate(rows):
            worksheet.write_row(number, 0, row)

    return workbook(fill)


def opendocument(rows: str) -> bytes:
    """A minimal .ods; nothing at hand writes one."""
    prefixes = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text")
    )
    body = f'<office:spreadsheet><table:table table:name="People">{rows}</table:table></office:spreadsheet>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content{prefixes}><office:body>{body}</office:body></office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return buffer.getvalue()


def rows(table: Table) -> list[tuple[int, dict[str, str]]]:
    return [(row.number, row.values) for row in table.rows]


def warnings(table: Table) -> list[str]:
    return [warning.code for warning in table.warnings]


def code_of(name: str, data: bytes, **options: Any) -> str:
    with pytest.raises(Refused) as caught:
        read_table(name, data, **options)
    return caught.value.code


def test_a_clean_sheet() -> None:
    table = read_table("a.xlsx", sheet(("ID", "Age"), ("H07", 42), ("H08", 3.5)))
    assert (table.kind, table.sheet, table.sheets, table.header_row) == ("xlsx", "People", ("People",), 1)
    assert table.headers == ("ID", "Age")
    assert rows(table) == [(2, {"ID": "H07", "Age": "42"}), (3, {"ID": "H08", "Age": "3.5"})]
    assert warnings(table) == []


def test_titles_above_wrapped_headers_and_blank_rows() -> None:
    table = read_table(
        "a.xlsx",
        sheet(
            ("Participants (confidential)",),
            (),
            (" Participant\n ID", "Age ", "Age "),
            (1, 42, 43),
            (),
            (2, "", "old"),
        ),
    )
    assert (table.header_row, table.headers) == (3, ("Participant ID", "Age", "Age (2)"))
    assert rows(table) == [
        (4, {"Participant ID": "1", "Age": "42", "Age (2)": "43"}),
        (6, {"Participant ID": "2", "Age": "", "Age (2)": "old"}),
    ]


def test_a_column_without_a_heading_is_named_by_its_letter() -> None:
    table = read_table("a.xlsx", sheet(("ID", "", "Age"), ("a", "x", 1), ("b", "y", 2)))
    assert table.headers == ("ID", "Column B", "Age")


def test_a_header_whose_corner_is_blank() -> None:
    table = read_table("a.xlsx", sheet(("", "Interview 1"), ("Coherence", 2), ("Action", 0)))
    assert (table.header_row, table.headers, warnings(table)) == (1, ("Column A", "Interview 1"), [])


def test_a_table_without_a_header_says_that_it_is_unsure() -> None:
    table = read_table("a.csv", b"7,42\n8,43\n")
    assert (table.headers, warnings(table)) == (("7", "42"), ["header_unsure"])


def test_the_header_row_can_be_given() -> None:
    table = read_table("a.csv", b"one,two\nID,Age\n7,42\n", header_row=2)
    assert (table.headers, rows(table)) == (("ID", "Age"), [(3, {"ID": "7", "Age": "42"})])


def test_dates_times_and_truths() -> None:
    def fill(book: Any) -> None:
        worksheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yy"})
        worksheet.write_row(0, 0, ("ID", "Interview date", "Consent", "Minutes"))
        worksheet.write(1, 0, "a")
        worksheet.write_datetime(1, 1, dt.datetime(2021, 6, 3), day)
        worksheet.write(1, 2, True)
        worksheet.write(1, 3, 44_350)
        worksheet.write_row(2, 0, ("b", 44_351, False, 62))
        worksheet.write_row(3, 0, ("c", "3/6/21", "", ""))

    table = read_table("a.xlsx", workbook(fill))
    assert [tuple(row.values.values()) for row in table.rows] == [
        ("a", "2021-06-03", "TRUE", "44350"),
        ("b", "2021-06-04", "FALSE", "62"),
        ("c", "3/6/21", "", ""),
    ]
    assert [warning.sentence for warning in table.warnings] == [
        "Numbers in these columns were read as dates: Interview date."
    ]


def test_merged_hidden_total_and_calculated_cells() -> None:
    def fill(book: Any) -> None:
        worksheet = book.add_worksheet()
        worksheet.merge_range(0, 0, 0, 2, "Hub log")
        worksheet.write_row(1, 0, ("Site", "ID", "Age"))
        worksheet.merge_range(2, 0, 3, 0, "North")
        worksheet.write_row(2, 1, ("a", 1))
        worksheet.write_row(3, 1, ("b", 2))
        worksheet.set_row(3, None, None, {"hidden": True})
        worksheet.write(4, 0, "Total")
        worksheet.write_formula(4, 2, "=C3+C4", None, 3)

    table = read_table("a.xlsx", workbook(fill))
    assert [(row.number, row.is_total, row.is_hidden, tuple(row.values.values())) for row in table.rows] == [
        (3, False, False, ("North", "a", "1")),
        (4, False, True, ("North", "b", "2")),
        (5, True, False, ("Total", "", "3")),
    ]
    assert warnings(table) == ["merged_cells", "total_rows", "hidden_rows"]


def test_the_first_visible_sheet_that_holds_anything_is_read_unless_one_is_named() -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("Empty")
        hidden = book.add_worksheet("Hidden")
        hidden.write_column(0, 0, ("H", "x"))
        hidden.hide()
        people = book.add_worksheet("People & Co")
        people.write_column(0, 0, ("ID", "a"))
        people.set_row(1, None, None, {"hidden": True})

    data = workbook(fill)
    table = read_table("a.xlsx", data)
    assert (table.sheet, table.sheets) == ("People & Co", ("Empty", "Hidden", "People & Co"))
    assert [row.is_hidden for row in table.rows] == [True]
    assert read_table("a.xlsx", data, sheet="Hidden").headers == ("H",)
    assert code_of("a.xlsx", data, sheet="Nowhere") == "no_such_sheet"


def test_opendocument() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    number = (
        '<table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell>'
    )
    lines = (cell.format("ID") + cell.format("Age"), cell.format("a") + number)
    body = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    table = read_table("a.ods", opendocument(body))
    assert (table.kind, rows(table)) == ("ods", [(2, {"ID": "a", "Age": "7"})])
    assert [row.is_hidden for row in table.rows] == [None]


@pytest.mark.parametrize(
    "data",
    [
        b'ID,Said\na,"x, y"\nb,z\n',
        b'ID;Said\r\na;"x, y"\r\nb;z\r\n',
        b"ID\tSaid\na\tx, y\nb\tz\n",
        b"sep=;\nID;Said\na;x, y\nb;z",
        "\ufeffID|Said\na|x, y\nb|z".encode("utf-16-le"),
    ],
)
def test_delimiters_are_found(data: bytes) -> None:
    table = read_table("a.csv", data)
    assert [row.values for row in table.rows] == [{"ID": "a", "Said": "x, y"}, {"ID": "b", "Said": "z"}]


def test_quoted_cells_may_hold_lines_and_quotes() -> None:
    table = read_table("a.csv", b'ID,Said\na,"one\ntwo ""three"""\nb,it was "late"\n')
    assert [row.values["Said"] for row in table.rows] == ['one\ntwo "three"', 'it was "late"']


def test_a_guessed_encoding_is_reported() -> None:
    table = read_table("a.csv", "ID,Name\na,Zoë\n".encode("cp1252"))
    assert (table.encoding, table.is_guess, rows(table)) == (
        "cp1252",
        True,
        [(2, {"ID": "a", "Name": "Zoë"})],
    )
    assert warnings(table) == ["guessed_encoding"]


def test_a_table_survives_json_and_the_limited_process() -> None:
    data = sheet(("ID", "Age"), ("H07", 42), ("Total", ""))
    table = read_table("a.xlsx", data)
    assert Table.from_json(json.loads(json.dumps(table.to_json()))) == table
    assert read_table_apart("a.xlsx", data) == table


OLD_BOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = OLD_BOOK + "EncryptedPackage".encode("utf-16-le")
MOST = "the most is 50000 rows, 200 columns and 2000000 cells."


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.csv", b"", "is empty."),
        ("a.csv", b"\n , \n", "holds no rows."),
        ("a.csv", b"ID,Age\n", "has column headings but no rows under them."),
        ("a.xlsx", workbook(lambda book: book.add_worksheet()), "holds no rows."),
        ("a.xlsx", sheet(("ID",), ("a",))[:-50], "is not a complete spreadsheet file: it ends too early."),
        ("a.xlsx", b"ID,Age\na,1", "is not a spreadsheet, whatever its name says."),
        ("a.pdf", b"%PDF", "is not a kind of file that can be read here: use .xlsx, .xls, .ods, .csv."),
        ("a.csv", bytes(range(256)) * 9, "is not a text file: it holds binary data."),
        ("a.csv", b'ID,Said\na,"x\nb,y\n', "has a quotation mark that is opened and never closed."),
        ("a.csv", b"ID\n" * 50_001, f"is too large a table (rows: 50001, columns: 1); {MOST}"),
        ("a.csv", b"a," * 200 + b"\n", f"is too large a table (rows: 1, columns: 201); {MOST}"),
        ("a.xls", OLD_BOOK + bytes(600), "is a damaged spreadsheet file: a part of it cannot be read."),
        ("a.xlsx", ENCRYPTED, "is protected by a password; save it without one."),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_refusals_name_the_problem_in_one_sentence(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        read_table(name, data)
    assert caught.value.sentence == f"{name} {sentence}"


def test_a_zip_bomb_is_not_opened() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "0" * 30_000_000)
    assert code_of("a.xlsx", buffer.getvalue()) == "zip_bomb"


def test_a_cell_at_the_far_corner_costs_one_sentence() -> None:
    def fill(book: Any) -> None:
        worksheet = book.add_worksheet()
        worksheet.write(0, 0, "x")
        worksheet.write(1_048_575, 16_383, "y")

    with pytest.raises(Refused, match=r"^a\.xlsx needs too much memory to read, so reading was stopped\.$"):
        read_table_apart("a.xlsx", workbook(fill))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no folder of sample tables beside the checkout")
class TestSamples:
    """Tables as programs and people deliver them; not part of the project."""

    def read(self, name: str) -> Table:
        return read_table(name, (SAMPLES / name).read_bytes())

    def test_a_messy_log_of_participants(self) -> None:
        table = self.read("synth_messy_participants.xlsx")
        assert table.headers == (
            "Participant ID", "Group (Hub client / staff)", "Site", "D.O.B.", "Age", "Ethnicity", "Consent?",
            "Interview date",
        )  # fmt: skip
        assert [(row.number, row.is_total, row.is_hidden) for row in table.rows] == [
            (4, False, False),
            (5, False, True),
            (6, False, False),
            (8, True, False),
            (9, False, False),
        ]
        assert [row.values["Participant ID"] for row in table.rows] == ["001", "2", "003", "Total", ""]
        assert [row.values["Interview date"] for row in table.rows] == [
            "2021-06-03",
            "3/6/21",
            "2021-06-03",
            "",
            "",
        ]

    @pytest.mark.parametrize(
        ("name", "headers", "count"),
        [
            ("atlasti_codebook_full.csv", 6, 465),
            ("atlasti_quotation_export.csv", 13, 394),
            ("nvivo_matrix_Int01.xlsx", 2, 18),
            ("qualcoder_cases123.csv", 4, 3),
            ("qualcoder_cases456.xlsx", 4, 3),
            ("qualcoder_survey456.csv", 5, 3),
            ("qualcoder_plain_codes_categories_for_import.txt", 2, 5),
        ],
    )
    def test_exports_of_other_programs(self, name: str, headers: int, count: int) -> None:
        table = self.read(name)
        assert (len(table.headers), len(table.rows), warnings(table)) == (headers, count, [])
