import pytest

from apps.transcripts.engine.search import Piece, Term, between, pieces, snippet, terms


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("night shift", [Term("night"), Term("shift")]),
        ('"called in sick" manag*', [Term("called in sick"), Term("manag", is_beginning=True)]),
        ("“called in sick”", [Term("called in sick")]),
        ('"open to the end', [Term("open to the end")]),
        ('  "" * ! & ', []),
        ("it's", [Term("it's")]),
    ],
)
def test_terms(asked: str, expected: list[Term]) -> None:
    assert terms(asked) == expected


def test_pieces_are_the_whole_text() -> None:
    found = pieces("I \ue000called\ue001 in \ue000sick\ue001.")
    assert found == [Piece("I "), Piece("called", True), Piece(" in "), Piece("sick", True), Piece(".")]


def test_a_snippet_stands_around_the_first_hit_and_is_cut_between_words() -> None:
    words = "word " * 100
    found = snippet([Piece(words), Piece("sick", True), Piece(f" {words}")], around=20)
    assert [piece.words for piece in found] == [
        "… word word word ",
        "sick",
        " word word word word word word word …",
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (2, 4, [Piece("ab"), Piece("cd", True), Piece("ef")]),
        (-5, 3, [Piece("abc", True), Piece("def")]),
        (4, 99, [Piece("abcd"), Piece("ef", True)]),
    ],
)
def test_a_passage_that_reaches_beyond_the_turn(start: int, end: int, expected: list[Piece]) -> None:
    assert between("abcdef", start, end) == expected
