"""What a report is asked for: some transcripts, some coders, some codes. Nothing of it is counted again."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.agreement import engine
from apps.agreement.models import Discrepancy, RoundAssignment
from apps.studies.models import Membership
from apps.studies.permissions import Permission

INTERVIEW = "round_transcript__transcript_version__transcript__interview"


@dataclass(frozen=True)
class Choice:
    """Everything together, unless something is chosen; `pair` is two coders in the order of the engine.

    `interviewed_by_coder`, "yes" or "no": by one of those who coded the transcript, or by somebody else.
    """

    level: engine.Level = "answer"
    group: UUID | None = None
    site: UUID | None = None
    interviewer: str = ""
    pair: tuple[UUID, UUID] | None = None
    construct: UUID | None = None
    speakers: str = "tables"
    interviewed_by_coder: str = ""

    @property
    def is_of_all_transcripts(self) -> bool:
        return not (self.group or self.site or self.interviewer or self.interviewed_by_coder)

    @property
    def is_stored(self) -> bool:
        """The figures themselves are stored; everything else is answered from the stored counts."""
        return self.is_of_all_transcripts and self.pair is None and self.speakers == "tables"


def may_see_sites(*, membership: Membership) -> bool:
    """Who keeps the study sees them; who reads its transcripts, unless the study hides them; nobody else."""
    reads = membership.may(Permission.TRANSCRIPTS_VIEW) and not membership.study.are_sites_hidden_from_coders
    return membership.may(Permission.PARTICIPANTS_VIEW) or reads


def transcripts_of(choice: Choice, tables: engine.Tables) -> Collection[str]:
    """The ids of the counted transcripts that were chosen."""
    wanted = {"interviewer": choice.interviewer, "interviewed_by_coder": choice.interviewed_by_coder}
    wanted |= {name: str(value) for name, value in (("group", choice.group), ("site", choice.site)) if value}
    return {
        transcript
        for transcript, groups in zip(tables.transcripts, tables.groups, strict=True)
        if all(groups[name] == value for name, value in wanted.items() if value)
    }


def narrowed(found: QuerySet[Discrepancy], choice: Choice) -> QuerySet[Discrepancy]:
    """The discrepancies behind what was chosen; level and speakers make no difference to them."""
    if choice.group:
        found = found.filter(**{f"{INTERVIEW}__participant__group": choice.group})
    if choice.site:
        found = found.filter(**{f"{INTERVIEW}__participant__site": choice.site})
    if choice.interviewer:
        found = found.filter(_held_by(choice.interviewer))
    if choice.pair:
        found = found.filter(
            first_assignment__coder__in=choice.pair, second_assignment__coder__in=choice.pair
        )
    if choice.construct:
        found = about_code(found, choice.construct)
    if choice.interviewed_by_coder:
        own = RoundAssignment.objects.filter(
            round_transcript=OuterRef("round_transcript"),
            assignment__voided_at=None,
            assignment__coder=OuterRef(f"{INTERVIEW}__interviewer"),
        )
        found = found.filter(Exists(own) if choice.interviewed_by_coder == "yes" else ~Exists(own))
    return found


def between_codes(
    found: QuerySet[Discrepancy], code: UUID, other: UUID | None, *, side: str = ""
) -> QuerySet[Discrepancy]:
    """Those in which one coder used this very code and the other the other one, or none: a cell of the map.

    With `side`, "first" or "second", it was that coder who used `code`.
    """
    sides = {
        "first": Q(first_code=code, second_code=other),
        "second": Q(first_code=other, second_code=code),
    }
    return found.filter(sides.get(side, sides["first"] | sides["second"]))


def about_code(found: QuerySet[Discrepancy], code: UUID) -> QuerySet[Discrepancy]:
    """Those in which a coder used the code, or one below it."""
    return found.filter(_names("first_code", code) | _names("second_code", code))


def _names(side: str, code: UUID) -> Q:
    return Q(**{side: code}) | Q(**{f"{side}__parent": code}) | Q(**{f"{side}__parent__parent": code})


def _held_by(interviewer: str) -> Q:
    """By the person's id, or by the name of somebody who has no account."""
    try:
        return Q(**{f"{INTERVIEW}__interviewer": UUID(interviewer)})
    except ValueError:
        return Q(**{f"{INTERVIEW}__interviewer": None, f"{INTERVIEW}__interviewer_name": interviewer})
