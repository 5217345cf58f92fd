"""Words that people wished to see before they are quoted, and what they said of them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import QuerySet

from apps.participants.models import Participant
from apps.participants.queries.consent import wish_to_check
from apps.studies.models import Study
from apps.transcripts.engine.correcting import Change, moved, touches
from apps.transcripts.engine.quotations import Check, Quotable, Standing, places, quotable
from apps.transcripts.models import Correction, QuotationCheck, TranscriptVersion


@dataclass(frozen=True)
class Quotation:
    """A passage that somebody was shown, and what was said of it, the last word first.

    Without a place its words stand in an older text, and are others now.
    """

    words: str
    checks: tuple[QuotationCheck, ...]
    start: int | None = None
    end: int | None = None
    turn_number: int = 0

    @property
    def last(self) -> QuotationCheck:
        return self.checks[0]


@dataclass(frozen=True)
class Quoting:
    """Of whom words are shown to them before they are quoted, and what may be quoted so far."""

    wishing: frozenset[UUID]
    checks: Mapping[UUID, tuple[Check, ...]]

    def of(self, person: UUID, version: UUID, start: int, words: str) -> Quotable | None:
        """Where a passage of a person's text stands; None where they do not wish to see it."""
        if person not in self.wishing:
            return None
        return quotable(words, start, self.checks.get(version, ()))


def quoting(study: Study, people: Iterable[Participant]) -> Quoting:
    """What may be quoted of these people; the number of queries does not grow with them."""
    wishing = wish_to_check(study, people)
    carried = _carried(QuotationCheck.objects.filter(version__transcript__interview__participant__in=wishing))
    return Quoting(wishing, {key: tuple(check for _, check in pairs) for key, pairs in carried.items()})


def quotations(version: TranscriptVersion) -> list[Quotation]:
    """The passages that the person was shown, in the order of the text; those that are no more at the end."""
    rows = QuotationCheck.objects.filter(version__transcript=version.transcript_id)
    by_place: dict[tuple[int, int], list[QuotationCheck]] = defaultdict(list)
    for row, check in _carried(rows.select_related("recorded_by")).get(version.id, []):
        by_place[check.start, check.end].append(row)
    starts = list(version.turns.order_by("position").values_list("start", flat=True))
    present = [
        Quotation(
            words=version.text[start:end],
            checks=tuple(reversed(checks)),
            start=start,
            end=end,
            turn_number=bisect_right(starts, start),
        )
        for (start, end), checks in sorted(by_place.items())
    ]
    shown = {check.id for quotation in present for check in quotation.checks}
    return [*present, *_gone(rows.exclude(id__in=shown).select_related("recorded_by", "version"))]


def places_of(version: TranscriptVersion, words: str) -> list[tuple[int, int]]:
    """Where words stand in a text."""
    return places(version.text, words)


def _gone(rows: QuerySet[QuotationCheck]) -> Iterator[Quotation]:
    ordered = rows.order_by("-version__number", "start", "end", "-happened_on", "-created_at")
    for (_, start, end), found in groupby(ordered, key=lambda row: (row.version_id, row.start, row.end)):
        checks = tuple(found)
        yield Quotation(checks[0].version.text[start:end], checks)


def _carried(rows: QuerySet[QuotationCheck]) -> dict[UUID, list[tuple[QuotationCheck, Check]]]:
    """Version -> its checks as they were made, with those of older texts whose words are still the same."""
    found: dict[UUID, list[tuple[QuotationCheck, Check]]] = defaultdict(list)
    for row in rows:
        check = Check(row.start, row.end, Standing(row.outcome), row.wording)
        found[row.version_id].append((row, check))
    corrections = Correction.objects.filter(after__isnull=False, before__transcript__versions__in=list(found))
    for correction in corrections.order_by("before__number").distinct():
        changes = [Change(*each) for each in correction.changes]
        for row, check in found.get(correction.before_id, []):
            place = moved(changes, check.start, check.end)
            if place and correction.after_id and not touches(changes, check.start, check.end):
                found[correction.after_id].append((row, replace(check, start=place[0], end=place[1])))
    return {version: sorted(pairs, key=_when) for version, pairs in found.items()}


def _when(pair: tuple[QuotationCheck, Check]) -> tuple[date, datetime]:
    return pair[0].happened_on, pair[0].created_at
