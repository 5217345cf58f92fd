"""Which labels are found in the shapes that transcripts come in."""

import pytest

from apps.transcripts.engine.drafts import Draft
from apps.transcripts.engine.reading import read


def labels(text: str) -> list[tuple[str, int, str]]:
    return [(label.name, label.count, label.role) for label in read("a.txt", text.encode()).labels]


def roles(text: str) -> dict[str, str]:
    return {label.name: label.role for label in read("a.txt", text.encode()).labels}


def turns(text: str) -> list[tuple[str | None, int | None, str]]:
    draft = read("a.txt", text.encode())
    return [(part.label, part.start_ms, part.text) for part in draft.paragraphs]


TWO = [("Hannah Reed", 2, "interviewer"), ("P07", 2, "participant")]


@pytest.mark.parametrize(
    "text",
    [
        "Hannah Reed: How?\nP07: Well.\nHannah Reed: Why?\nP07: Time: ten minutes.",
        "Hannah Reed: How?\n\nP07: Well.\n\nHannah Reed: Why?\n\nP07: Because.\n",
        "Hannah Reed:\nHow?\n\nP07:\nWell.\n\nHannah Reed:\nWhy?\n\nP07:\nBecause.",
        "**Hannah Reed:** How?\n\n**P07:** Well.\n\n**Hannah Reed:** Why?\n\n**P07:** Because.",
        "1. Hannah Reed: How?\n2. P07: Well.\n3. Hannah Reed: Why?\n4. P07: Because.",
        "Hannah Reed (0:04):\nHow?\n\nP07 (00:10):\nWell.\n\nHannah Reed (0:20):\nWhy?\n\nP07 (0:30):\nSo.",
        "Hannah Reed  0:04  \nHow?\n\nP07  0:10  \nWell.\n\nHannah Reed  0:20\nWhy?\n\nP07  0:30\nBecause.",
        "[Hannah Reed] 1:04\nHow?\n\n[P07] 1:10\nWell.\n\n[Hannah Reed] 1:00:20\nWhy?\n\n[P07] 1:00:30\nSo.",
        "[0:04] Hannah Reed: How?\n[0:10] P07: Well.\n[0:20] Hannah Reed: Why?\n[0:30] P07: Because.",
        "Hannah Reed [0:04] How?\n\nP07 [0:10] Well.\n\nHannah Reed [0:20] Why?\n\nP07 [0:30] Because.",
        "[0:04] - Hannah Reed\nHow?\n\n[0:10] - P07\nOh.\n\n[0:20] - Hannah Reed\nWhy?\n\n[0:30] - P07\nSo.",
    ],
)
def test_one_interview_in_many_shapes(text: str) -> None:
    assert labels(text) == TWO


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Q. How?\nA. Well.\nQ. Why?\nA. So. Q. is a letter.", ("Q", "A")),
        ("I\tHow?\nP\tWell.\nI\tWhy?\nP\tSo.", ("I", "P")),
        ("INT - How?\nP1 - Well - so.\nINT - Why?\nP1 - So.", ("INT", "P1")),
        (
            "INTERVIEWER\nHow?\n\nSPEAKER 2\nWell.\n\nINTERVIEWER\nWhy?\n\nSPEAKER 2\nSo.",
            ("INTERVIEWER", "SPEAKER 2"),
        ),
        ("Éloïse: Ça va ?\nMarc-André: Oui.\nÉloïse: Bien ?\nMarc-André: Oui.", ("Éloïse", "Marc-André")),
        ("المقابل: كيف؟\nالمشارك: جيد.\nالمقابل: لماذا؟\nالمشارك: نعم.", ("المقابل", "المشارك")),
        ("R: How?\nP: Well.\nR: Why?\nP: So.", ("R", "P")),
        ("I: How?\nR: Well.\nI: Why?\nR: So.", ("I", "R")),
    ],
)
def test_abbreviations_and_other_languages(text: str, expected: tuple[str, str]) -> None:
    assert roles(text) == dict(zip(expected, ("interviewer", "participant"), strict=True))


def test_a_group_discussion() -> None:
    text = "Mod: All?\n\nF1: One.\n\nM2: Two.\n\nF1: Three.\n\nMod: And?\n\nSarah: Four"
    assert roles(text) == {
        "Mod": "interviewer",
        "F1": "participant",
        "M2": "participant",
        "Sarah": "participant",
    }


