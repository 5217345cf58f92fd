from collections.abc import Mapping
from itertools import pairwise

import pytest

from apps.agreement.engine import Code, Span, Study, Transcript, Turn, find
from apps.demo.engine.coders import CONSTRUCT_OF, TAKEN_FOR, Fate, Pair, read_by_one, read_by_two
from apps.demo.engine.script import Mark, Said, Script, lay_out

SENTENCES = 60
EVERY_FATE: Mapping[Fate, int] = {"influence": 2, "split": 2, "level": 2, "boundary": 2, "extra": 2}


@pytest.fixture
def script() -> Script:
    """Sixty answers of three sentences, each of them about one of the codes of the framework."""
    turns = [
        said
        for number in range(SENTENCES)
        for said in (
            Said("I", f"And could you tell me about number {number}?"),
            Said(
                "P", f"Number {number} was a long one as it happens. It went on. Nobody minded that at all."
            ),
        )
    ]
    bare = lay_out(turns)
    codes = list(CONSTRUCT_OF)
    spoken = [turn for turn in bare.turns if turn.speaker == "P"]
    marks = [
        Mark(turn.start, turn.end, codes[place % len(codes)], "helps", place)
        for place, turn in enumerate(spoken)
    ]
    return Script(bare.text, bare.turns, bare.sentences, tuple(marks))


def kinds(script: Script, pair: Pair) -> list[str]:
    codes = [*dict.fromkeys(CONSTRUCT_OF.values()), *CONSTRUCT_OF]
    study = Study.of(
        transcripts=[
            Transcript.from_text(
                "t",
                script.text,
                turns=[
                    Turn(turn.start, turn.end, "participant" if turn.speaker == "P" else "interviewer")
                    for turn in script.turns
                ],
                sentences=script.sentences,
            )
        ],
        codes=[Code(code, CONSTRUCT_OF.get(code)) for code in codes],
        assignments=[("t", "first"), ("t", "second")],
        spans=[
            Span(f"{coder}{number}", "t", coder, mark.code, mark.start, mark.end, "helps")
            for coder, reading in (("first", pair.first), ("second", pair.second))
            for number, mark in enumerate(reading)
        ],
    )
    return [found.kind for found in find(study)]


def test_without_difficulty_they_agree(script: Script) -> None:
    pair = read_by_two({"t": script}, difficulty=0, seed="x")["t"]
    assert len(pair.first) == len(pair.second) == SENTENCES
    assert kinds(script, pair) == []


def test_the_more_difficult_the_more_they_differ(script: Script) -> None:
    counts = [
        len(kinds(script, read_by_two({"t": script}, difficulty=difficulty, seed="x")["t"]))
        for difficulty in (0.3, 1, 1.7)
    ]
    assert counts == sorted(set(counts))


def test_wanted_differences_occur_however_easy_it_is(script: Script) -> None:
    pair = read_by_two({"t": script}, difficulty=0, seed="x", at_least=EVERY_FATE)["t"]
    # This comparison leaves influence out, so the two differences by influence are not among them.
    assert sorted(kinds(script, pair)) == ["boundary"] * 2 + ["extra"] * 2 + ["level"] * 2 + ["split"] * 2


def test_a_coder_never_has_one_code_twice_on_a_passage(script: Script) -> None:
    pair = read_by_two({"t": script}, difficulty=2, seed="x")["t"]
    for reading in (pair.first, pair.second):
        same = sorted(reading, key=lambda mark: (mark.code, mark.influence, mark.start))
        assert all(
            (one.code, one.influence) != (other.code, other.influence) or one.end < other.start
            for one, other in pairwise(same)
        )


def test_the_same_seed_gives_the_same_readings(script: Script) -> None:
    one, same, other = (read_by_two({"t": script}, difficulty=1, seed=seed) for seed in ("x", "x", "y"))
    assert one == same
    assert one != other


def test_a_single_coder_misses_some(script: Script) -> None:
    assert len(read_by_one(script, missed=0, seed="x")) == SENTENCES
    assert 30 <= len(read_by_one(script, missed=0.25, seed="x")) <= 55


def test_no_code_is_taken_for_itself() -> None:
    assert [code for code, others in TAKEN_FOR.items() if code in others] == []
