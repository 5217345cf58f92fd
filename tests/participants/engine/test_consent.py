import pytest

from apps.participants.engine.consent import Given, Verdict, standing, verdict


@pytest.mark.parametrize(
    ("answer", "scope", "expected"),
    [
        ("yes", "quotation", Verdict.ALLOW),
        ("no", "archive", Verdict.BLOCK),
        ("withdrawn", "interview", Verdict.BLOCK),
        ("not_recorded", "interview", Verdict.WARN),
        ("not_recorded", "archive", Verdict.WARN),
        ("not_recorded", "quotation", Verdict.BLOCK),
        ("not_recorded", "quotation_after_check", Verdict.BLOCK),
        ("not_recorded", "sharing", Verdict.BLOCK),
    ],
)
def test_what_an_answer_permits(answer: str, scope: str, expected: Verdict) -> None:
    assert verdict(answer, scope) is expected


def test_the_latest_form_that_asked_counts() -> None:
    older, newer = Given("quotation", "yes", order=1), Given("quotation", "no", order=2)
    other = Given("archive", "yes", order=1)
    assert standing([newer, older, other]) == {"quotation": newer, "archive": other}


def test_an_answer_counts_before_none_and_the_strictest_of_one_form() -> None:
    said, unsaid = Given("sharing", "no", order=1), Given("sharing", "not_recorded", order=2)
    assert standing([said, unsaid]) == {"sharing": said}
    yes, no = Given("sharing", "yes", order=1), Given("sharing", "no", order=1)
    assert standing([no, yes]) == {"sharing": no}
    assert standing([]) == {}
