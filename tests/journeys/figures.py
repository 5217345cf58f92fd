"""The figures on a report's page, and the engine's own on what the API gives of the same codings."""

import json
from typing import Any
from urllib.parse import urlsplit

from apps.agreement import engine
from tests.journeys.person import Person

# The cells of a code: both, only the first, only the second, neither; positive agreement, alpha, kappa.
Cells = list[str]


def shown(reader: Person, round: str, level: engine.Level) -> dict[str, Cells]:
    """What stands in the rows of the codes of which there are enough units, by the code's key."""
    reader.visit(f"{round}agreement/?level={level}")
    rows = {
        str(row.get_attribute("id")).removeprefix("code-"): row.locator("td.number").all_inner_texts()
        for row in reader.main.locator("tr[id^=code-]").all()
    }
    # First the number of discrepancies; an undefined alpha is said in words and has no cells of numbers.
    return {code: [*cells[1:7], cells[-1]] for code, cells in rows.items() if len(cells) > 7}


def computed(reader: Person, round: str, level: engine.Level) -> dict[str, Cells]:
    """The same from the engine, which is given the codings of the two coders that the reader can read."""
    report = engine.compute(_study(reader, round), levels=[level], replicates=0)
    return {
        str(figure.code): _cells(figure)
        for figure in report.figures
        if figure.kind in ("code", "construct")
        and figure.status == "shown"
        and figure.estimate("krippendorff_alpha").value is not None
    }


def _cells(figure: engine.Figure) -> Cells:
    assert figure.counts is not None
    counts = figure.counts
    numbers = (counts.both, counts.only_first, counts.only_second, counts.neither)
    names = ("positive_agreement", "krippendorff_alpha", "cohen_kappa")
    values = (figure.estimate(name).value for name in names)
    return [*map(str, numbers), *("–" if value is None else f"{value:.2f}" for value in values)]


def _study(reader: Person, round: str) -> engine.Study:
    path, _, key = urlsplit(round).path.rstrip("/").rpartition("/rounds/")
    members = {each["transcript_version"] for each in _read(reader, path, f"rounds/{key}/transcripts/")}
    work = [
        each
        for each in _read(reader, path, "assignments/team/")
        if each["kind"] == "independent" and each["transcript_version"] in members
    ]
    version = _read(reader, path, f"codebook/versions/{work[0]['codebook_version']}/")
    made_in = {each["id"]: each for each in work}
    codings = [coding for id in made_in for coding in _read(reader, path, f"assignments/{id}/codings/")]
    return engine.Study.of(
        transcripts=[
            _transcript(reader, path, each) for each in sorted({each["transcript"] for each in work})
        ],
        codes=[engine.Code(each["id"], each["parent"], each["name"]) for each in version["codes"]],
        assignments=[(each["transcript"], each["coder"]) for each in work],
        spans=[_span(each, made_in[each["assignment"]]) for each in codings if not each["removed_at"]],
    )


def _span(coding: dict[str, Any], work: dict[str, Any]) -> engine.Span:
    where = {name: coding[name] for name in ("code", "start", "end")}
    influence = coding["influence"] or None
    return engine.Span(coding["id"], work["transcript"], work["coder"], **where, influence=influence)


def _transcript(reader: Person, study: str, key: str) -> engine.Transcript:
    text = _read(reader, study, f"transcripts/{key}/")
    turns = [engine.Turn(each["start"], each["end"], each["role"]) for each in text["turns"]]
    return engine.Transcript.from_text(key, text["text"], turns=turns, sentences=text["sentences"])


def _read(reader: Person, study: str, path: str) -> Any:
    """What stands at an address of the API, all pages of it."""
    address, rows = f"/api/v1{study}/{path}", []
    while address:
        status, body = reader.get(address)
        assert status == 200, (address, body)
        found = json.loads(body)
        if not isinstance(found, dict) or "results" not in found:
            return found
        rows += found["results"]
        address = found["next"]
    return rows
