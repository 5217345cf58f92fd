"""Codings as they lie on what participants said: interviewer speech and white space make no difference."""

from apps.agreement.engine import Code, Kind, Tolerance, Transcript, Turn, find

from .make import Marked, at, dialogue, study

EXACT = Tolerance("characters", 0)


class TestInterviewerSpeech:
    TEXT = "P: one two three.\nI: And then what happened next?\nP: four five six."
    FIRST, SECOND = at(TEXT, "one two three."), at(TEXT, "four five six.")

    def found(self, marked: list[Marked]) -> list[tuple[Kind, tuple[tuple[int, int], ...], int | None]]:
        given = study(marked, transcript=dialogue(self.TEXT))
        return [(one.kind, one.differs, one.answer) for one in find(given, tolerance=EXACT)]

    def test_alone_it_makes_no_difference(self) -> None:
        assert self.found([("ann", "a", 21, 40)]) == []

    def test_where_nobody_else_speaks_there_is_no_difference(self) -> None:
        assert find(study([("ann", "a", 3, 14)], transcript=dialogue("I: How are you?"))) == ()

    def test_at_the_edge_it_makes_no_difference(self) -> None:
        assert self.found([("ann", "a", 3, 40), ("bob", "a", 3, 17)]) == []

    def test_one_span_across_it_equals_two_beside_it(self) -> None:
        assert self.found([("ann", "a", 3, 67), ("bob", "a", *self.FIRST), ("bob", "a", *self.SECOND)]) == []

    def test_two_answers_do_not_hide_that_one_was_missed(self) -> None:
        marked: list[Marked] = [
            ("ann", "a", *self.FIRST),
            ("ann", "a", *self.SECOND),
            ("bob", "a", *self.SECOND),
        ]
        assert self.found(marked) == [("missed", (self.FIRST,), 0)]

    def test_two_answers_stay_two_where_the_other_coder_stopped_as_well(self) -> None:
        marked: list[Marked] = [
            ("ann", "a", *self.FIRST),
            ("ann", "a", *self.SECOND),
            ("bob", "a", *self.FIRST),
        ]
        assert self.found(marked) == [("missed", (self.SECOND,), 1)]

    def test_chains_of_spans_across_it(self) -> None:
        text = "P: one.\nI: And then what happened next?\nP: two.\nI: And then what happened next?\nP: three."
        ends = [at(text, "one."), at(text, "two."), at(text, "three.")]
        across: list[Marked] = [
            ("ann", "a", ends[0][0], ends[1][1]),
            ("ann", "a", *ends[2]),
            ("bob", "a", *ends[0]),
            ("bob", "a", ends[1][0], ends[2][1]),
        ]
        assert find(study(across, transcript=dialogue(text)), tolerance=EXACT) == ()

    def test_a_difference_on_both_sides_is_told_turn_by_turn(self) -> None:
        both_sides = at(self.TEXT, "two three."), at(self.TEXT, "four")
        assert self.found([("ann", "a", both_sides[0][0], both_sides[1][1])]) == [("missed", both_sides, 0)]

    def test_the_answer_is_where_the_difference_begins(self) -> None:
        assert self.found([("ann", "a", *self.FIRST), ("bob", "a", 3, 67)]) == [
            ("boundary", (self.SECOND,), 1)
        ]


def test_a_turn_without_a_word_is_no_part_of_a_difference() -> None:
    text = "P: I liked it.\nI: Hm.\nP: ...\nI: And?\nP: very much."
    given = study([("ann", "a", 0, len(text))], transcript=dialogue(text))
    (one,) = find(given, tolerance=EXACT)
    assert [text[start:end] for start, end in one.differs] == ["I liked it.", "very much."]


def test_an_emoji_says_something() -> None:
    text = dialogue("P: 😀😀\nI: So you were glad about it all?\nP: Yes.")
    (one,) = find(study([("ann", "a", 3, 5)], transcript=text), tolerance=EXACT)
    assert (one.kind, one.differs) == ("missed", ((3, 5),))


def test_white_space_makes_no_difference() -> None:
    text = dialogue("P: one two. Three four.")
    given = study([("ann", "a", 3, 11), ("ann", "a", 12, 23), ("bob", "a", 2, 23)], transcript=text)
    assert find(given, tolerance=EXACT) == ()


def test_differing_words_are_given_without_the_space_around_them() -> None:
    text = dialogue("P: one two. Three four.")
    (one,) = find(study([("ann", "a", 3, 11), ("bob", "a", 3, 23)], transcript=text), tolerance=EXACT)
    assert one.differs == ((12, 23),)


class TestTwoCodesOnOnePassage:
    """What differs is all that either coded, from its first word to its last."""

    TEXT = "P: one two three four.\nI: Go on.\nP: five six."

    def differs(self, first: str, second: str) -> list[str]:
        ends = at(self.TEXT, first), at(self.TEXT, second)
        given = study([("ann", "a", *ends[0]), ("bob", "b", *ends[1])], transcript=dialogue(self.TEXT))
        (one,) = find(given)
        return [self.TEXT[start:end] for start, end in one.differs]

    def test_within_a_turn(self) -> None:
        assert self.differs("one two", "two three four.") == ["one two three four."]
        assert self.differs("two three four.", "one two") == ["one two three four."]
        assert self.differs("one two three four.", "two") == ["one two three four."]
        assert self.differs("two", "one two three four.") == ["one two three four."]

    def test_over_two_turns(self) -> None:
        assert self.differs("four.\nI: Go on.\nP: five six.", "six.") == ["four.", "five six."]
        assert self.differs("six.", "four.\nI: Go on.\nP: five six.") == ["four.", "five six."]


class TestTurnsWithoutAnythingBetween:
    TEXT = "one two. three four."
    TURNS = (Turn(0, 9, "participant"), Turn(9, 20, "participant"))

    def differs(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        text = Transcript.from_text("t", self.TEXT, turns=self.TURNS, sentences=[])
        (one,) = find(study([("ann", "a", start, end)], transcript=text), tolerance=EXACT)
        return one.differs

    def test_the_turn_before_has_no_part_in_it(self) -> None:
        assert self.differs(9, 14) == ((9, 14),)

    def test_the_space_that_ends_a_turn_is_left_out(self) -> None:
        assert self.differs(4, 14) == ((4, 8), (9, 14))


def test_another_persons_speech_counts_only_if_asked() -> None:
    transcript = Transcript.of("t", 20, turns=[Turn(0, 10, "participant"), Turn(10, 20, "other")])
    assert find(study([("ann", "a", 10, 20)], transcript=transcript)) == ()


def test_touching_codings_of_two_codes_stay_two_whatever_their_influence() -> None:
    codes = [Code("a"), Code("b")]
    found = find(
        study(
            [("ann", "a", 0, 10, "unclear"), ("ann", "b", 10, 20, "helps"), ("bob", "a", 0, 10, "unclear")],
            codes=codes,
        )
    )
    assert [(each.kind, each.first_codes, each.second_codes) for each in found] == [("missed", ("b",), ())]
