"""What becomes of the proposals that the codebook must change: made in a version, or declined."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.agreement.actions.interruptions import ReasonNeeded
from apps.agreement.models import CodebookChange
from apps.audit.actions import record
from apps.codebooks import actions as codebooks
from apps.codebooks.models import Codebook, CodebookVersion
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices


class NotWaiting(Refusal):
    template = gettext_noop("This proposal waits no more: it was made, declined or taken back meanwhile.")


class MadeForGood(Refusal):
    template = gettext_noop("Version %(number)s is in use, and what it was made for stays.")


class NothingToPutBack(Refusal):
    template = gettext_noop("This proposal is neither in a draft nor declined.")


@transaction.atomic
def open_version(
    *, codebook: Codebook, changes: Collection[CodebookChange] = (), note: str = "", by: User, now: datetime
) -> CodebookVersion:
    """A draft of the next version that names the discrepancies it is made for."""
    version = codebooks.new_version(codebook=codebook, note=note, by=by, now=now)
    if changes:
        take_in(version=version, changes=changes, by=by, now=now)
    return version


@transaction.atomic
def take_in(
    *, version: CodebookVersion, changes: Collection[CodebookChange], by: User, now: datetime
) -> list[CodebookChange]:
    """Says that a draft makes these changes; whoever proposed them is told."""
    rows = CodebookVersion.objects.select_for_update(of=("self",), no_key=True).select_related("codebook")
    version = rows.get(id=version.id)
    if version.is_frozen:
        raise MadeForGood(number=version.number)
    taken = _locked(changes)
    if any(not change.is_open or change.study_id != version.codebook.study_id for change in taken):
        raise NotWaiting
    CodebookChange.objects.filter(id__in=[change.id for change in taken]).update(made_in=version)
    record(
        "took in changes",
        "codebook version",
        by=by,
        now=now,
        study_id=version.codebook.study_id,
        object_id=version.id,
        object_name=str(version),
        discrepancies=[str(change.resolution.discrepancy_id) for change in taken],
    )
    told = gettext("The change of the codebook that you proposed is made in version %(number)s.")
    _tell(taken, told % {"number": version.number}, by=by, now=now)
    return taken


@transaction.atomic
def decline(*, change: CodebookChange, reason: str, by: User, now: datetime) -> CodebookChange:
    """Leaves the codebook as it is, and says why."""
    (change,) = _locked([change])
    if not change.is_open:
        raise NotWaiting
    if not reason.strip():
        raise ReasonNeeded
    change.declined_at, change.declined_by, change.declined_reason = now, by, reason.strip()
    change.save(update_fields=["declined_at", "declined_by", "declined_reason"])
    _record("declined", change, by=by, now=now)
    # Not why: who meanwhile codes the text blind once more must not read of it.
    _tell([change], gettext("The change of the codebook that you proposed was declined."), by=by, now=now)
    return change


@transaction.atomic
def put_back(*, change: CodebookChange, by: User, now: datetime) -> CodebookChange:
    """Lets a proposal wait again that was declined, or taken into a version which is still a draft."""
    (change,) = _locked([change])
    if change.is_open or change.withdrawn_at is not None:
        raise NothingToPutBack
    made_in = change.made_in
    if made_in is not None and made_in.is_frozen:
        raise MadeForGood(number=made_in.number)
    change.made_in = change.declined_at = change.declined_by = None
    change.declined_reason = ""
    change.save(update_fields=["made_in", "declined_at", "declined_by", "declined_reason"])
    _record("put back", change, by=by, now=now)
    return change


def _locked(changes: Collection[CodebookChange]) -> list[CodebookChange]:
    rows = CodebookChange.objects.select_for_update(of=("self",)).filter(id__in=[each.id for each in changes])
    return list(rows.select_related("study", "proposed_by", "resolution", "made_in").order_by("proposed_at"))


def _tell(changes: Collection[CodebookChange], text: str, *, by: User, now: datetime) -> None:
    """Once each person, and not whoever did it."""
    for person in {change.proposed_by for change in changes} - {by}:
        study = next(change.study for change in changes)
        notices.tell(recipient=person, study=study, kind="codebook change", text=text, now=now)


def _record(verb: str, change: CodebookChange, *, by: User, now: datetime) -> None:
    record(
        verb,
        "codebook change",
        by=by,
        now=now,
        study_id=change.study_id,
        object_id=change.id,
        object_name=change.wording[:80],
        discrepancy=str(change.resolution.discrepancy_id),
    )
