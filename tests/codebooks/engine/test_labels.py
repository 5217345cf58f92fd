import pytest

from apps.codebooks.engine.labels import next_hue, next_label


@pytest.mark.parametrize(
    ("parent", "taken", "label"),
    [
        ("", (), "a"),
        ("", ("a", "c"), "b"),
        ("a", (), "a1"),
        ("a", ("a1", "a2"), "a3"),
        ("a1", ("a1a",), "a1b"),
        ("x1", (), "x1a"),
        ("aa", (), "aa1"),
        ("a1a1a1a1", (), ""),
    ],
)
def test_a_label_is_the_first_free_one_under_its_parent(
    parent: str, taken: tuple[str, ...], label: str
) -> None:
    assert next_label(parent, taken) == label


def test_constructs_skip_x_and_go_on_after_z() -> None:
    taken: list[str] = []
    for _ in range(27):
        taken.append(next_label("", taken))
    assert taken[22:] == ["w", "y", "z", "aa", "ab"]


def test_codes_outside_the_framework_are_numbered_with_x() -> None:
    assert next_label("", ("a", "x1"), is_outside=True) == "x2"


@pytest.mark.parametrize(("used", "hue"), [([], 1), ([1, 3], 2), (list(range(1, 9)), 1), ([1, 0, 0], 2)])
def test_a_construct_gets_the_hue_that_is_used_least(used: list[int], hue: int) -> None:
    assert next_hue(used) == hue
