"""The fingerprint of the input: everything that a figure depends on, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.agreement.engine import Code, Span, Study, Transcript, Turn, input_hash

GIVEN: dict[str, Any] = {
    "id": "t",
    "length": 40,
    "turns": [Turn(0, 20, "participant"), Turn(20, 40, "interviewer")],
    "sentences": [(0, 10), (10, 40)],
    "words": [(0, 5), (6, 10)],
    "stratum": "x",
    "groups": {"site": "north"},
}


def study(
    *,
    text: dict[str, Any] | None = None,
    span: dict[str, Any] | None = None,
    codes: tuple[Code, ...] = (Code("A"), Code("a", "A")),
    coders: tuple[str, ...] = ("ann", "bob"),
) -> Study:
    good: dict[str, Any] = {"id": "s", "transcript": "t", "coder": "ann", "code": "a", "start": 3, "end": 9}
    return Study.of(
        transcripts=[Transcript.of(**GIVEN | (text or {}))],
        codes=codes,
        assignments=[("t", coder) for coder in coders],
        spans=[Span(**good | (span or {}))],
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda: study(text={"length": 41}),
        lambda: study(text={"turns": GIVEN["turns"][:1]}),
        lambda: study(text={"turns": [Turn(0, 20, "participant"), Turn(20, 40, "other")]}),
        lambda: study(text={"sentences": [(0, 11), (11, 40)]}),
        lambda: study(text={"words": [(0, 5)]}),
        lambda: study(text={"words": None}),
        lambda: study(text={"stratum": "y"}),
        lambda: study(text={"groups": {"site": "south"}}),
        lambda: study(span={"start": 4}),
        lambda: study(span={"end": 10}),
        lambda: study(span={"coder": "bob"}),
        lambda: study(span={"code": "A"}),
        lambda: study(span={"influence": "helps"}),
        lambda: study(codes=(Code("A"), Code("a"))),
        lambda: study(codes=(Code("A"), Code("a", "A"), Code("b"))),
        lambda: study(coders=("ann", "bob", "cho")),
    ],
)
def test_what_changes_it(change: Callable[[], Study]) -> None:
    assert input_hash(change()) != input_hash(study())


@pytest.mark.parametrize(
    "change",
    [
        lambda: study(span={"id": "other"}),
        lambda: study(codes=(Code("a", "A"), Code("A"))),
        lambda: study(codes=(Code("A", name="Name"), Code("a", "A"))),
        lambda: study(coders=("bob", "ann")),
    ],
)
def test_what_does_not(change: Callable[[], Study]) -> None:
    assert input_hash(change()) == input_hash(study())


def test_it_stays_the_same_between_versions_of_the_engine() -> None:
    assert input_hash(study()) == ("8b277a4a2731d7c59c337104c2ad84b2f0eb54651d23c9728468a73585be4d24")
