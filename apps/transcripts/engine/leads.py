"""What may stand before speech: `Name:`, `Name (t):`, a line `Name  0:04`, `Q.`, `[id1]`, `I:`."""

import re
from dataclasses import dataclass

from apps.transcripts.engine.drafts import Role
from apps.transcripts.engine.times import BRACKETED_TIME, TIME, milliseconds


@dataclass(frozen=True)
class Lead:
    """A possible label: the first `length` characters of a line are not speech if it is one."""

    label: str
    length: int
    form: str
    start_ms: int | None = None


ROLE_WORDS: dict[str, Role] = {
    "interviewer": "interviewer",
    "interviewers": "interviewer",
    "int": "interviewer",
    "inter": "interviewer",
    "iv": "interviewer",
    "ivr": "interviewer",
    "i": "interviewer",
    "q": "interviewer",
    "question": "interviewer",
    "researcher": "interviewer",
    "moderator": "interviewer",
    "mod": "interviewer",
    "m": "interviewer",
    "facilitator": "interviewer",
    "fac": "interviewer",
    "host": "interviewer",
    "interviewee": "participant",
    "ie": "participant",
    "participant": "participant",
    "part": "participant",
    "p": "participant",
    "pt": "participant",
    "ptp": "participant",
    "respondent": "participant",
    "resp": "participant",
    "r": "participant",
    "a": "participant",
    "answer": "participant",
    "client": "participant",
    "informant": "participant",
    "subject": "participant",
    "narrator": "participant",
    "observer": "other",
    "obs": "other",
    "note-taker": "other",
    "notetaker": "other",
    "interpreter": "other",
    "translator": "other",
    "transcriber": "other",
    "unknown": "other",
    "unknown speaker": "other",
    "unidentified": "other",
    "other": "other",
}
_NOT_SPEAKERS = {
    "time", "date", "note", "notes", "nb", "ps", "re", "topic", "location", "place", "duration", "length",
    "transcript", "file", "filename", "title", "example", "interview id", "participant id", "interview date",
    "id", "version", "warning", "background", "summary", "comment", "comments", "subject line", "page",
    "site", "laughs", "laughter", "pause", "inaudible", "crosstalk", "sighs", "crying", "silence", "unclear",
    "overlap",
}  # fmt: skip

_NAME = r"(?P<label>[^\W_][^:：\n?!;\"“”<>\[\]|]{0,59}?)"
# On a line of its own only a word that nobody would give as an answer.
_ALONE = (
    r"(?:interviewer|interviewee|participant|respondent|moderator|facilitator|researcher|speaker)"
    r"(?: ?\d{1,3})?"
)
_BOLD = r"(?:\*\*|__)?"
_MARKS = r"[\s>*]*(?:\d{1,4}[.)]\s+)?"
_DASH = r"\s*[-–—]?\s*"
_FORMS = (
    ("timed", re.compile(rf"{_MARKS}(?P<time>{TIME}){_DASH}{_BOLD}{_NAME}{_BOLD}\s*[:：]{_BOLD}(?:\s+|$)")),
    (
        "timed",
        re.compile(rf"{_MARKS}{_BOLD}{_NAME}{_BOLD}\s*(?P<time>{BRACKETED_TIME})\s*[:：]{_BOLD}(?:\s+|$)"),
    ),
    ("timed", re.compile(rf"{_MARKS}{_BOLD}{_NAME}\s*[:：]{_BOLD}\s*(?P<time>{BRACKETED_TIME})(?:\s+|$)")),
    ("heading", re.compile(rf"\s*{_BOLD}\[{_NAME}\]{_BOLD}\s+(?P<time>{TIME})\s*$")),
    ("heading", re.compile(rf"\s*{_BOLD}{_NAME}{_BOLD}(?:\s*[|–—-]\s*|\s+)(?P<time>{TIME})\s*$")),
    ("heading", re.compile(rf"\s*(?P<time>{BRACKETED_TIME}){_DASH}{_BOLD}{_NAME}{_BOLD}\s*$")),
    ("beside", re.compile(rf"{_MARKS}{_BOLD}{_NAME}{_BOLD}\s*(?P<time>{BRACKETED_TIME})\s+")),
    ("colon", re.compile(rf"{_MARKS}{_BOLD}{_NAME}{_BOLD}\s*[:：]{_BOLD}(?:\s+|$)")),
    ("bracket", re.compile(r"\s*\[(?P<label>[^\W_][^\]\n]{0,39})\]\s*[:：]?(?:\s+|$)")),
    ("bracket", re.compile(r"\s*<(?P<label>[^\W_][^>\n]{0,39})>\s*[:：]?(?:\s+|$)")),
    ("letter", re.compile(r"\s*(?P<label>[QA])\.(?:\s+|$)")),
    ("gap", re.compile(r"\s*(?P<label>[A-Z]{1,5}\d{0,3})(?:\t\s*|\s*[–—]\s+|\s+-\s+)")),
    ("alone", re.compile(rf"\s*{_BOLD}(?P<label>{_ALONE}){_BOLD}\s*$", re.IGNORECASE)),
)
# No label is longer, and no pattern may wander through a whole page of white space.
_LONGEST_LEAD = 300
_CODE = re.compile(r"[A-Z]{1,5}[ -]?\d{0,4}|[A-Za-z]{1,6}[ -]?\d{1,4}")
_STAGE_DIRECTION = re.compile(
    r"\W*(?:start|begin|beginning|end|recording|interview|tape|audio)\b[\w\s]{0,30}"
    r"\b(?:recording|interview|transcript|tape|audio|starts?|ends?|started|ended|begins?|stopped)\b[\s\W\d]*"
    r"|.{1,40} (?:started|stopped) transcription",
    re.IGNORECASE,
)


