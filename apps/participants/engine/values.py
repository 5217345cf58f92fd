"""What people write in a characteristic: a value that fits its kind, or one of the ways of not knowing."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from apps.core.cells import to_date, to_number
from apps.core.refusal import Refused, gettext_noop

GIVEN: Final = "given"
NOT_COLLECTED: Final = "not_collected"
PREFER_NOT: Final = "prefer_not"
UNKNOWN: Final = "unknown"

LONGEST = 300
# Several choices of one person stand in one text, in the order of the list.
BETWEEN: Final = "; "
NO_CODES: Final[Mapping[str, str]] = MappingProxyType({})

_WORDS: Final = {
    NOT_COLLECTED: (
        "not collected",
        "n/c",
        "nc",
        "not asked",
        "not recorded",
        "n/a",
        "na",
        "not available",
        "missing",
    ),
    PREFER_NOT: (
        "prefer not to say",
        "prefer not to answer",
        "prefer not to disclose",
        "prefer not",
        "pnts",
        "pns",
        "declined",
        "declined to answer",
        "refused",
        "not disclosed",
    ),
    UNKNOWN: ("unknown", "not known", "unk", "n/k", "nk", "don't know", "dont know", "dk", "?", "unsure"),
}
_STATES: Final = {word: state for state, words in _WORDS.items() for word in words}


def state_of(text: str) -> str:
    """The state that a word such as "n/c" stands for; anything else is given."""
    folded = " ".join(text.replace("’", "'").casefold().split()).strip(".-()")
    return _STATES.get(folded, GIVEN)


def normal(
    text: str,
    *,
    kind: str,
    choices: Sequence[str] = (),
    codes: Mapping[str, str] = NO_CODES,
    day_first: bool = True,
) -> str:
    """The value in the one form in which it is stored. Raises Refused for one that does not fit its kind."""
    text = " ".join(text.split())
    if kind == "number":
        return f"{to_number(text):f}"
    if kind == "date":
        return to_date(text, day_first=day_first).isoformat()
    if kind == "choice":
        return _choice(text, choices, codes)
    if kind == "multiple":
        chosen = {_choice(part, choices, codes) for part in separate(text)}
        return _short_enough(together(choice for choice in choices if choice in chosen))
    return _short_enough(text)


def separate(text: str) -> list[str]:
    """The parts of a text that holds several choices."""
    return [part.strip() for part in text.split(BETWEEN.strip()) if part.strip()]


def together(choices: Iterable[str]) -> str:
    """Several choices in the one text in which they are stored."""
    return BETWEEN.join(choices)


def _short_enough(text: str) -> str:
    if len(text) > LONGEST:
        raise Refused("too_long", gettext_noop("This is longer than %(limit)s characters."), limit=LONGEST)
    return text


def _choice(text: str, choices: Sequence[str], codes: Mapping[str, str]) -> str:
    for choice in choices:
        if choice.casefold() == text.casefold():
            return choice
    if text in codes:
        return codes[text]
    raise Refused(
        "not_a_choice",
        gettext_noop("“%(text)s” is not one of: %(choices)s."),
        text=text,
        choices=", ".join(choices),
    )
