"""What colleagues who code the same text openly have coded, and who of them is reading."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Substr

from apps.accounts.models import User
from apps.coding.models import Coding, CodingAssignment, Presence


@dataclass(frozen=True)
class Colleague:
    """Somebody who codes the same text."""

    name: str
    is_reading: bool
    codings: list[Coding]


@dataclass(frozen=True)
class Team:
    """The colleagues; `print` differs as soon as anything that is shown of them does."""

    colleagues: list[Colleague]
    print: str


def team(assignment: CodingAssignment, *, viewer: User, now: datetime) -> Team:
    """Nobody, unless the assignment is open; each coding has its `words`."""
    others = list(_others(assignment, viewer).order_by("coder__name"))
    words = Substr("assignment__transcript_version__text", F("start") + 1, F("end") - F("start"))
    codings: dict[UUID, list[Coding]] = {each.id: [] for each in others}
    rows = Coding.objects.visible_to(viewer).standing().filter(assignment__in=others)
    for coding in rows.select_related("code").annotate(words=words):
        codings[coding.assignment_id].append(coding)
    colleagues = [Colleague(each.coder.name, _is_reading(each, now), codings[each.id]) for each in others]
    return Team(colleagues, team_print(assignment, viewer=viewer, now=now))


def team_print(assignment: CodingAssignment, *, viewer: User, now: datetime) -> str:
    """One query, however much there is; empty unless the assignment is open."""
    others = _others(assignment, viewer).order_by("id")
    counted = others.annotate(
        changes=Sum("codings__version"), standing=Count("codings", filter=Q(codings__removed_at=None))
    )
    facts = [(each.id, each.changes, each.standing, _is_reading(each, now)) for each in counted]
    return sha256(repr(facts).encode()).hexdigest()[:12] if facts else ""


def _others(assignment: CodingAssignment, viewer: User) -> QuerySet[CodingAssignment]:
    if not assignment.is_open:
        return CodingAssignment.objects.none()
    same_text = CodingAssignment.objects.open_to(viewer).filter(
        transcript_version=assignment.transcript_version_id, is_open=True, voided_at=None
    )
    return same_text.exclude(coder=viewer).select_related("coder", "presence")


def _is_reading(assignment: CodingAssignment, now: datetime) -> bool:
    presence = getattr(assignment, "presence", None)
    return presence is not None and presence.seen_at > now - Presence.GONE_AFTER
