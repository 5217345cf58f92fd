"""Guess who is who from the label's own words, and else from who asks and who tells."""

from collections.abc import Sequence

from apps.transcripts.engine.drafts import Label, Paragraph, Role
from apps.transcripts.engine.leads import is_never_a_speaker, known_role, resembles_name
from apps.transcripts.engine.words import count_words

_ASKS_OFTEN = 0.35
_AMBIGUOUS = {"R", "M"}  # respondent or researcher, moderator or man
_EXAMPLE_CHARACTERS = 120


def describe_labels(paragraphs: Sequence[Paragraph]) -> tuple[Label, ...]:
    """Return each label in the order of its first turn, with a guess at its role."""
    speech: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs:
        if paragraph.label is not None:
            speech.setdefault(paragraph.label, []).append(paragraph)
    roles = _guess_roles(speech)
    return tuple(
        Label(
            name=label,
            count=sum(paragraph.opens_turn for paragraph in spoken),
            words=_words(spoken),
            role=roles[label],
            example=_example(spoken),
        )
        for label, spoken in speech.items()
    )


def _guess_roles(speech: dict[str, list[Paragraph]]) -> dict[str, Role]:
    stated = {label: _stated_role(label) for label in speech}
    roles: dict[str, Role] = {label: role for label, role in stated.items() if role is not None}
    open_ones = [label for label in speech if label not in roles or label in _AMBIGUOUS]
    if "interviewer" not in roles.values():
        asker = _asker({label: speech[label] for label in open_ones}, of=len(speech))
        roles |= {asker: "interviewer"} if asker is not None else {}
    for label in open_ones:
        roles.setdefault(label, _role_by_speech(speech[label]))
    return roles


def _stated_role(label: str) -> Role | None:
    if is_never_a_speaker(label):
        return "not_a_speaker"
    is_phrase = not resembles_name(label) and not any(character.isdigit() for character in label)
    return known_role(label) or ("not_a_speaker" if is_phrase else None)


def _asker(speech: dict[str, list[Paragraph]], *, of: int) -> str | None:
    """Who asks most; of two people who do not ask, the one who says less."""
    if not speech or of < 2:
        return None
    asker = max(speech, key=lambda label: _share_of_questions(speech[label]))
    if _share_of_questions(speech[asker]) >= _ASKS_OFTEN:
        return asker
    return min(speech, key=lambda label: _words(speech[label])) if len(speech) == of == 2 else None


def _role_by_speech(spoken: Sequence[Paragraph]) -> Role:
    is_aside = len(spoken) == 1 and _is_question(spoken[0])
    return "other" if is_aside else "participant"


def _share_of_questions(spoken: Sequence[Paragraph]) -> float:
    return sum(_is_question(paragraph) for paragraph in spoken) / len(spoken)


def _is_question(paragraph: Paragraph) -> bool:
    return paragraph.text.rstrip("\"'”’») ").endswith(("?", "？", "؟"))


def _words(spoken: Sequence[Paragraph]) -> int:
    return sum(count_words(paragraph.text) for paragraph in spoken)


def _example(spoken: Sequence[Paragraph]) -> str:
    """The first line with a few words in it: back-channels say little about who speaks."""
    texts = [paragraph.text for paragraph in spoken]
    text = next((text for text in texts if count_words(text) > 4), texts[0])
    line = " ".join(text.split())
    return line if len(line) <= _EXAMPLE_CHARACTERS else line[: _EXAMPLE_CHARACTERS - 1].rstrip() + "…"
