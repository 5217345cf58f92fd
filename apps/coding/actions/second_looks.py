"""Codings under a definition that a later version changed: looked at again, and taken over into it.

docs/adr/0013 says why the looks are noted first and change nothing before that.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.audit.actions import record
from apps.codebooks import actions as codebooks
from apps.codebooks.models import Code, CodebookVersion
from apps.codebooks.queries import redefined
from apps.coding.actions.assignments import NotYours, write_consensus
from apps.coding.actions.codings import NotApplicable, TakenAway, save_joined
from apps.coding.actions.ledger import begun, entry, write_down
from apps.coding.engine.joining import Passage, joined
from apps.coding.models import Coding, CodingAssignment, CodingAssignmentQuerySet, Gesture, SecondLook
from apps.core.refusal import Refusal, gettext_noop
from apps.notices import actions as notices
from apps.studies.permissions import Permission


class NotInUse(Refusal):
    template = gettext_noop(
        "Version %(number)s is still a draft; it can change before anybody codes with it."
    )


class NothingToLookAt(Refusal):
    template = gettext_noop("Version %(number)s changes nothing about this coding.")


class CodeRetired(Refusal):
    template = gettext_noop("“%(name)s” is not in version %(number)s any more: choose another code.")


class NotLookedAt(Refusal):
    template = gettext_noop("There is nothing here to undo.")


class LookedAtByOther(Refusal):
    template = gettext_noop("%(person)s has looked at this already; undo that first.")


class LooksMissing(Refusal):
    template = gettext_noop("%(transcript)s has %(count)s codings that nobody has looked at again.")


class OtherCodeMissing(Refusal):
    template = gettext_noop("Say which other code it is.")


@transaction.atomic
def take_into_use(*, version: CodebookVersion, by: User, now: datetime) -> CodebookVersion:
    """Freezes a version and tells those who have coded with an earlier one to look again."""
    was_frozen = CodebookVersion.objects.filter(id=version.id, frozen_at__isnull=False).exists()
    version = codebooks.freeze(version=version, by=by, now=now)
    if was_frozen or version.number == 1:
        return version
    study = version.codebook.study
    told = gettext("Version %(number)s of the codebook is in use: look again at what it redefines.")
    for coder in User.objects.filter(id__in=_primary(version).values("coder")).exclude(id=by.id):
        notices.tell(
            recipient=coder,
            study=study,
            kind="second look",
            text=told % {"number": version.number},
            now=now,
        )
    return version


@transaction.atomic
def look(
    *,
    coding: Coding,
    version: CodebookVersion,
    outcome: SecondLook.Outcome,
    code: Code | None = None,
    reason: str = "",
    by: User,
    now: datetime,
) -> SecondLook:
    """Says whether a coding fits under a later version; said once more, the later word counts."""
    assignment = _locked(coding.assignment_id, by)
    coding = Coding.objects.select_related("code").get(id=coding.id)
    if coding.removed_at is not None:
        raise TakenAway
    _must_concern(coding, assignment, version)
    if (outcome == SecondLook.Outcome.ANOTHER) != (code is not None):
        raise OtherCodeMissing
    if code and not (code.version_id == version.id and code.is_applicable):
        raise NotApplicable(name=code.name)
    after = redefined(assignment.codebook_version, version)[coding.code.lineage]
    if outcome == SecondLook.Outcome.FITS and after.is_retired:
        raise CodeRetired(name=coding.code.name, number=version.number)
    standing = _standing(coding, version)
    if standing is not None:
        if standing.looked_by_id != by.id:
            raise LookedAtByOther(person=standing.looked_by.name)
        standing.undone_at = now
        standing.save(update_fields=["undone_at"])
    made = SecondLook.objects.create(
        coding=coding,
        assignment=assignment,
        version=version,
        outcome=outcome,
        code=code,
        reason=reason.strip(),
        looked_by=by,
        looked_at=now,
    )
    _record_look("looked at again", made, by=by, now=now)
    return made


@transaction.atomic
def undo_look(*, coding: Coding, version: CodebookVersion, by: User, now: datetime) -> SecondLook:
    """The coding waits for a second look again."""
    _locked(coding.assignment_id, by)
    standing = _standing(coding, version)
    if standing is None:
        raise NotLookedAt
    standing.undone_at = now
    standing.save(update_fields=["undone_at"])
    _record_look("second look undone", standing, by=by, now=now)
    return standing


@transaction.atomic
def take_over(
    *, assignment: CodingAssignment, version: CodebookVersion, by: User, now: datetime
) -> CodingAssignment:
    """Brings a transcript into a later version, with what the second looks have found.

    A coder's own primary coding goes on under the new version. Of a consensus a new one is written and stands
    in its place; that of the round stays as it was closed.
    """
    assignment = _locked(assignment.id, by)
    _must_be_later(assignment, version)
    changed = redefined(assignment.codebook_version, version)
    codings = list(Coding.objects.standing().filter(assignment=assignment).select_related("code"))
    looks = {
        each.coding_id: each
        for each in SecondLook.objects.filter(
            assignment=assignment, version=version, undone_at=None
        ).select_related("code")
    }
    missing = [each for each in codings if each.code.lineage in changed and each.id not in looks]
    if missing:
        name = str(assignment.transcript_version.transcript)
        raise LooksMissing(transcript=name, count=len(missing))
    before = assignment.codebook_version.number
    is_consensus = assignment.kind == CodingAssignment.Kind.CONSENSUS
    write = _write_consensus_anew if is_consensus else _recode
    taken = write(assignment, version, codings, looks, by=by, now=now)
    record(
        "taken over",
        "coding assignment",
        by=by,
        now=now,
        study_id=taken.study_id,
        object_id=taken.id,
        object_name=str(taken.transcript_version.transcript),
        kind=taken.kind,
        version=version.number,
        before=before,
    )
    return taken


def _recode(
    assignment: CodingAssignment,
    version: CodebookVersion,
    codings: list[Coding],
    looks: Mapping[UUID, SecondLook],
    *,
    by: User,
    now: datetime,
) -> CodingAssignment:
    """The coder's own codings get the codes of the version; what was submitted stays submitted, as it was."""
    as_it_was = {name: getattr(assignment, name) for name in ("state", "submitted_at", "released_at")}
    rows = CodingAssignment.objects.filter(id=assignment.id)
    # For this one transaction: the database writes nothing into what is submitted.
    rows.update(state=CodingAssignment.State.IN_PROGRESS, submitted_at=None, released_at=None)
    rows.update(codebook_version=version)
    successors = dict(version.codes.values_list("lineage", "id"))
    for code in Code.objects.filter(codings__assignment=assignment).distinct():
        if successor := successors.get(code.lineage):
            Coding.objects.filter(assignment=assignment, code=code).update(code_id=successor)
    assignment.refresh_from_db()
    for coding in codings:
        found = looks.get(coding.id)
        if found is None or found.outcome == SecondLook.Outcome.FITS:
            continue
        gesture = begun(entry(assignment), Gesture.Kind.CHANGE)
        coding = Coding.objects.get(id=coding.id)
        # One that a neighbour has taken in meanwhile went along with it.
        if coding.removed_at is None:
            coding.version += 1
            if found.code is None:
                coding.removed_at, coding.gesture = now, gesture
                coding.save(update_fields=["removed_at", "version", "gesture"])
            else:
                coding.code = found.code
                save_joined(coding, gesture, now=now)
            write_down(gesture, coding, (coding.start, coding.end))
    # Undoing what was done under the earlier version would bring its codes back.
    Gesture.objects.filter(assignment=assignment).exclude(kind__in=["undo", "redo"]).update(
        state=Gesture.State.DROPPED
    )
    rows.update(**as_it_was)
    assignment.refresh_from_db()
    return assignment


