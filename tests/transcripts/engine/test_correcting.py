"""Correcting a text: nothing outside a change moves off its words, and nothing is lost but what is gone."""

from hypothesis import given
from hypothesis import strategies as st

from apps.transcripts.engine.correcting import Change, correct, differences, moved, place, tidied, touches

TEXT = "My manger sent it.\n\nMm.\n\nAnna said 🙂 to me."
TURNS = [(0, 18), (20, 23), (25, 44)]
SENTENCES = [(0, 18), (20, 23), (25, 44)]


def words_after(new: str, changes: list[Change], old: str, words: str) -> str | None:
    """What a coding of these words of the old text is a coding of now."""
    start = old.index(words)
    span = moved(changes, start, start + len(words))
    return None if span is None else new[span[0] : span[1]]


def test_a_whole_text_is_corrected_and_the_turns_that_stay_move_along() -> None:
    done = correct(TEXT, TURNS, SENTENCES, {0: "My manager sent it. So."})
    assert done.text == "My manager sent it. So.\n\nMm.\n\nAnna said 🙂 to me."
    assert [done.text[start:end] for start, end in done.turns] == [
        "My manager sent it. So.",
        "Mm.",
        "Anna said 🙂 to me.",
    ]
    assert [done.text[start:end] for start, end in done.sentences] == [
        "My manager sent it.",
        "So.",
        "Mm.",
        "Anna said 🙂 to me.",
    ]
    assert words_after(done.text, list(done.changes), TEXT, "manger") == "manager"
    assert words_after(done.text, list(done.changes), TEXT, "said 🙂 to") == "said 🙂 to"


def test_a_coding_of_a_word_is_a_coding_of_the_word_that_took_its_place() -> None:
    old, new = "She wen there, Anna did.", "She went there, my sister did."
    changes = differences(old, new)
    assert words_after(new, changes, old, "wen") == "went"
    assert words_after(new, changes, old, "wen there") == "went there"
    assert words_after(new, changes, old, "there") == "there"
    assert words_after(new, changes, old, "Anna") == "my sister"


def test_what_is_put_in_between_belongs_to_neither_neighbour() -> None:
    old, new = "They rang back.", "They never rang back."
    changes = differences(old, new)
    assert words_after(new, changes, old, "They") == "They"
    assert words_after(new, changes, old, "rang") == "rang"
    assert words_after(new, changes, old, "They rang") == "They never rang"


def test_words_that_are_gone_are_said_to_be_gone() -> None:
    old, new = "It was very, very slow", "It was slow"
    changes = differences(old, new)
    assert words_after(new, changes, old, "very, very") is None
    assert words_after(new, changes, old, "was very") == "was "
    assert words_after(new, changes, old, "slow") == "slow"


def test_a_border_within_a_changed_word_keeps_to_the_letters_that_stay() -> None:
    old, new = "彼女は東京に行った", "彼女は大阪に行った"
    changes = differences(old, new)
    assert words_after(new, changes, old, "行った") == "行った"
    assert words_after(new, changes, old, "彼女") == "彼女"
    assert words_after(new, changes, old, "東京") == "大阪"


def test_a_coding_whose_words_stay_is_not_touched() -> None:
    changes = differences("one two three", "one 2 three")
    assert [touches(changes, *span) for span in [(0, 3), (0, 5), (4, 7), (8, 13)]] == [
        False,
        True,
        True,
        False,
    ]


def test_line_ends_and_blank_lines_are_made_as_at_the_import() -> None:
    assert tidied(" one\r\n\r\n two \rthree\n") == "one\n two\nthree"


words = st.lists(st.sampled_from(["a", "bb", "ccc", "🙂", "e\u0301", "né", "אב", "x-y,"]), max_size=12)
texts = st.builds(lambda parts, gap: gap.join(parts), words, st.sampled_from([" ", "\n", "  ", "\u00a0"]))


@given(texts, texts)
def test_the_changes_and_what_lies_between_them_make_the_new_text(old: str, new: str) -> None:
    changes, at, made = differences(old, new), 0, ""
    for each in changes:
        made += old[at : each.start] + new[each.new_start : each.new_end]
        at = each.end
    assert made + old[at:] == new


@given(texts, texts, st.data())
def test_words_outside_of_the_changes_stay_the_same_words(old: str, new: str, data: st.DataObject) -> None:
    changes = differences(old, new)
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    if start == end:
        return
    span = moved(changes, start, end)
    if not touches(changes, start, end):
        assert span is not None
        assert new[span[0] : span[1]] == old[start:end]
    if span is None:
        assert all(any(each.start <= at < each.end for each in changes) for at in range(start, end))


@given(texts, texts)
def test_order_is_kept_so_that_what_did_not_overlap_does_not_overlap_now(old: str, new: str) -> None:
    changes = differences(old, new)
    ends = [place(changes, at, is_end=True) for at in range(len(old) + 1)]
    starts = [place(changes, at, is_end=False) for at in range(len(old) + 1)]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(end <= start for end, start in zip(ends, starts, strict=True))
    assert all(0 <= at <= len(new) for at in (*starts, *ends))