def test_square_brackets_hold_labels_only_if_they_look_like_codes() -> None:
    assert labels("[id1] one\n\n[id2] two three\n\n[id1] four\n\n[laughs] five\n\n[laughs] six") == [
        ("id1", 2, "participant"),
        ("id2", 1, "interviewer"),
    ]


def test_a_speaker_who_speaks_once_is_found() -> None:
    text = "INT: How?\n\nRESP: Well.\n\nINT: Why?\n\nOBS: May I ask?\n\nRESP: So."
    assert labels(text) == [("INT", 2, "interviewer"), ("RESP", 2, "participant"), ("OBS", 1, "other")]


def test_a_short_exchange_is_believed_only_if_every_paragraph_has_a_label() -> None:
    assert labels("I: How?\n\nP: Well.") == [("I", 1, "interviewer"), ("P", 1, "participant")]
    assert labels("I: How?\n\nNobody knows.") == []


def test_header_lines_are_not_speakers() -> None:
    text = "Interview: 07\nInterviewer: Hannah Reed\nDate: 12 May\n\nI: How?\n\nP: Well.\n\nI: Why?\n\nP: So."
    assert labels(text) == [("I", 2, "interviewer"), ("P", 2, "participant")]
    assert turns(text)[0] == (None, None, "Interview: 07\nInterviewer: Hannah Reed\nDate: 12 May")


def test_repeated_phrases_and_notes_are_guessed_not_to_be_speakers() -> None:
    assert labels("So I said: no.\n\nSo I said: never.") == [("So I said", 2, "not_a_speaker")]
    assert labels("Note: one\n\nNote: two") == [("Note", 2, "not_a_speaker")]


def test_speech_that_ends_in_a_time_is_speech() -> None:
    assert labels("We left at 10:30\n\nThey left at 11:30\n\nWe left at 12:30") == []


def test_unlabelled_paragraphs_go_on_and_stage_directions_do_not() -> None:
    text = (
        "[START OF RECORDING]\n\nI: How?\n\nP: Well.\n\nAnd more.\n\nI: Why?\n\nP: So.\n\n[END OF RECORDING]"
    )
    draft: Draft = read("a.txt", text.encode())
    assert [(part.label, part.opens_turn, part.text) for part in draft.paragraphs] == [
        (None, True, "[START OF RECORDING]"),
        ("I", True, "How?"),
        ("P", True, "Well."),
        ("P", False, "And more."),
        ("I", True, "Why?"),
        ("P", True, "So."),
        (None, True, "[END OF RECORDING]"),
    ]


def test_times_of_turns() -> None:
    assert turns(
        "[0:04] I: How?\n\n[0:10] P: Well, [inaudible 00:12] yes.\n\n[1:00:20] I: Why?\n\nP: So."
    ) == [
        ("I", 4_000, "How?"),
        ("P", 10_000, "Well, [inaudible 00:12] yes."),
        ("I", 3_620_000, "Why?"),
        ("P", None, "So."),
    ]


def test_times_on_lines_of_their_own_belong_to_the_next_turn() -> None:
    assert turns("00:00:00\n\nI: How?\nP: Well.\n\n00:05:00\n\nI: Why?\nP: So.") == [
        ("I", 0, "How?"),
        ("P", None, "Well."),
        ("I", 300_000, "Why?"),
        ("P", None, "So."),
    ]


def test_times_at_the_end_of_turns_are_their_ends() -> None:
    assert turns(
        "I: How? #00:00:03-1#\n\nP: Well. #00:00:12-5#\n\nI: Why? #00:00:14-0#\n\nP: So. #00:00:20-0#"
    ) == [
        ("I", None, "How?"),
        ("P", 3_100, "Well."),
        ("I", 12_500, "Why?"),
        ("P", 14_000, "So."),
    ]


def test_an_example_is_more_than_a_back_channel() -> None:
    draft = read("a.txt", b"I: How was it?\n\nP: Mm.\n\nI: Why?\n\nP: Because it was late in the day.")
    assert [label.example for label in draft.labels] == ["How was it?", "Because it was late in the day."]
