"""What the demonstration is made from: the published facts, the invented people, and what they say."""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from apps.demo.engine.bank import Bank, read_bank, read_codings
from apps.demo.engine.script import Script, lay_out, read_script, with_quotes

_HERE = Path(__file__).parent
_TEXTS = _HERE / "texts"
BANK_OF = {
    "Hub client": "hub_client",
    "Non-Hub keyworker": "non_hub_keyworker",
    "Hub staff": "hub_staff",
    "Wider stakeholder": "wider_stakeholder",
}
"""The stem of each group's pseudonyms, and the name of the group's bank."""
_WRITTEN_AS = {**BANK_OF, "Non-Hub keyworker": "nonhub_keyworker"}
_SHARED_BY = {"hub_client": "client_keyworker", "non_hub_keyworker": "client_keyworker"}


@dataclass(frozen=True)
class Person:
    """One of the 63: the published facts, and what was invented beside them."""

    pseudonym: str
    occupation: str
    ethnicity: str
    site: str
    held_on: date
    minutes: int
    interviewer: str
    gender: str
    sector: str
    is_clinical: str
    route: str
    support: str
    view: str
    work: str
    voices: frozenset[str]

    @property
    def stem(self) -> str:
        return self.pseudonym.rsplit(" ", 1)[0]

    @property
    def number(self) -> int:
        return int(self.pseudonym.rsplit(" ", 1)[1])


@dataclass(frozen=True)
class Reason:
    """Why a discrepancy of one kind may be settled as it is; "coder" is whoever has coded."""

    kind: str
    outcome: str
    cause: str
    text: str


@cache
def facts() -> dict[str, Any]:
    """The published facts, with their source."""
    return dict(json.loads((_HERE / "facts.json").read_text(encoding="utf-8")))


@cache
def people() -> tuple[Person, ...]:
    """All participants in the published order."""
    published = {each["pseudonym"]: each for each in facts()["participants"]}
    return tuple(_person(row, published[row["pseudonym"]]) for row in _table("../people.tsv"))


def working_on(work: str) -> list[Person]:
    """Those whose transcripts are in the same state of work, such as "Round 2" or "Primary"."""
    return [person for person in people() if person.work == work]


@cache
def bank(stem: str) -> Bank:
    """What people of a group may say and be asked."""
    name = BANK_OF[stem]
    shared = _SHARED_BY.get(name, "staff_stakeholder")
    passages = _TEXTS / "passages"
    return read_bank(
        passages=(passages / f"{name}.tsv").read_text(encoding="utf-8"),
        questions=(_TEXTS / "questions" / f"{name}.tsv").read_text(encoding="utf-8"),
        voices=json.loads((passages / f"voices_{shared}.json").read_text(encoding="utf-8"))[name],
        placing=json.loads((passages / f"placing_{shared}.json").read_text(encoding="utf-8"))[name],
        fillers=(passages / f"fillers_{shared}.json").read_text(encoding="utf-8"),
    )


def written_script(person: Person) -> Script | None:
    """The person's interview where it is written out from beginning to end."""
    path = _TEXTS / "interviews" / f"{_WRITTEN_AS[person.stem]}_{person.number:02d}.txt"
    if not path.exists():
        return None
    codings = path.with_suffix(".codings.tsv").read_text(encoding="utf-8")
    return with_quotes(lay_out(read_script(path.read_text(encoding="utf-8"))), read_codings(codings))


@cache
def memos() -> dict[str, list[str]]:
    """What coders note on a coding, by code."""
    found: dict[str, list[str]] = {}
    for row in _table("memos.tsv"):
        found.setdefault(row["code"], []).append(row["text"])
    return found


@cache
def reasons(kind: str) -> tuple[Reason, ...]:
    """Why discrepancies of a kind are settled, as likely as they stand there."""
    return tuple(Reason(**row) for row in _table("reasons.tsv") if row["kind"] == kind)


def all_texts() -> Iterable[str]:
    """Everything that can be said or asked in the demonstration, as it stands in its files."""
    for stem in BANK_OF:
        yield from (passage.text for passage in bank(stem).passages)
        yield from (question.text for question in bank(stem).questions)
        yield from bank(stem).backchannels


def _person(row: dict[str, str], published: dict[str, str]) -> Person:
    return Person(
        pseudonym=row["pseudonym"],
        occupation=published["occupation"],
        ethnicity=published.get("ethnicity", ""),
        site=row["site"],
        held_on=date.fromisoformat(row["held_on"]),
        minutes=int(row["minutes"]),
        interviewer=row["interviewer"],
        gender=row["gender"],
        sector=row["sector"],
        is_clinical=row["clinical"],
        route=row["route"],
        support=row["support"],
        view=row["view"],
        work=row["work"],
        voices=frozenset(row["voices"].split()),
    )


def _table(name: str) -> list[dict[str, str]]:
    lines = (_TEXTS / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
