"""The pair's walk through the discrepancies of one transcript, in reading order."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.agreement.models import Discrepancy, Escalation, Proposal, Resolution, Round
from apps.agreement.queries.differences import to_walk
from apps.agreement.queries.naming import is_turned
from apps.codebooks.models import Code
from apps.core.compiled import Compiled
from apps.core.row_keys import as_text

STATES = {
    "open": _("Open"),
    "proposed": _("You have proposed"),
    "answer": _("The other has proposed"),
    "differ": _("Proposals differ"),
    "escalated": _("Left to the adjudicator"),
    "settled": _("Settled"),
    "left_open": _("Left open"),
}

KINDS = dict(Discrepancy.Kind.choices)


class Tag(NamedTuple):
    """A code as a small sign."""

    label: str
    hue: int
    name: str


class Step(NamedTuple):
    """One discrepancy as the list beside the text shows it; `id` is text, as for the hundreds of a list it is
    quicker to read and to find."""

    id: str
    kind: str
    answer: int | None
    tags: tuple[Tag, ...]
    state: str

    @property
    def kind_name(self) -> str:
        return str(KINDS[self.kind])

    @property
    def state_name(self) -> str:
        return str(STATES[self.state])

    @property
    def is_open(self) -> bool:
        return self.state not in {"settled", "left_open"}


def beside(discrepancy: Discrepancy) -> QuerySet[Discrepancy]:
    """Those of the same two coders on the same transcript."""
    return Discrepancy.objects.filter(**_keys(discrepancy))


def steps_beside(discrepancy: Discrepancy, *, round: Round, reader: User, hides: bool) -> list[Step]:
    """What the list beside one discrepancy shows, in reading order."""
    return _steps(_all_beside(**_keys(discrepancy)), round, reader, hides)


def steps(rows: QuerySet[Discrepancy], *, round: Round, reader: User, hides: bool) -> list[Step]:
    """The same of these rows alone."""
    return _steps(_with_what_stands(rows), round, reader, hides)


def _steps(rows: Iterable[tuple[Any, ...]], round: Round, reader: User, hides: bool) -> list[Step]:
    tags = _tags(round)
    shown: dict[tuple[str | None, str | None], tuple[Tag, ...]] = {}
    found = []
    for id, kind, answer, first, second, *standing in rows:
        sides = (second, first) if hides and is_turned(id) else (first, second)
        if sides not in shown:
            shown[sides] = tuple(tags[each] for each in dict.fromkeys(sides) if each)
        found.append(Step(id, kind, answer, shown[sides], _state(round, reader, *standing)))
    return found


def steps_of(rows: Iterable[Discrepancy], *, round: Round, reader: User) -> list[Step]:
    """The same for a reader from whom the names are hidden."""
    listed = Discrepancy.objects.filter(id__in=[row.id for row in rows])
    return steps(listed, round=round, reader=reader, hides=True)


def _tags(round: Round) -> dict[str, Tag]:
    rows = _tagged(version=round.codebook_version_id)
    return {id: Tag(label, hue, name) for id, label, hue, name in rows}


def _with_what_stands(rows: QuerySet[Discrepancy]) -> QuerySet[Discrepancy, tuple[Any, ...]]:
    """Proposals that the reader may not see are not seen here either: the database leaves them out."""
    of_it = {"discrepancy": OuterRef("id")}
    proposals = Proposal.objects.filter(**of_it, withdrawn_at=None).order_by().values("proposed_by")
    return rows.order_by("round_transcript__position", "start", "position").values_list(
        as_text("id"),
        "kind",
        "answer",
        as_text("first_code"),
        as_text("second_code"),
        Exists(Resolution.objects.filter(**of_it, undone_at=None)),
        Exists(Escalation.objects.filter(**of_it, withdrawn_at=None)),
        ArraySubquery(proposals),
    )


def _state(
    round: Round, reader: User, is_settled: bool, is_escalated: bool, proposed_by: Sequence[UUID]
) -> str:
    if is_settled:
        return "settled"
    if round.state in {Round.State.CLOSED, Round.State.VOID}:
        return "left_open"
    if is_escalated:
        return "escalated"
    if len(proposed_by) > 1:
        return "differ"
    if reader.id in proposed_by:
        return "proposed"
    return "answer" if proposed_by else "open"


_BESIDE = ("agreement_run_id", "round_transcript_id", "first_assignment_id", "second_assignment_id")


def _keys(discrepancy: Discrepancy) -> dict[str, UUID]:
    """Who sees one with these keys sees them all: the rule, and the policy, ask for their assignment only."""
    return {name: getattr(discrepancy, name) for name in _BESIDE}


_all_beside = Compiled(
    lambda **keys: _with_what_stands(to_walk(Discrepancy.objects.filter(**keys))),
    **dict.fromkeys(_BESIDE, UUID),
)
_tagged = Compiled(
    lambda version: Code.objects.filter(version=version).values_list(as_text("id"), "label", "hue", "name"),
    version=UUID,
)
