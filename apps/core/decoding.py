"""Bytes to text: certain where the bytes say so, a reported guess in one case, refused in all others."""

import codecs
import re
from dataclasses import dataclass

from apps.core.refusal import Refused, Remark, gettext_noop

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is a prefix of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# Text of Western Europe has few accented letters; other alphabets read as cp1252 are nearly all "accents".
_MAX_SHARE_ABOVE_ASCII = 0.25
_MAX_SHARE_OF_CONTROLS = 0.005
_SNIPPET = re.compile(r"\S{0,20}[^\x00-\x7f]\S{0,20}")


@dataclass(frozen=True)
class Decoded:
    text: str
    encoding: str
    is_guess: bool
    controls_dropped: int = 0


def decode(name: str, data: bytes) -> Decoded:
    """Return text with LF line ends; cp1252 is the only guess, and says so."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _finish(name, _decode_marked(name, data[len(mark) :], encoding), encoding, is_guess=False)
    if b"\x00" in data:
        raise _not_text(name)
    try:
        return _finish(name, data.decode("utf-8"), "utf-8", is_guess=False)
    except UnicodeDecodeError:
        return _finish(name, _guess(name, data), "cp1252", is_guess=True)


def with_line_feeds(text: str) -> str:
    """Make every line end a single line feed; done once, at import."""
    return _LINE_ENDS.sub("\n", text)


def encoding_remarks(text: str, encoding: str, *, is_guess: bool) -> tuple[Remark, ...]:
    """Say that the encoding was guessed, and show the words that would be wrong if the guess is."""
    if not is_guess:
        return ()
    snippets = list(dict.fromkeys(_SNIPPET.findall(text)))[:5]
    template = gettext_noop(
        "The character encoding was guessed as %(encoding)s; check these words: %(words)s"
    )
    return (Remark("guessed_encoding", template, {"encoding": encoding, "words": " · ".join(snippets)}),)


def control_remarks(decoded: Decoded) -> tuple[Remark, ...]:
    """Say how many control characters were dropped: they show nowhere, and no office file may hold them."""
    if not decoded.controls_dropped:
        return ()
    template = gettext_noop("Control characters were left out: %(count)s.")
    return (Remark("controls", template, {"count": decoded.controls_dropped}),)


def _decode_marked(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(
            "damaged_text",
            gettext_noop(
                "%(name)s says that it is %(encoding)s text, but breaks its rules at byte %(byte)s."
            ),
            name=name,
            encoding=encoding.upper(),
            byte=error.start,
        ) from error


def _guess(name: str, data: bytes) -> str:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _unknown_encoding(name) from error
    if len(_CONTROLS.findall(text)) > _MAX_SHARE_OF_CONTROLS * len(text):
        raise _not_text(name)
    letters = [character for character in text if character.isalpha()]
    if sum(character > "\x7f" for character in letters) > _MAX_SHARE_ABOVE_ASCII * len(letters):
        raise _unknown_encoding(name)
    return text


def _finish(name: str, text: str, encoding: str, *, is_guess: bool) -> Decoded:
    text = with_line_feeds(text)
    controls = len(_CONTROLS.findall(text))
    if "\x00" in text or controls > max(_MAX_SHARE_OF_CONTROLS * len(text), 2):
        raise _not_text(name)
    return Decoded(_CONTROLS.sub("", text), encoding, is_guess, controls_dropped=controls)


def _not_text(name: str) -> Refused:
    return Refused("binary", gettext_noop("%(name)s is not a text file: it holds binary data."), name=name)


def _unknown_encoding(name: str) -> Refused:
    return Refused(
        "unknown_encoding",
        gettext_noop("%(name)s is in a character encoding that cannot be recognised; save it as UTF-8."),
        name=name,
    )
