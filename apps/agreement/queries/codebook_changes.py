"""Which discrepancies asked for another codebook, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.agreement.models import CodebookChange, Round
from apps.agreement.models.changes import CodebookChangeQuerySet
from apps.agreement.queries.naming import codes_between, hides_names
from apps.codebooks.models import Code, CodebookVersion
from apps.coding.models import CodingAssignment
from apps.studies.models import Study

ABOUT = "resolution__discrepancy"


@dataclass(frozen=True)
class AskedChange:
    """A proposal to change the codebook, with its discrepancy; `proposed_by` as the reader may know it."""

    id: UUID
    wording: str
    proposed_by: str
    proposed_at: datetime
    round: Round
    discrepancy_id: UUID
    transcript: str
    codes: tuple[Code, ...]
    is_open: bool
    is_withdrawn: bool
    made_in: CodebookVersion | None
    declined_at: datetime | None
    declined_by: str
    declined_reason: str

    @property
    def may_be_put_back(self) -> bool:
        is_in_draft = self.made_in is not None and not self.made_in.is_frozen
        return not self.is_withdrawn and (self.declined_at is not None or is_in_draft)

    @property
    def state(self) -> str:
        """In one word."""
        if self.made_in is not None:
            return "made"
        if self.declined_at is not None:
            return "declined"
        return "withdrawn" if self.is_withdrawn else "open"


def changes_seen_by(*, study: Study, reader: User) -> CodebookChangeQuerySet:
    """Not those of a text that the reader is coding blind once more."""
    seen = CodingAssignment.objects.filter(study=study).open_to(reader)
    return CodebookChange.objects.filter(
        study=study, **{f"{ABOUT}__first_assignment__in": seen.values("id")}
    ).order_by("proposed_at", "id")


def codebook_changes(
    *,
    study: Study,
    reader: User,
    version: CodebookVersion | None = None,
    round: Round | None = None,
    is_open: bool = False,
) -> list[AskedChange]:
    """All, those that a version made, those that came of a round, or those that wait; the oldest first."""
    rows = changes_seen_by(study=study, reader=reader)
    if version is not None:
        rows = rows.filter(made_in=version)
    if round is not None:
        rows = rows.filter(**{f"{ABOUT}__round_transcript__round": round})
    if is_open:
        rows = rows.open()
    return in_full(rows, reader=reader)


def in_full(rows: CodebookChangeQuerySet, *, reader: User) -> list[AskedChange]:
    """These proposals, each with its discrepancy."""
    transcript = f"{ABOUT}__round_transcript__transcript_version"
    found: Iterable[CodebookChange] = rows.select_related(
        "proposed_by",
        "declined_by",
        "made_in__codebook",
        f"{ABOUT}__round_transcript__round",
        f"{ABOUT}__first_code",
        f"{ABOUT}__second_code",
        f"{ABOUT}__first_assignment",
        f"{ABOUT}__second_assignment",
        f"{transcript}__transcript__interview__participant",
    ).defer(f"{transcript}__text", f"{transcript}__sentence_starts", f"{transcript}__sentence_ends")
    return [_asked(row, reader) for row in found]


def _asked(row: CodebookChange, reader: User) -> AskedChange:
    about = row.resolution.discrepancy
    round = about.round_transcript.round
    coders = (about.first_assignment.coder_id, about.second_assignment.coder_id)
    hides = hides_names(round=round, discrepancy=about, reader=reader)
    is_hidden = row.proposed_by_id in coders and hides
    return AskedChange(
        id=row.id,
        wording=row.wording,
        proposed_by=_("The pair") if is_hidden else row.proposed_by.name,
        proposed_at=row.proposed_at,
        round=round,
        discrepancy_id=about.id,
        transcript=str(about.round_transcript.transcript_version.transcript),
        codes=codes_between(about, hides=hides),
        is_open=row.is_open,
        is_withdrawn=row.withdrawn_at is not None,
        made_in=row.made_in,
        declined_at=row.declined_at,
        declined_by=row.declined_by.name if row.declined_by else "",
        declined_reason=row.declined_reason,
    )
