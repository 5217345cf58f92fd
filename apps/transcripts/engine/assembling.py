"""From a draft and its confirmed roles to the text that is stored for ever."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from apps.core.refusal import Refused, gettext_noop
from apps.transcripts.engine.drafts import Draft, Paragraph, Role
from apps.transcripts.engine.roles import describe_labels
from apps.transcripts.engine.sentences import sentence_spans
from apps.transcripts.engine.words import count_words

BETWEEN_TURNS = "\n\n"
WITHIN_TURN = "\n"


@dataclass(frozen=True)
class Turn:
    """One speaker's stretch of speech as a half-open range of code points; "" is an unnamed speaker."""

    start: int
    end: int
    speaker: str
    role: Role
    timestamp_ms: int | None
    words: int


@dataclass(frozen=True)
class Document:
    """The stored text (speech only, a blank line between turns), its turns and its sentences."""

    text: str
    turns: tuple[Turn, ...]
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Speech:
    text: str
    speaker: str
    role: Role
    start_ms: int | None


def assemble(
    draft: Draft, roles: Mapping[str | None, Role], *, speakers: Mapping[str, str] | None = None
) -> Document:
    """Build the document; `roles` must name every label of the draft, `speakers` may rename some.

    `None` in `roles` stands for text under no label: "other" unless said, "not_a_speaker" leaves it out.
    A label that is not a speaker goes back into the text, as it stood, as speech of whoever spoke before.
    """
    missing = [label.name for label in draft.labels if label.name not in roles]
    if missing:
        raise ValueError(f"No role was given for {', '.join(missing)}.")
    spoken = list(_speeches(draft.paragraphs, roles, speakers or {}))
    if not spoken:
        raise Refused("no_speech", gettext_noop("No speech is left when these roles are applied."))
    return _lay_out(spoken)


def label_alternately(draft: Draft, first: str = "Interviewer", second: str = "Participant") -> Draft:
    """Return a draft as one whose paragraphs are spoken by two people in turn; for files without labels."""
    names = (first, second)
    paragraphs = tuple(
        replace(
            paragraph, text=paragraph.lead + paragraph.text, label=names[place % 2], lead="", opens_turn=True
        )
        for place, paragraph in enumerate(draft.paragraphs)
    )
    kept = tuple(warning for warning in draft.warnings if warning.code != "no_speakers")
    return replace(draft, paragraphs=paragraphs, labels=describe_labels(paragraphs), warnings=kept)


def _speeches(
    paragraphs: Iterable[Paragraph], roles: Mapping[str | None, Role], speakers: Mapping[str, str]
) -> Iterable[_Speech]:
    current: _Speech | None = None
    for paragraph in _with_openings(paragraphs):
        speech = _speech(paragraph, roles, speakers, current)
        if speech is None:
            continue
        if current is not None and _goes_on(paragraph, roles, current, speech):
            current = replace(current, text=f"{current.text}{WITHIN_TURN}{speech.text}")
            continue
        if current is not None:
            yield current
        current = speech
    if current is not None:
        yield current


def _with_openings(paragraphs: Iterable[Paragraph]) -> Iterable[Paragraph]:
    """A label on a line of its own opens the turn, at its time, of the paragraph below it."""
    alone: Paragraph | None = None
    for paragraph in paragraphs:
        if alone and paragraph.label == alone.label and not paragraph.opens_turn:
            yield replace(paragraph, opens_turn=True, start_ms=paragraph.start_ms or alone.start_ms)
        else:
            yield paragraph
        is_alone = paragraph.opens_turn and paragraph.label is not None and not paragraph.text.strip()
        alone = paragraph if is_alone else None


def _speech(
    paragraph: Paragraph,
    roles: Mapping[str | None, Role],
    speakers: Mapping[str, str],
    current: _Speech | None,
) -> _Speech | None:
    role = roles.get(paragraph.label, "other")
    if paragraph.label is None:
        speech = _Speech(paragraph.text, "", role, paragraph.start_ms)
    elif role == "not_a_speaker":
        before = current or _Speech("", "", "other", None)
        speech = replace(before, text=paragraph.lead + paragraph.text, start_ms=paragraph.start_ms)
    else:
        name = speakers.get(paragraph.label, paragraph.label)
        speech = _Speech(paragraph.text, name, role, paragraph.start_ms)
    text = _without_blank_lines(speech.text)
    return replace(speech, text=text) if text and speech.role != "not_a_speaker" else None


def _goes_on(
    paragraph: Paragraph, roles: Mapping[str | None, Role], current: _Speech, speech: _Speech
) -> bool:
    if roles.get(paragraph.label) == "not_a_speaker":
        return True
    return not paragraph.opens_turn and paragraph.label is not None and current.speaker == speech.speaker


def _without_blank_lines(text: str) -> str:
    lines = [line.rstrip() for line in text.strip().split("\n")]
    return "\n".join(line for line in lines if line)


def _lay_out(spoken: Iterable[_Speech]) -> Document:
    turns: list[Turn] = []
    sentences: list[tuple[int, int]] = []
    start = 0
    texts = []
    for speech in spoken:
        end = start + len(speech.text)
        turns.append(Turn(start, end, speech.speaker, speech.role, speech.start_ms, count_words(speech.text)))
        sentences += [(start + first, start + last) for first, last in sentence_spans(speech.text)]
        texts.append(speech.text)
        start = end + len(BETWEEN_TURNS)
    return Document(BETWEEN_TURNS.join(texts), tuple(turns), tuple(sentences))