def find_lead(line: str) -> Lead | None:
    """Return what could be a label at the start of a line, in the first form that fits."""
    start = line[:_LONGEST_LEAD]
    is_whole_line = len(start) == len(line)
    for form, pattern in _FORMS:
        match = pattern.match(start) if is_whole_line or form != "heading" else None
        if match is None or not _could_be_name(match["label"], form):
            continue
        time = match.groupdict().get("time")
        return Lead(
            label=" ".join(match["label"].split()),
            length=match.end(),
            form=form,
            start_ms=milliseconds(time) if time else None,
        )
    return None


def is_stage_direction(line: str) -> bool:
    """Whether a whole line only says that a recording starts or ends."""
    return len(line) < 60 and not line.rstrip().endswith("?") and bool(_STAGE_DIRECTION.fullmatch(line))


def is_code(label: str) -> bool:
    """Whether a label looks like an abbreviation or a number given to a person (I, P07, INT2, id1)."""
    return bool(_CODE.fullmatch(label))


def known_role(label: str) -> Role | None:
    """Return the role that a label's words or letters state, whatever number follows them."""
    stem = label.casefold().strip().rstrip("0123456789").rstrip(" -#_.")
    if stem == "m" and stem != label.casefold():
        return None  # M2 is a man of a focus group, M its moderator
    return ROLE_WORDS.get(stem) or ROLE_WORDS.get(stem.split()[0] if stem.split() else "")


def is_never_a_speaker(label: str) -> bool:
    """Whether a label is a word of headers and notes rather than of people."""
    return label.casefold() in _NOT_SPEAKERS


def resembles_name(label: str) -> bool:
    """Whether every word of a label is written as names, codes and role words are."""
    if is_never_a_speaker(label):
        return False
    if is_code(label) or known_role(label):
        return True
    words = [
        word for word in label.split() if word.casefold() not in {"de", "van", "von", "of", "and", "the"}
    ]
    return len(words) <= 5 and all(not word[0].islower() for word in words)


def _could_be_name(label: str, form: str) -> bool:
    if len(label) > 60 or len(label.split()) > 7 or label.isdigit():
        return False
    if form in ("heading", "beside"):
        return resembles_name(label)
    if form == "bracket":
        return is_code(label) or known_role(label) is not None
    return not re.search(r"[.,]\s*$", label)
