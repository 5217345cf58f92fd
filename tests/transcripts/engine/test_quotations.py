"""Which words of a person may be quoted who wished to see them first."""

import pytest

from apps.transcripts.engine.quotations import Check, Quotable, Standing, places, quotable

TEXT = "I cried 🙂. I had not\nexpected that."
CRIED, EXPECTED = (0, 10), (11, 35)
AGREED, DECLINED, SHOWN = Standing.AGREED, Standing.DECLINED, Standing.SHOWN


@pytest.mark.parametrize(
    ("checks", "standing"),
    [
        ([], Standing.TO_CHECK),
        ([Check(*CRIED, SHOWN)], SHOWN),
        ([Check(*CRIED, SHOWN), Check(*CRIED, AGREED)], AGREED),
        ([Check(*CRIED, AGREED), Check(*CRIED, DECLINED)], DECLINED),
        ([Check(*CRIED, DECLINED), Check(0, 35, AGREED)], AGREED),
        ([Check(0, 35, AGREED), Check(2, 7, DECLINED)], DECLINED),
        ([Check(0, 7, AGREED)], Standing.TO_CHECK),
        # Two pieces that touch but for a space.
        ([Check(0, 7, AGREED), Check(8, 10, AGREED)], AGREED),
        ([Check(0, 35, Standing.REWORDED, "I wept.")], Standing.TO_CHECK),
    ],
)
def test_the_last_word_of_the_person_counts(checks: list[Check], standing: Standing) -> None:
    found = quotable(TEXT[:10], 0, checks)
    assert found == Quotable(standing, TEXT[:10] if standing is AGREED else "")


def test_other_wording_holds_for_exactly_its_passage() -> None:
    checks = [Check(*CRIED, AGREED), Check(*EXPECTED, Standing.REWORDED, "It came unexpected.")]
    assert quotable(TEXT[11:35], 11, checks) == Quotable(Standing.REWORDED, "It came unexpected.")
    assert quotable(TEXT, 0, checks) == Quotable(Standing.TO_CHECK)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("I had not expected that.", [(11, 35)]),
        ("  cried   🙂.\n", [(2, 10)]),
        ("I", [(0, 1), (11, 12)]),
        ("i cried", []),
        (".*", []),
        (" \n", []),
    ],
)
def test_words_are_found_whatever_parts_them(words: str, found: list[tuple[int, int]]) -> None:
    assert places(TEXT, words) == found
