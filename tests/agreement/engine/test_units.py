"""How speech is cut into answers, sentences and turns."""

import pytest

from apps.agreement.engine import InputError, Transcript, Turn, UnitRules, answers
from apps.agreement.engine.units import Level, Line, missing, pieces, speech

from .make import dialogue

RULES = UnitRules()


def texts(text: str, level: Level, rules: UnitRules = RULES) -> list[str]:
    """What each unit of a level says; "|" parts the stretches of one unit."""
    found = pieces(Line.of([dialogue(text)]), level, rules)
    units: list[list[str]] = [[] for _ in range(found.units)]
    for start, end, unit in zip(found.starts, found.ends, found.unit, strict=True):
        units[unit].append(text[start:end])
    return ["|".join(parts) for parts in units]


def words(number: int) -> str:
    """A sentence of so many words."""
    return " ".join(["word"] * number) + "."


def test_a_question_of_five_words_ends_an_answer() -> None:
    text = "I: How did you come here?\nP: By bus.\nI: And what did you do?\nP: I waited."
    assert texts(text, "answer") == ["By bus.", "I waited."]


def test_four_words_do_not_end_an_answer() -> None:
    text = "I: How did you come here?\nP: By bus.\nI: Mm, by bus, right?\nP: Yes."
    assert texts(text, "answer") == ["By bus.|Yes."]


def test_another_number_of_words_may_be_chosen() -> None:
    text = "P: By bus.\nI: Mm, by bus, right?\nP: Yes."
    assert texts(text, "answer", UnitRules(backchannel_words=3)) == ["By bus.", "Yes."]


def test_a_dash_is_no_word() -> None:
    text = "P: By bus.\nI: Oh – and – then – what?\nP: Yes."
    assert texts(text, "answer") == ["By bus.|Yes."]


def test_speech_before_the_first_question_is_an_answer() -> None:
    text = "P: Shall I start?\nI: Yes please do tell me.\nP: Well."
    assert texts(text, "answer") == ["Shall I start?", "Well."]


def test_two_participants_in_a_row_give_one_answer_and_two_turns() -> None:
    text = "I: What did you both think?\nP: Good.\nP: Bad."
    assert texts(text, "answer") == ["Good.|Bad."]
    assert texts(text, "turn") == ["Good.", "Bad."]


def test_another_person_neither_counts_nor_ends_an_answer() -> None:
    text = "P: Good.\nO: I would say so as well, to be honest.\nP: Yes."
    assert texts(text, "answer") == ["Good.|Yes."]
    assert texts(text, "answer", UnitRules(roles=("participant", "other"))) == [
        "Good.|I would say so as well, to be honest.|Yes."
    ]


def test_a_long_answer_is_cut_at_the_first_sentence_end_once_120_words_are_said() -> None:
    text = f"P: {words(60)} {words(59)} {words(10)} {words(5)}"
    assert [len(unit.split()) for unit in texts(text, "answer")] == [129, 5]


def test_exactly_120_words_are_enough() -> None:
    text = f"P: {words(60)} {words(60)} {words(5)}"
    assert [len(unit.split()) for unit in texts(text, "answer")] == [120, 5]


def test_the_count_begins_again_after_a_cut() -> None:
    text = f"P: {words(130)} {words(100)} {words(30)} {words(7)}"
    assert [len(unit.split()) for unit in texts(text, "answer")] == [130, 130, 7]


def test_the_count_begins_again_after_a_question() -> None:
    text = f"P: {words(100)}\nI: And what happened after that day?\nP: {words(100)} {words(30)} {words(7)}"
    assert [len(unit.split()) for unit in texts(text, "answer")] == [100, 130, 7]


def test_words_of_a_backchannel_are_not_counted() -> None:
    text = f"P: {words(118)}\nI: Mm mm.\nP: {words(1)} {words(9)}"
    assert [len(unit.replace("|", " ").split()) for unit in texts(text, "answer")] == [128]


def test_an_answer_that_ends_where_it_would_be_cut_leaves_nothing_behind() -> None:
    text = f"P: {words(125)}\nI: And what happened after that day?\nP: {words(3)}"
    assert [len(unit.split()) for unit in texts(text, "answer")] == [125, 3]


def test_sentences_hold_no_interviewer_speech() -> None:
    text = "I: So tell me. Please.\nP: I came. I saw.\nI: Mm.\nP: I left."
    assert texts(text, "sentence") == ["I came.", "I saw.", "I left."]


def test_a_sentence_over_two_turns_is_one_unit() -> None:
    transcript = Transcript.of(
        "t",
        30,
        turns=[Turn(0, 10, "participant"), Turn(10, 15, "interviewer"), Turn(15, 30, "participant")],
        sentences=[(0, 20), (20, 30)],
    )
    found = pieces(Line.of([transcript]), "sentence", RULES)
    assert found.extents() == [(0, 20), (20, 30)]
    assert (found.starts.tolist(), found.ends.tolist()) == ([0, 15, 20], [10, 20, 30])


def test_what_is_never_a_unit() -> None:
    transcript = Transcript.from_text(
        "t", "Yes. --- No.", turns=[Turn(0, 12, "participant")], sentences=[(0, 4), (5, 8), (9, 12)]
    )
    assert pieces(Line.of([transcript]), "sentence", RULES).extents() == [(0, 4), (9, 12)]


def test_extents_of_answers() -> None:
    text = (
        "I: How did you come here?\nP: By bus.\nI: Mm.\nP: Yes.\nI: And what did you do then?\nP: I waited."
    )
    extents = answers(dialogue(text))
    assert [text[start:end] for start, end in extents] == ["By bus.\nI: Mm.\nP: Yes.", "I waited."]


def test_a_text_without_turns_is_speech() -> None:
    starts, ends = speech(Line.of([Transcript.of("t", 50)]), ("participant",))
    assert (starts.tolist(), ends.tolist()) == ([0], [50])


@pytest.mark.parametrize(
    ("transcript", "level", "why"),
    [
        (Transcript.of("t", 9), "answer", "no_turns"),
        (Transcript.of("t", 9), "turn", "no_turns"),
        (Transcript.of("t", 9), "sentence", "no_sentences"),
        (Transcript.of("t", 9, turns=[Turn(0, 9, "participant")]), "answer", "no_sentences"),
        (Transcript.of("t", 9, turns=[Turn(0, 9, "participant")], sentences=[(0, 9)]), "answer", "no_words"),
        (Transcript.of("t", 9), "character", None),
        (Transcript.of("t", 0), "answer", None),
    ],
)
def test_what_a_level_needs(transcript: Transcript, level: Level, why: str | None) -> None:
    assert missing(transcript, level) == why


def test_emoji_count_as_one_code_point_each() -> None:
    text = "P: 👍🏽 Fine. 👩\u200d👩\u200d👧 Good."
    assert texts(text, "sentence") == ["👍🏽 Fine.", "👩\u200d👩\u200d👧 Good."]


def test_turns_must_be_in_order() -> None:
    with pytest.raises(InputError, match="'t', turn 1: starts at 3, before the one before it ends"):
        Transcript.of("t", 9, turns=[Turn(0, 5, "participant"), Turn(3, 9, "participant")])
