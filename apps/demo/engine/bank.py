"""The bank of invented passages and questions of one participant group, as plain values."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from apps.transcripts.engine.sentences import sentence_spans
from apps.transcripts.engine.words import count_words

NONE, BACKCHANNEL = "none", "backchannel"
GUIDE = (
    *("context", "initiation", "differentiation", "communal_specification", "individual_specification"),
    *("internalisation", "enrolment", "legitimation", "activation", "interactional_workability"),
    *("relational_integration", "skillset_workability", "contextual_integration", "systematisation"),
    *("communal_appraisal", "individual_appraisal", "outcome", "reconfiguration", "outside_the_framework"),
)
"""The codes in the order in which the topic guides come to them."""


@dataclass(frozen=True)
class Passage:
    """Something that a participant may say; `code` is what it is about, "none" for what bears on nothing.

    Only a person with one of `voices` may say it (anybody where there are none). `place` is "opening" or
    "closing", `topic` the kind of introductory question that it answers, and of all passages of one
    `one_of` set a person says at most one.
    """

    text: str
    code: str = NONE
    influence: str = ""
    second_code: str = ""
    voices: frozenset[str] = frozenset()
    place: str = ""
    topic: str = ""
    one_of: frozenset[str] = frozenset()

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        return tuple(self.text[start:end] for start, end in sentence_spans(self.text))

    @cached_property
    def words(self) -> int:
        return count_words(self.text)

    @property
    def is_coded(self) -> bool:
        return self.code != NONE


@dataclass(frozen=True)
class Question:
    """Something that an interviewer asks, about a code or (where the code is "none") about a topic."""

    text: str
    code: str
    topic: str = ""


@dataclass(frozen=True)
class Bank:
    """All that is said in the interviews of one group."""

    passages: tuple[Passage, ...]
    questions: tuple[Question, ...]
    backchannels: tuple[str, ...]
    fillers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def asking(self, about: str) -> list[Question]:
        """The questions about a code, or about a topic."""
        return [each for each in self.questions if about in (each.code, each.topic)]


def read_bank(
    *, passages: str, questions: str, voices: Mapping[str, Any], placing: Mapping[str, Any], fillers: str
) -> Bank:
    """Build a bank from the text of its files; `voices` and `placing` name passages by how they begin."""
    asked = _rows(questions)
    topics = placing.get("topics", {})
    return Bank(
        passages=tuple(_passage(row, voices, placing) for row in _rows(passages)),
        questions=tuple(
            Question(row["text"], row["code"], _first(topics, row["text"], "asked"))
            for row in asked
            if row["code"] != BACKCHANNEL
        ),
        backchannels=tuple(row["text"] for row in asked if row["code"] == BACKCHANNEL),
        fillers={name: tuple(values) for name, values in json.loads(fillers).items()},
    )


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def _passage(row: Mapping[str, str], voices: Mapping[str, Any], placing: Mapping[str, Any]) -> Passage:
    text = row["text"]
    places = {place: placing.get(place, []) for place in ("opening", "closing")}
    return Passage(
        text=text,
        code=row["code"],
        influence=row["influence"],
        second_code=row["second_code"],
        voices=frozenset(_named(voices, text)),
        place=next(iter(_named(places, text)), ""),
        topic=_first(placing.get("topics", {}), text, "told"),
        one_of=frozenset(_named(placing.get("one_of", {}), text)),
    )


def _named(lists: Mapping[str, Iterable[str]], text: str) -> list[str]:
    return [name for name, beginnings in lists.items() if text.startswith(tuple(beginnings))]


def _first(topics: Mapping[str, Mapping[str, Iterable[str]]], text: str, side: str) -> str:
    return next(iter(_named({name: topic[side] for name, topic in topics.items()}, text)), "")


def read_codings(text: str) -> list[tuple[str, str, str]]:
    """The codings of a written interview: quote, code, influence."""
    return [(row["quote"], row["code"], row["influence"]) for row in _rows(text)]
