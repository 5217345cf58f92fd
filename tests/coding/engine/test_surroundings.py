from apps.coding.engine.surroundings import Utterance, surroundings

SPOKEN = (
    ("interviewer", "How did you first hear about it?"),
    ("participant", "From a friend 🙂. She rang me."),
    ("interviewer", "Mm."),
    ("participant", "And then I rang them."),
)
TEXT = "\n".join(words for _, words in SPOKEN)


def turns() -> list[Utterance]:
    found, at = [], 0
    for position, (role, words) in enumerate(SPOKEN):
        found.append(Utterance(position, at, at + len(words), role))
        at += len(words) + 1
    return found


def around(words: str, **limits: int):
    start = TEXT.index(words)
    return surroundings(TEXT, turns(), start, start + len(words), **limits)


def test_the_rest_of_the_turn_stands_before_and_after() -> None:
    found = around("She rang")
    assert (found.before, found.words, found.after) == ("From a friend 🙂. ", "She rang", " me.")
    assert (found.turn_number, found.role) == (2, "participant")


def test_the_question_is_the_last_one_of_more_than_a_few_words() -> None:
    assert around("I rang them").question == "How did you first hear about it?"
    assert around("How did").question == ""


def test_a_passage_over_several_turns_begins_in_one_and_ends_in_another() -> None:
    found = around("me.\nMm.\nAnd")
    assert (found.before, found.after) == ("From a friend 🙂. She rang ", " then I rang them.")


def test_long_surroundings_are_cut_between_words() -> None:
    found = around("She", most=10)
    assert (found.before, found.after) == ("… 🙂. ", " rang me.")
    assert around("From", most=12).after == " a friend …"
