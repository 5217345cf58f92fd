"""Bytes to text without silent guesses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.decoding import decode
from apps.core.refusal import Refused


@pytest.mark.parametrize(
    ("data", "encoding", "is_guess"),
    [
        ("naïve 😀".encode(), "utf-8", False),
        ("naïve 😀".encode("utf-8-sig"), "utf-8", False),
        ("\ufeffnaïve 😀".encode("utf-16-le"), "utf-16-le", False),
        ("\ufeffnaïve 😀".encode("utf-16-be"), "utf-16-be", False),
        ("\ufeffnaïve 😀".encode("utf-32-le"), "utf-32-le", False),
    ],
)
def test_marks_and_utf8_are_certain(data: bytes, encoding: str, is_guess: bool) -> None:
    decoded = decode("a.txt", data)
    assert (decoded.text, decoded.encoding, decoded.is_guess) == ("naïve 😀", encoding, is_guess)


def test_cp1252_is_a_guess_that_is_reported() -> None:
    decoded = decode("a.txt", "“naïve” – café…".encode("cp1252"))
    assert (decoded.text, decoded.encoding, decoded.is_guess) == ("“naïve” – café…", "cp1252", True)


def test_every_line_end_becomes_a_line_feed() -> None:
    text = "a\r\nb\rc\nd\x0be\x0cf\x85g\u2028h\u2029i"
    assert decode("a.txt", text.encode()).text == "a\nb\nc\nd\ne\nf\ng\nh\ni"


def test_a_stray_control_character_is_dropped_and_counted() -> None:
    decoded = decode("a.txt", b"one\x07 two\x1a")
    assert (decoded.text, decoded.controls_dropped) == ("one two", 2)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a\x00b", "binary"),
        (b"\x01\x02\x03\x04 abc", "binary"),
        (b"\xef\xbb\xbfabc\xff", "damaged_text"),
        (b"\xff\xfea", "damaged_text"),
        ("Привет, как дела".encode("cp1251"), "unknown_encoding"),
        ("これは日本語です".encode("shift_jis"), "unknown_encoding"),
        ("我们今天谈谈".encode("gb18030"), "unknown_encoding"),
    ],
)
def test_what_cannot_be_known_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        decode("a.txt", data)
    assert caught.value.code == code


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff"))
)
def test_text_comes_back_as_it_was(text: str) -> None:
    assert decode("a.txt", text.encode()).text == text
    assert decode("a.txt", ("\ufeff" + text).encode("utf-16-le")).text == text