def _write_consensus_anew(
    assignment: CodingAssignment,
    version: CodebookVersion,
    codings: list[Coding],
    looks: Mapping[UUID, SecondLook],
    *,
    by: User,
    now: datetime,
) -> CodingAssignment:
    """What stands of a consensus under the version, as a consensus of its own date."""
    successors = dict(version.codes.values_list("lineage", "id"))
    passages: list[Passage] = []
    for coding in codings:
        found = looks.get(coding.id)
        if found is not None and found.outcome == SecondLook.Outcome.REMOVED:
            continue
        code = found.code_id if found is not None and found.code_id else successors[coding.code.lineage]
        passages.append((code, coding.start, coding.end, coding.influence))
    CodingAssignment.objects.filter(id=assignment.id).update(voided_at=now)
    return write_consensus(
        study=assignment.study,
        transcript_version=assignment.transcript_version,
        codebook_version=version,
        adjudicator=assignment.coder,
        passages=joined(passages),
        by=by,
        now=now,
    )


def _primary(version: CodebookVersion) -> CodingAssignmentQuerySet:
    return CodingAssignment.objects.filter(
        kind=CodingAssignment.Kind.PRIMARY,
        voided_at=None,
        codebook_version__codebook=version.codebook_id,
        codebook_version__number__lt=version.number,
    )


def _locked(assignment_id: UUID, by: User) -> CodingAssignment:
    """One's own primary coding, or a consensus for whoever may close rounds."""
    rows = CodingAssignment.objects.select_for_update(of=("self",)).select_related(
        "study", "coder", "codebook_version__codebook", "transcript_version__transcript"
    )
    assignment = rows.get(id=assignment_id)
    if assignment.kind == CodingAssignment.Kind.CONSENSUS:
        members = assignment.study.memberships.current().holding(Permission.ROUNDS_PLAN)
        is_theirs = members.filter(user=by).exists()
    else:
        is_theirs = assignment.kind == CodingAssignment.Kind.PRIMARY and assignment.coder_id == by.id
    if not is_theirs or assignment.voided_at is not None:
        raise NotYours
    return assignment


def _must_be_later(assignment: CodingAssignment, version: CodebookVersion) -> None:
    if not version.is_frozen:
        raise NotInUse(number=version.number)
    before = assignment.codebook_version
    if version.codebook_id != before.codebook_id or version.number <= before.number:
        raise NothingToLookAt(number=version.number)


def _must_concern(coding: Coding, assignment: CodingAssignment, version: CodebookVersion) -> None:
    _must_be_later(assignment, version)
    if coding.code.lineage not in redefined(assignment.codebook_version, version):
        raise NothingToLookAt(number=version.number)


def _standing(coding: Coding, version: CodebookVersion) -> SecondLook | None:
    looks = SecondLook.objects.filter(coding=coding, version=version, undone_at=None)
    return looks.select_related("looked_by", "assignment", "coding__code").first()


def _record_look(verb: str, look: SecondLook, *, by: User, now: datetime) -> None:
    """What is not submitted leaves no line in the trail: it would say how much there is."""
    if look.assignment.released_at is None:
        return
    record(
        verb,
        "coding",
        by=by,
        now=now,
        study_id=look.assignment.study_id,
        object_id=look.coding_id,
        object_name=str(look.assignment.transcript_version.transcript),
        code=look.coding.code.label,
        version=look.version.number,
        outcome=look.outcome,
        another=look.code.label if look.code else "",
        reason=look.reason,
    )
