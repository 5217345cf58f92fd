"""Where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.transcripts.engine.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It helped. I slept.", ["It helped.", "I slept."]),
        ("Dr. Smith and Mrs. J. Smith came. They left.", ["Dr. Smith and Mrs. J. Smith came.", "They left."]),
        ("About 3.5 of them, e.g. London.", ["About 3.5 of them, e.g. London."]),
        ("At 5 p.m. we left. At 6 p.m. They came.", ["At 5 p.m. we left.", "At 6 p.m.", "They came."]),
        ("No. I did not.", ["No.", "I did not."]),
        ("It was no. 5 of us.", ["It was no. 5 of us."]),
        ("So did I. Then he left.", ["So did I.", "Then he left."]),
        ("What?! No! yes.", ["What?!", "No!", "yes."]),
        ('He said "go." So I went.', ['He said "go."', "So I went."]),
        ('"Why?" he asked. Then left.', ['"Why?" he asked.', "Then left."]),
        ("(I know.) And so on.", ["(I know.)", "And so on."]),
        ("She called it… She left.", ["She called it…", "She left."]),
        ("I… I mean it... it works.", ["I… I mean it... it works."]),
        ("It was... hard. And... the The end.", ["It was... hard.", "And... the The end."]),
        ("one line\nAnother line\nand on", ["one line", "Another line\nand on"]),
        (
            "a line of typing that has been wrapped in\nLeeds. Yes.",
            ["a line of typing that has been wrapped in\nLeeds.", "Yes."],
        ),
        ("これは。それは！はい", ["これは。", "それは！", "はい"]),
        ("كيف؟ جيد.", ["كيف؟", "جيد."]),
        ("no mark at all", ["no mark at all"]),
        ("", []),
    ],
)
def test_sentence_ends(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=' .?!…\n"a A\u00a0e\u0301😀1)', max_size=80))
def test_only_white_space_lies_outside_sentences(text: str) -> None:
    spans = sentence_spans(text)
    covered = {position for start, end in spans for position in range(start, end)}
    assert {text[position].isspace() for position in range(len(text)) if position not in covered} <= {True}
    assert sum(end - start for start, end in spans) == len(covered)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert spans == sorted(spans)
