"""What the vault keeps of a person, as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Details:
    """Who a participant is and how to reach them; an empty string where that is not known."""

    name: str = ""
    email: str = ""
    telephone: str = ""
    employer: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(asdict(self).values())

    def differing(self, other: Details) -> list[str]:
        """Names of the fields that differ; never what stands in them."""
        return [each.name for each in fields(self) if getattr(self, each.name) != getattr(other, each.name)]

    def mentions(self, words: str) -> bool:
        """Whether every word stands somewhere in the details, however written."""
        text = " ".join(asdict(self).values()).casefold()
        return all(word in text for word in words.casefold().split())
