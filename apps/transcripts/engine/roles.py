"""Guess who is who from the label's own words, and else from who asks and who tells."""

from collections.abc import Sequence

from apps.transcripts.engine.drafts import Label, Paragraph, Role
from apps.transcripts.engine.leads import is_never_a_speaker, known_role
from apps.transcripts.engine.words import count_words

_ASKS_OFTEN = 0.35
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
            words=sum(count_words(paragraph.text) for paragraph in spoken),
            role=roles[label],
            example=_example(spoken),
        )
        for label, spoken in speech.items()
    )


def _guess_roles(speech: dict[str, list[Paragraph]]) -> dict[str, Role]:
    stated = {label: _stated_role(label) for label in speech}
    roles: dict[str, Role] = {label: role for label, role in stated.items() if role is not None}
    unstated = [label for label in speech if label not in roles]
    if "interviewer" not in roles.values() and unstated:
        asker = max(unstated, key=lambda label: _share_of_questions(speech[label]))
        if _share_of_questions(speech[asker]) >= _ASKS_OFTEN and len(speech) > 1:
            roles[asker] = "interviewer"
    for label in unstated:
        roles.setdefault(label, _role_by_speech(speech[label]))
    return roles


def _stated_role(label: str) -> Role | None:
    if is_never_a_speaker(label):
        return "not_a_speaker"
    return known_role(label)


def _role_by_speech(spoken: Sequence[Paragraph]) -> Role:
    if len(spoken) == 1 and spoken[0].text.endswith("?"):
        return "other"
    return "participant"


def _share_of_questions(spoken: Sequence[Paragraph]) -> float:
    return sum(paragraph.text.rstrip("\"'”’) ").endswith("?") for paragraph in spoken) / len(spoken)


def _example(spoken: Sequence[Paragraph]) -> str:
    """The first line with a few words in it: back-channels say little about who speaks."""
    texts = [paragraph.text for paragraph in spoken]
    text = next((text for text in texts if count_words(text) > 4), texts[0])
    line = " ".join(text.split())
    return line if len(line) <= _EXAMPLE_CHARACTERS else line[: _EXAMPLE_CHARACTERS - 1].rstrip() + "…"
