"""What a reader makes of a file before a person has confirmed who speaks."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from apps.core.refusal import Remark

Role = Literal["interviewer", "participant", "other", "not_a_speaker"]


@dataclass(frozen=True)
class Block:
    """A paragraph as a reader found it; `label` only where the file's structure names the speaker."""

    text: str
    label: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    is_layout: bool = False


@dataclass(frozen=True)
class Source:
    """What a reader of one format returns."""

    blocks: tuple[Block, ...]
    encoding: str
    is_guess: bool = False
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """A stretch of speech without its label; `lead` is the label as it stood in the file."""

    text: str
    label: str | None = None
    lead: str = ""
    opens_turn: bool = True
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True)
class Label:
    """What seems to name a speaker, how often, with how many words, and the role it probably has."""

    name: str
    count: int
    words: int
    role: Role
    example: str


@dataclass(frozen=True)
class Draft:
    """A file as read, waiting for a person to say which label is whom; JSON in between."""

    text: str
    encoding: str
    is_guess: bool
    kind: str
    paragraphs: tuple[Paragraph, ...]
    labels: tuple[Label, ...]
    warnings: tuple[Remark, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        return cls(
            text=value["text"],
            encoding=value["encoding"],
            is_guess=value["is_guess"],
            kind=value["kind"],
            paragraphs=tuple(Paragraph(**paragraph) for paragraph in value["paragraphs"]),
            labels=tuple(Label(**label) for label in value["labels"]),
            warnings=tuple(Remark.from_json(warning) for warning in value["warnings"]),
        )
