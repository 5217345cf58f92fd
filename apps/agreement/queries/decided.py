"""What was decided on the discrepancies of a round: line by line, and in numbers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.agreement.models import AgreementRun, Decision, Discrepancy, Resolution, Round
from apps.agreement.queries.naming import codes_between, hides_names, in_words
from apps.codebooks.models import Code
from apps.coding.models import CodingAssignment

BY_PAIR = Q(confirmed_by__isnull=False) | Q(settled_with__confirmed_by__isnull=False)


@dataclass(frozen=True)
class DecisionLine:
    """A decision as the audit trail tells it; one that was undone stays in it."""

    discrepancy_id: UUID
    at: datetime
    transcript: str
    kind: str
    codes: tuple[Code, ...]
    words: str
    cause: str
    reason: str
    by: str
    confirmed_by: str
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True)
class KindLine:
    """How the discrepancies of one kind ended."""

    kind: str
    name: str
    total: int
    by_pair: int
    by_one: int

    @property
    def open(self) -> int:
        return self.total - self.by_pair - self.by_one


@dataclass(frozen=True)
class Settling:
    """All discrepancies of a computation in numbers."""

    kinds: list[KindLine]
    causes: list[tuple[str, int]]
    outcomes: list[tuple[str, int]]
    deciders: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(line.total for line in self.kinds)

    @property
    def by_pair(self) -> int:
        return sum(line.by_pair for line in self.kinds)

    @property
    def by_one(self) -> int:
        return sum(line.by_one for line in self.kinds)

    @property
    def open(self) -> int:
        return sum(line.open for line in self.kinds)

    @property
    def sentence(self) -> str:
        """For the methods section."""
        if not self.total:
            return _("The coders did not differ.")
        said = ngettext(
            "There was %(n)d discrepancy: the coders settled %(pair)d together, a third person %(one)d",
            "There were %(n)d discrepancies: the coders settled %(pair)d together, a third person %(one)d",
            self.total,
        ) % {"n": self.total, "pair": self.by_pair, "one": self.by_one}
        if self.open:
            said += _(", and %(open)d stayed open") % {"open": self.open}
        kinds = ", ".join(f"{line.name.lower()} {line.total}" for line in self.kinds)
        return f"{said}. " + _("By kind: %(kinds)s.") % {"kinds": kinds}


def decisions(*, round: Round, user: User) -> QuerySet[Resolution]:
    """All decisions of the round that the person may read, in the order in which they were made."""
    return (
        Resolution.objects.filter(
            discrepancy__round_transcript__round=round,
            discrepancy__first_assignment__in=CodingAssignment.objects.open_to(user).values("id"),
        )
        .select_related(
            "code",
            "decided_by",
            "confirmed_by",
            "undone_by",
            "discrepancy__first_code",
            "discrepancy__second_code",
            "discrepancy__first_assignment__coder",
            "discrepancy__second_assignment__coder",
            "discrepancy__round_transcript__transcript_version__transcript__interview__participant",
        )
        .defer(
            "discrepancy__round_transcript__transcript_version__text",
            "discrepancy__round_transcript__transcript_version__sentence_starts",
            "discrepancy__round_transcript__transcript_version__sentence_ends",
        )
        .order_by("decided_at", "id")
    )


def decision_lines(rows: Iterable[Resolution], *, round: Round, reader: User) -> list[DecisionLine]:
    """Decisions in words, with the names that the reader may know."""
    return [_line(each, round, reader) for each in rows]


def _line(row: Resolution, round: Round, reader: User) -> DecisionLine:
    about = row.discrepancy
    return DecisionLine(
        discrepancy_id=about.id,
        at=row.decided_at,
        transcript=str(about.round_transcript.transcript_version.transcript),
        kind=str(about.get_kind_display()),
        codes=codes_between(about, hides=hides_names(round=round, discrepancy=about, reader=reader)),
        words=in_words(row, discrepancy=about, reader=reader, round=round),
        cause=str(row.get_cause_display()) if row.cause else "",
        reason=row.reason,
        by=row.decided_by.name,
        confirmed_by=row.confirmed_by.name if row.confirmed_by else "",
        undone_at=row.undone_at,
        undone_by=row.undone_by.name if row.undone_by else "",
    )


def settling(*, run: AgreementRun) -> Settling:
    """How the discrepancies of a computation ended, as it stands now."""
    found = Discrepancy.objects.filter(agreement_run=run).order_by()
    totals = dict(found.values_list("kind").annotate(number=Count("id")))
    standing = Resolution.objects.filter(discrepancy__agreement_run=run, undone_at=None).order_by()
    pairs = dict(standing.filter(BY_PAIR).values_list("discrepancy__kind").annotate(number=Count("id")))
    all_settled = dict(standing.values_list("discrepancy__kind").annotate(number=Count("id")))
    kinds = [
        KindLine(
            kind.value,
            str(kind.label),
            totals[kind.value],
            pairs.get(kind.value, 0),
            all_settled.get(kind.value, 0) - pairs.get(kind.value, 0),
        )
        for kind in Discrepancy.Kind
        if kind.value in totals
    ]
    causes: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    deciders: Counter[str] = Counter()
    rows = standing.values_list("cause", "outcome", "decided_by__name").annotate(number=Count("id"))
    for cause, outcome, name, number in rows:
        causes[str(Decision.Cause(cause).label) if cause else _("not said")] += number
        outcomes[_one_coder(outcome)] += number
        deciders[name] += number
    return Settling(kinds, causes.most_common(), outcomes.most_common(), deciders.most_common())


def _one_coder(outcome: str) -> str:
    """First and second are positions in a table: summed up, they are "one of the two"."""
    if outcome in {Decision.Outcome.FIRST, Decision.Outcome.SECOND}:
        return _("One of the two codings")
    return str(Decision.Outcome(outcome).label)
