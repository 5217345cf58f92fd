"""The engine without the web: JSON or CSV in, text or JSON out."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from apps.agreement.engine import Difference, Discrepancy, Report, from_json
from apps.agreement.engine.__main__ import main
from apps.agreement.engine.results import from_plain

STUDY: dict[str, Any] = {
    "transcripts": [
        {
            "id": "t",
            "text": "I: How did you come to work here?\nP: By bus. It was late.",
            "turns": [[0, 33, "interviewer"], [34, 57, "participant"]],
            "sentences": [[0, 33], [37, 44], [45, 57]],
            "groups": {"site": "north"},
            "stratum": "north",
        }
    ],
    "codes": [{"id": "a", "name": "Travel"}, {"id": "b", "parent": "a"}],
    "assignments": [["t", "ann"], ["t", "bob"]],
    "spans": [
        {"transcript": "t", "coder": "ann", "code": "b", "start": 37, "end": 44, "influence": "hinders"},
        {"id": "x", "transcript": "t", "coder": "bob", "code": "b", "start": 45, "end": 57},
    ],
}
SPANS = (
    "transcript,coder,code,start,end,influence\nt,ann,hope,0,50,helps\nt,bob,hope,10,60,\nu,bob,fear,5,25,\n"
)


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "study.json"
    path.write_text(json.dumps(STUDY), encoding="utf-8")
    return path


@pytest.fixture
def spans_file(tmp_path: Path) -> Path:
    path = tmp_path / "spans.csv"
    path.write_text("\ufeff" + SPANS, encoding="utf-8")
    return path


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.strip()


def test_json_in_and_out(study_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = from_json(
        Report, printed(capsys, study_file, "--json", "--min-units", 0, "--levels", "answer", "sentence")
    )
    assert report.figure("answer", "b").coded_by == {"ann": 1, "bob": 1}
    assert report.figure("sentence", "b").coded_by_any == 2
    assert [row.name for row in report.codes] == ["Travel", ""]


def test_a_report_to_read(study_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, study_file, "--min-units", 0, "--total", 63)
    assert text.startswith("Two coders independently coded 1 of 63 transcripts (2 %).\n")
    assert "\nSentences (2)\n\nann, bob: 1 transcript\ncode " in text
    assert "\nb                  2    0     -0.50  few transcripts  0.00 " in text


def test_groups(study_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\nann, bob, site north: 1 transcript\n" in printed(capsys, study_file, "--group-by", "site")


def test_discrepancies(study_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, study_file, "--discrepancies") == (
        "2 discrepancies\n  missed: 2\n"
        "t [37, 44) missed: b | - (ann | bob)\n"
        "t [45, 57) missed: - | b (ann | bob)\n"
    )
    found = json.loads(printed(capsys, study_file, "--discrepancies", "--json", "--tolerance", "words", "1"))
    assert [from_plain(Discrepancy, one).second for one in found] == [(), ("x",)]


def test_csv(spans_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = from_json(Report, printed(capsys, spans_file, "--json", "--min-units", 0))
    assert (report.transcripts, report.units) == (("t",), {"character": 60, "transcript": 1})
    assert [(one.transcript, one.reason) for one in report.left_out] == [("u", "one_coder")]


def test_csv_with_lengths_codes_and_everybody(
    spans_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "texts.csv").write_text("id,length,stratum\nt,100,x\nu,50,x\n", encoding="utf-8")
    (tmp_path / "codes.csv").write_text(
        "id,parent,name\nfeeling,,Feeling\nhope,feeling,Hope\nfear,feeling,Fear\n", encoding="utf-8"
    )
    options = ("--transcripts", tmp_path / "texts.csv", "--codes", tmp_path / "codes.csv", "--everybody")
    report = from_json(Report, printed(capsys, spans_file, *options, "--json", "--min-units", 0))
    assert (report.transcripts, report.units["character"]) == (("t", "u"), 150)
    assert report.figure("character", "feeling").coded_by == {"ann": 50, "bob": 70}


def test_nothing_to_compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.json"
    path.write_text('{"transcripts": [{"id": "t", "length": 9}], "spans": []}')
    assert printed(capsys, path) == "nothing to compare\n  t: no coder\n"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("t,ann,hope,9,3", "span row 0 (id line 2, [9, 3)): start is not before end"),
        ("t,ann,hope,one,3", "spans.csv line 2: start is 'one', not a whole number"),
        ("t,ann,hope,1.5,3", "spans.csv line 2: start is '1.5', not a whole number"),
        ("t,ann,,1,3", "spans.csv line 2: has no code"),
        ("t,ann,hope,1,3\n,ann,hope,1,3", "spans.csv line 3: has no transcript"),
        ("t,ann,hope,1", "spans.csv line 2: end is None, not a whole number"),
    ],
)
def test_a_wrong_row(rows: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "spans.csv"
    path.write_text("transcript,coder,code,start,end\n" + rows + "\n")
    assert refused(capsys, path) == f"{path}: {message}"


def test_a_missing_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "spans.csv"
    path.write_text("transcript,coder,code,start\n")
    assert refused(capsys, path) == f"{path}: spans.csv: there is no column 'end'"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"spans": None}, "spans: needs a list"),
        ({"spans": [3]}, "span 0: needs names and values, not 3"),
        (
            {"spans": [{**STUDY["spans"][0], "influence": ["helps"]}]},
            "span row 0 (id 0): unknown influence \"['helps']\"",
        ),
        ({"transcripts": [{"id": "t"}]}, "transcript 0: length is None, not a whole number"),
        (
            {"transcripts": [{"id": "t", "length": 60, "turns": [[0, 9]]}]},
            "transcript 0, turn 0: needs start, end and role",
        ),
        ({"assignments": [["t"]]}, "assignment 0: needs a transcript and a coder"),
        ({"codes": [{}]}, "code 0: has no id"),
        (
            {"transcripts": [{"id": "t", "length": 10**20}]},
            f"transcript 't': length {10**20} is beyond that of any text",
        ),
    ],
)
def test_a_wrong_document(
    change: dict[str, Any], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "study.json"
    path.write_text(json.dumps(STUDY | change))
    assert refused(capsys, path) == f"{path}: {message}"


def test_not_json_and_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "study.json"
    assert refused(capsys, path).endswith("No such file or directory: '" + str(path) + "'")
    path.write_text("{")
    assert refused(capsys, path).startswith(f"{path}: not JSON: ")


@pytest.mark.parametrize("file", ["study_file", "spans_file"])
def test_levels_that_cannot_be_counted(
    file: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    path = request.getfixturevalue(file)
    words = printed(capsys, path, "--levels", "answer")
    assert ("answer: not computed (no turns)" in words) is (file == "spans_file")


def test_no_discrepancies_where_nothing_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "alone.json"
    path.write_text(json.dumps(STUDY | {"assignments": [["t", "ann"], ["t", "bob"]], "spans": []}))
    assert printed(capsys, path, "--discrepancies").startswith("0 discrepancies")
    path.write_text(json.dumps(STUDY | {"assignments": [["t", "ann"]], "spans": []}))
    assert printed(capsys, path, "--discrepancies") == "nothing to compare\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--discrepancies", "--tolerance", "words", "x"), "tolerance: 'x' is not a number"),
        (("--total", "0"), "total: a study has at least one transcript, not 0"),
        (("--replicates", "-5"), "replicates: -5 is negative"),
        (("--group-by", "planet"), "group by: no transcript has a 'planet'"),
    ],
)
def test_an_option_that_cannot_be(
    arguments: tuple[str, ...], message: str, study_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, study_file, *arguments) == f"{study_file}: {message}"


def test_a_tolerance_that_cannot_be(study_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, study_file, "--discrepancies", "--tolerance", "share", "2")
    assert message == f"{study_file}: tolerance: a share must lie above 0 and not above 1, not 2.0"


def test_as_a_module_and_without_django(study_file: Path) -> None:
    program = (
        "import sys, runpy; sys.argv = ['engine', sys.argv[1]]\n"
        "try: runpy.run_module('apps.agreement.engine', run_name='__main__')\n"
        "except SystemExit as end: print(end.code, 'django' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(study_file)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert ended.stdout.splitlines()[-1] == "0 False"


def test_two_groups_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    transcripts = [
        {
            "id": f"t{number}",
            "length": 100,
            "sentences": [[start, start + 10] for start in range(0, 100, 10)],
            "groups": {"round": "first" if number < 8 else "second"},
        }
        for number in range(16)
    ]
    spans = [
        {"transcript": f"t{number}", "coder": coder, "code": "a", "start": start, "end": start + 20}
        for number in range(16)
        for coder, start in (("ann", 0), ("bob", 0 if number >= 8 else 10))
    ]
    path = tmp_path / "study.json"
    path.write_text(json.dumps({"transcripts": transcripts, "codes": [{"id": "a"}], "spans": spans}))
    asked = (path, "--levels", "sentence", "--compare", "round", "first", "second")
    rows = [line.split() for line in printed(capsys, *asked).splitlines()]
    assert rows[1] == ["sentence", "a", "0.38", "1.00", "0.62", "0.62", "to", "0.62"]
    found = from_plain(tuple[Difference, ...], json.loads(printed(capsys, *asked, "--json")))
    assert {one.code for one in found} == {"a", None}
    assert "no transcript to compare" in refused(capsys, *asked[:-1], "third")
