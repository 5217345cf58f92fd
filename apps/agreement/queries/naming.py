"""Which coder stands on which side for a reader, and in which words a decision is told."""

from uuid import UUID

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement.models import Decision, Discrepancy, Round
from apps.codebooks.models import Code


def hides_names(*, round: Round, discrepancy: Discrepancy, reader: User) -> bool:
    """Whether a round with unnamed sides hides from this reader who of the pair is who: until its close."""
    coders = (discrepancy.first_assignment.coder_id, discrepancy.second_assignment.coder_id)
    return round.has_unnamed_sides and round.state != Round.State.CLOSED and reader.id not in coders


def is_turned(discrepancy_id: UUID | str) -> bool:
    """Whether the second coder stands first where the sides are shuffled; always the same, never guessed."""
    return salted_hmac("agreement.sides", str(discrepancy_id)).digest()[0] % 2 == 1


def as_stored(outcome: str, *, is_turned: bool) -> str:
    """An outcome as the reader's page names it, turned into the stored one; and the same way back."""
    return {"first": "second", "second": "first"}.get(outcome, outcome) if is_turned else outcome


def in_words(decision: Decision, *, discrepancy: Discrepancy, reader: User, round: Round) -> str:
    """A decision in words, with the names that this reader may know."""
    hides = hides_names(round=round, discrepancy=discrepancy, reader=reader)
    turned = hides and is_turned(discrepancy.id)
    names = names_of(discrepancy, hides=hides)
    return words_for(decision, names=names, is_turned=turned)


def names_of(discrepancy: Discrepancy, *, hides: bool) -> tuple[str, str]:
    """What the sides are called, in the order in which the reader sees them."""
    if hides:
        return gettext("One coder"), gettext("The other coder")
    return discrepancy.first_assignment.coder.name, discrepancy.second_assignment.coder.name


def codes_between(discrepancy: Discrepancy, *, hides: bool) -> tuple[Code, ...]:
    """The codes that the coders differ on, the first coder's first: from whom that is hidden, by label."""
    found = dict.fromkeys(code for code in (discrepancy.first_code, discrepancy.second_code) if code)
    return tuple(sorted(found, key=lambda code: code.label) if hides else found)


def words_for(decision: Decision, *, names: tuple[str, str], is_turned: bool) -> str:
    """Such as "Ruth Hale, the union, influence: helps"."""
    outcome = as_stored(decision.outcome, is_turned=is_turned)
    parts = [{"first": names[0], "second": names[1]}.get(outcome, str(decision.get_outcome_display()))]
    if decision.code is not None:
        parts = [f"{decision.code.label} {decision.code.name}"]
    if decision.extent:
        extent = str(decision.get_extent_display())
        parts = [extent] if decision.outcome == Decision.Outcome.BOTH else [*parts, extent]
    if decision.influence:
        parts.append(
            gettext("influence: %(influence)s") % {"influence": str(decision.get_influence_display()).lower()}
        )
    return ", ".join(parts)
