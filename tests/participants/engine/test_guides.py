from hypothesis import given
from hypothesis import strategies as st

from apps.participants.engine.guides import Line, read, write


def test_a_question_names_what_it_asks_about_at_its_end() -> None:
    assert read("How did you hear of it? [c1, c2]\n\n  And then? \nWhat [if any] helped?") == [
        Line("How did you hear of it?", ("c1", "c2")),
        Line("And then?"),
        Line("What [if any] helped?"),
    ]


PLAIN = st.characters(codec="utf-8", exclude_characters="[]", exclude_categories=("Cc", "Zl", "Zp", "Zs"))
WORDS = st.text(PLAIN, min_size=1)
LABELS = st.lists(WORDS.filter(lambda label: "," not in label), max_size=3)


@given(st.lists(st.tuples(WORDS, LABELS)))
def test_what_is_written_is_read_again(lines: list[tuple[str, list[str]]]) -> None:
    typed = [Line(text, tuple(labels)) for text, labels in lines]
    assert read(write(typed)) == typed
