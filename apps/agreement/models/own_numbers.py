"""What a plan wants from one group, site or interviewer by name, where that differs from the others."""

from dataclasses import dataclass

from apps.agreement.engine.draw import part


@dataclass(frozen=True)
class OwnNumber:
    """So many, or a share of the interviews of that group, site or interviewer: one of the two.

    `of` is the id of the group, the site or the interviewer, or the name of one who has no account.
    """

    stratum: str
    of: str
    number: int | None = None
    share: float | None = None

    def wanted(self, known: int) -> int:
        """How many that is, of so many interviews that are known."""
        return part(self.share, known) if self.share is not None else self.number or 0
