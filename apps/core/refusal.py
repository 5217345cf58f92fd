"""What cannot be taken from a person, and what that person must be told about what was taken."""

from dataclasses import dataclass, field
from typing import Any, Self


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation where Django must not be imported."""
    return sentence


class Refused(Exception):  # noqa: N818 - named as it reads where it is raised
    """A file or value that cannot be taken; `sentence` says why, `template % facts` is it in any language."""

    def __init__(self, code: str, template: str, **facts: str | int) -> None:
        super().__init__(template % facts)
        self.code = code
        self.template = template
        self.facts = facts

    @property
    def sentence(self) -> str:
        return str(self)


class Refusal(Refused):
    """A rule that says no: a subclass gives its sentence, whoever raises it gives the facts in it."""

    template = ""

    def __init__(self, **facts: str | int) -> None:
        super().__init__(type(self).__name__, self.template, **facts)


@dataclass(frozen=True)
class Remark:
    """Something that a reader did or saw and that a person should know; translated like a refusal."""

    code: str
    template: str
    facts: dict[str, str | int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return self.template % self.facts

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "template": self.template, "facts": self.facts}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        return cls(code=value["code"], template=value["template"], facts=dict(value["facts"]))
