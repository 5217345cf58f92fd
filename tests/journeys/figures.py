"""The figures of a report's page, and the engine's own on what the API gives of the same codings."""

import json
from typing import Any
from urllib.parse import urlsplit

from apps.agreement import engine
from tests.journeys.person import Person

# The cells of a code: both, only the first, only the second, neither; positive agreement, alpha, kappa.
Cells = list[str]


def shown(reader: Person, round: str, level: engine.Level) -> dict[str, Cells]:
    """What stands in the rows of the codes that were used, by the code's key."""
    reader.visit(f"{round}agreement/?level={level}")
    rows = {
        str(row.get_attribute("id")).removeprefix("code-"): row.locator("td.number").all_inner_texts()
        for row in reader.main.locator("tr[id^=code-]").all()
    }
    return {code: [*cells[:6], cells[-1]] for code, cells in rows.items() if cells}


def computed(reader: Person, study: str, level: engine.Level) -> dict[str, Cells]:
    """The same from the engine, which is given the codings that the reader can read."""
    report = engine.compute(_study(reader, study), levels=[level], replicates=0)
    figures = [each for each in report.figures if each.pair and each.status == "shown" and each.code]
    return {str(each.code): _cells(each) for each in figures}


def _cells(figure: engine.Figure) -> Cells:
    assert figure.counts is not None
    counts = figure.counts
    numbers = (counts.both, counts.only_first, counts.only_second, counts.neither)
    names = ("positive_agreement", "krippendorff_alpha", "cohen_kappa")
    values = (figure.estimate(name).value for name in names)
    return [*map(str, numbers), *("–" if value is None else f"{value:.2f}" for value in values)]


def _study(reader: Person, study: str) -> engine.Study:
    work = [each for each in _read(reader, study, "assignments/team/") if each["kind"] == "independent"]
    version = _read(reader, study, f"codebook/versions/{work[0]['codebook_version']}/")
    codings = [
        coding for each in work for coding in _read(reader, study, f"assignments/{each['id']}/codings/")
    ]
    made_in = {each["id"]: each for each in work}
    return engine.Study.of(
        transcripts=[
            _transcript(reader, study, each) for each in sorted({each["transcript"] for each in work})
        ],
        codes=[engine.Code(each["id"], each["parent"], each["name"]) for each in version["codes"]],
        assignments=[(each["transcript"], each["coder"]) for each in work],
        spans=[_span(each, made_in[each["assignment"]]) for each in codings],
    )


def _span(coding: dict[str, Any], work: dict[str, Any]) -> engine.Span:
    names = ("code", "start", "end")
    where = {name: coding[name] for name in names}
    influence = coding["influence"] or None
    return engine.Span(coding["id"], work["transcript"], work["coder"], **where, influence=influence)


def _transcript(reader: Person, study: str, key: str) -> engine.Transcript:
    text = _read(reader, study, f"transcripts/{key}/")
    turns = [engine.Turn(each["start"], each["end"], each["role"]) for each in text["turns"]]
    return engine.Transcript.from_text(key, text["text"], turns=turns, sentences=text["sentences"])


def _read(reader: Person, study: str, path: str) -> Any:
    """One page of the API is enough for a journey's study."""
    status, body = reader.get(f"/api/v1{urlsplit(study).path}{path}")
    assert status == 200, (path, body)
    found = json.loads(body)
    assert not (isinstance(found, dict) and found.get("next"))
    return found["results"] if isinstance(found, dict) and "results" in found else found
