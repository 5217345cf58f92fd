"""Where sentences end in speech as typists write it."""

import re

_MARK = r"[.!?…؟।۔。！？]"
_END = re.compile(
    rf"(?<!{_MARK})(?P<mark>{_MARK}++)(?P<closers>[\"'”’»)\]』」）]*+)(?=\s|$|(?<=[。！？])|(?<=[。！？][”』」）]))"
)
_BREAK = re.compile(r"\n\s*")
_WORD_BEFORE_CHARACTERS = 40
_NEXT = re.compile(r"\s*(\S.{0,40})?", re.DOTALL)
_NEVER_LAST = {
    "dr", "mr", "mrs", "ms", "mx", "prof", "st", "sgt", "insp", "supt", "rev", "hon", "lt", "capt", "col",
    "gen", "e.g", "i.e", "eg", "ie", "cf", "vs", "approx", "messrs", "mt",
}  # fmt: skip
_NOT_BEFORE_DIGITS = {"no", "nos", "p", "pp", "vol", "fig", "ch", "para", "ext", "tel", "art", "sec"}
_SHORT_LINE = 40


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open ranges of the sentences of one turn; only white space lies outside them."""
    ends = sorted({*_marked_ends(text), *_line_ends(text), len(text)})
    spans = []
    start = 0
    for end in ends:
        stripped = text[start:end].strip()
        if stripped:
            first = start + len(text[start:end]) - len(text[start:end].lstrip())
            spans.append((first, first + len(stripped)))
        start = end
    return spans


def _marked_ends(text: str) -> list[int]:
    return [match.end() for match in _END.finditer(text) if _ends_sentence(text, match)]


def _ends_sentence(text: str, match: "re.Match[str]") -> bool:
    mark, closers = match["mark"], match["closers"]
    before = text[max(match.start() - _WORD_BEFORE_CHARACTERS, 0) : match.start()].split(" ")[-1].strip()
    after = _following(text, match.end())
    if not after or mark[0] in "。！？":
        return True
    goes_on_small = after[0].islower()
    if mark == ".":
        return not goes_on_small if closers else _full_stop_ends(before, after)
    if set(mark) & set("!?؟।۔"):
        return not (closers and goes_on_small)
    return not goes_on_small and not _repeats(before, after)


def _following(text: str, position: int) -> str:
    """The beginning of what comes after the white space at a position."""
    match = _NEXT.match(text, position)
    return (match[1] or "") if match else ""


def _full_stop_ends(before: str, after: str) -> bool:
    word = before.lstrip("\"'“‘([").casefold()
    if word in _NEVER_LAST or after[0].islower():
        return False
    if word in _NOT_BEFORE_DIGITS and after[0].isdigit():
        return False
    is_initial = len(word) == 1 and word.isalpha() and word != "i" and before[-1].isupper()
    return not is_initial


def _repeats(before: str, after: str) -> bool:
    """A halting "I… I" goes on; it does not end."""
    word = before.casefold().strip("\"'“‘([")
    return bool(word) and re.match(rf"\W*{re.escape(word)}\b", after.casefold()) is not None


def _line_ends(text: str) -> list[int]:
    """Line breaks that end a sentence without a mark: not where a typist's line merely wraps."""
    ends = []
    for match in _BREAK.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        after = text[match.end() : match.end() + 1]
        wraps = len(line) >= _SHORT_LINE and (line[-1].isalnum() or line[-1] == ",")
        if after and not after.islower() and not wraps:
            ends.append(match.start())
    return ends
