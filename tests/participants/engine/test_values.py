import pytest

from apps.core.refusal import Refused
from apps.participants.engine.values import normal, state_of


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Not collected", "not_collected"),
        ("n/c", "not_collected"),
        ("N/A", "not_collected"),
        (" prefer  not to say ", "prefer_not"),
        ("Declined", "prefer_not"),
        ("Unknown", "unknown"),
        ("Don’t know", "unknown"),
        ("?", "unknown"),
        ("Nurse", "given"),
        ("unknown to most", "given"),
        ("", "given"),
    ],
)
def test_words_for_not_knowing_are_told_apart(text: str, state: str) -> None:
    assert state_of(text) == state


@pytest.mark.parametrize(
    ("text", "kind", "stored"),
    [
        ("  Care   worker ", "text", "Care worker"),
        ("white british", "choice", "White British"),
        ("1,250", "number", "1250"),
        ("42.0", "number", "42.0"),
        ("3/6/2021", "date", "2021-06-03"),
        ("=1+1", "text", "=1+1"),
        ("<script>alert(1)</script> 🙂", "text", "<script>alert(1)</script> 🙂"),
    ],
)
def test_a_value_is_stored_in_one_form(text: str, kind: str, stored: str) -> None:
    assert normal(text, kind=kind, choices=["White British", "Black African"]) == stored


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("42 yrs", "number", "“42 yrs” is not a number."),
        ("31/02/2026", "date", "There is no such day as “31/02/2026”."),
        ("Martian", "choice", "“Martian” is not one of: White British, Black African."),
        ("x" * 301, "text", "This is longer than 300 characters."),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(text: str, kind: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        normal(text, kind=kind, choices=["White British", "Black African"])
    assert refused.value.sentence == sentence


def test_the_order_of_day_and_month_can_be_told() -> None:
    assert normal("3/6/2021", kind="date", day_first=False) == "2021-03-06"
