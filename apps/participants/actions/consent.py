from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, Refused, Remark, gettext_noop
from apps.participants.models import (
    Consent,
    ConsentAnswer,
    ConsentClause,
    ConsentScope,
    ConsentVersion,
    ContactPermission,
    Participant,
)
from apps.participants.queries.consent import consent_of
from apps.studies.models import Study

Answer = ConsentAnswer.Answer
# What most forms ask, in this order; a study takes away and adds what its own form says.
PRESET = (
    ConsentScope.INTERVIEW,
    ConsentScope.RECORDING,
    ConsentScope.QUOTATION,
    ConsentScope.QUOTATION_AFTER_CHECK,
    ConsentScope.ARCHIVE,
    ConsentScope.SHARING,
    ConsentScope.MONITORING,
    ConsentScope.RE_CONTACT,
)


class VersionExists(Refusal):
    template = gettext_noop("There is a consent form “%(label)s” already.")


class VersionIsAnswered(Refusal):
    template = gettext_noop(
        "“%(label)s” was answered by %(people)d people, so its clauses stay; add a new version instead."
    )


class NoClause(Refusal):
    template = gettext_noop("A consent form asks at least one thing.")


class AskedTwice(Refusal):
    template = gettext_noop("“%(scope)s” stands in the form twice.")


class GivenInTheFuture(Refusal):
    template = gettext_noop("%(pseudonym)s cannot have answered on %(day)s, which is still to come.")


class NobodyAnswered(Refusal):
    template = gettext_noop("Tick the people who have answered this.")


class NotOfThisForm(Refusal):
    template = gettext_noop("This clause is not one of “%(label)s”.")


class ConsentForbids(Refused):
    """What a person's answer forbids, with the sentence that says so."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark.code, remark.template, **remark.facts)


@dataclass(frozen=True)
class Clause:
    """One thing that the form asks, as it is written down."""

    scope: str
    wording: str = ""


@dataclass(frozen=True)
class Answers:
    """What a person has answered to one version, clause by clause."""

    given_on: date | None = None
    way: str = Consent.Way.WRITTEN
    answers: Mapping[ConsentClause, str] = field(default_factory=dict)


@transaction.atomic
def add_consent_version(
    *,
    study: Study,
    label: str,
    used_from: date | None = None,
    clauses: Sequence[Clause] = (),
    by: User,
    now: datetime,
) -> ConsentVersion:
    """A version of the consent form; without clauses of its own it begins with the usual ones."""
    Study.objects.select_for_update(no_key=True).get(id=study.id)
    if study.consent_versions.filter(label=label).exists():
        raise VersionExists(label=label)
    version = ConsentVersion.objects.create(study=study, label=label, used_from=used_from)
    _write_clauses(version, clauses or [Clause(scope) for scope in PRESET])
    _record_version("added", version, by=by, now=now)
    return version


@transaction.atomic
def change_consent_version(
    *,
    version: ConsentVersion,
    label: str,
    used_from: date | None,
    clauses: Sequence[Clause],
    by: User,
    now: datetime,
) -> ConsentVersion:
    """Puts a form right that nobody has answered yet; afterwards only its name and date."""
    version = ConsentVersion.objects.select_for_update(no_key=True).get(id=version.id)
    if version.study.consent_versions.filter(label=label).exclude(id=version.id).exists():
        raise VersionExists(label=label)
    if _written(version) != list(clauses):
        if people := version.consents.count():
            raise VersionIsAnswered(label=version.label, people=people)
        version.clauses.all().delete()
        _write_clauses(version, clauses)
    version.label, version.used_from = label, used_from
    version.save(update_fields=["label", "used_from"])
    _record_version("changed", version, by=by, now=now)
    return version


@transaction.atomic
def record_consent(
    *, participant: Participant, version: ConsentVersion, answers: Answers, by: User, now: datetime
) -> Consent | None:
    """Writes down what somebody has answered; a clause that is left out is not recorded. Idempotent."""
    _check_answers(participant, version, answers, now=now)
    Participant.objects.select_for_update(no_key=True).get(id=participant.id)
    consent = Consent.objects.filter(participant=participant, version=version).first()
    given = {clause: answer for clause, answer in answers.answers.items() if answer}
    if consent is None and not given:
        return None
    if consent is None:
        consent = Consent.objects.create(participant=participant, version=version)
    changed = _write_answers(consent, given, answers.given_on or localdate(now))
    if not changed and (consent.given_on, consent.way) == (answers.given_on, answers.way):
        return consent
    consent.given_on, consent.way = answers.given_on, answers.way
    consent.save(update_fields=["given_on", "way"])
    _record("recorded", participant, by=by, now=now, version=version.label, answers=changed)
    return consent


@transaction.atomic
def record_consents(
    *, participants: Sequence[Participant], version: ConsentVersion, answers: Answers, by: User, now: datetime
) -> int:
    """The same answers of several people; what they answered to other clauses stays. Returns how many."""
    if not participants:
        raise NobodyAnswered
    known: dict[UUID, dict[ConsentClause, str]] = {person.id: {} for person in participants}
    before = ConsentAnswer.objects.filter(consent__version=version, consent__participant__in=participants)
    for each in before.select_related("clause", "consent"):
        known[each.consent.participant_id][each.clause] = each.answer
    given = {clause: answer for clause, answer in answers.answers.items() if answer}
    for person in participants:
        theirs = replace(answers, answers={**known[person.id], **given})
        record_consent(participant=person, version=version, answers=theirs, by=by, now=now)
    return len(participants)


@transaction.atomic
def withdraw_consent(
    *, participant: Participant, on: date, scopes: Sequence[str] = (), by: User, now: datetime
) -> list[str]:
    """Takes back every yes of a person, or those about some scopes; returns the scopes taken back."""
    if on > localdate(now):
        raise GivenInTheFuture(pseudonym=participant.pseudonym, day=on.isoformat())
    standing = ConsentAnswer.objects.select_for_update(of=("self",), no_key=True)
    standing = standing.filter(consent__participant=participant, answer=Answer.YES).select_related("clause")
    if scopes:
        standing = standing.filter(clause__scope__in=scopes)
    taken = sorted({answer.clause.scope for answer in standing})
    standing.update(answer=Answer.WITHDRAWN, answered_on=on)
    if taken:
        _record("withdrawn", participant, by=by, now=now, scopes=taken, on=on.isoformat())
    return taken


@transaction.atomic
def permit_contact(
    *,
    participant: Participant,
    answer: str,
    given_on: date | None = None,
    basis: str = "",
    by: User,
    now: datetime,
) -> ContactPermission | None:
    """Whether somebody may be contacted; an empty answer takes back what was recorded by mistake."""
    if given_on and given_on > localdate(now):
        raise GivenInTheFuture(pseudonym=participant.pseudonym, day=given_on.isoformat())
    before = ContactPermission.objects.filter(participant=participant).first()
    if not answer:
        if before:
            before.delete()
            _record("cleared permission to contact", participant, by=by, now=now)
        return None
    wanted = {"answer": answer, "given_on": given_on, "basis": basis}
    if before and all(getattr(before, name) == value for name, value in wanted.items()):
        return before
    permission, _ = ContactPermission.objects.update_or_create(participant=participant, defaults=wanted)
    _record("recorded permission to contact", participant, by=by, now=now, answer=answer)
    return permission


def check_consent(participant: Participant, scope: str) -> None:
    """Raises ConsentForbids, with the sentence to show, where the person's answer forbids it."""
    standing = consent_of([participant], scope)[participant.id]
    if standing.is_blocked and standing.remark:
        raise ConsentForbids(standing.remark)


def _check_answers(
    participant: Participant, version: ConsentVersion, answers: Answers, *, now: datetime
) -> None:
    if participant.study_id != version.study_id:
        raise NotOfThisForm(label=version.label)
    if any(clause.version_id != version.id for clause in answers.answers):
        raise NotOfThisForm(label=version.label)
    if answers.given_on and answers.given_on > localdate(now):
        raise GivenInTheFuture(pseudonym=participant.pseudonym, day=answers.given_on.isoformat())


def _write_answers(consent: Consent, given: Mapping[ConsentClause, str], on: date) -> dict[str, str]:
    """Scope -> answer, of those that changed."""
    before = {each.clause_id: each for each in consent.answers.select_related("clause")}
    changed = {}
    for clause, answer in given.items():
        known = before.pop(clause.id, None)
        if known is None or known.answer != answer:
            ConsentAnswer.objects.update_or_create(
                consent=consent, clause=clause, defaults={"answer": answer, "answered_on": on}
            )
            changed[clause.scope] = answer
    for gone in before.values():
        changed[gone.clause.scope] = str(Answer.NOT_RECORDED)
        gone.delete()
    return changed


def _write_clauses(version: ConsentVersion, clauses: Sequence[Clause]) -> None:
    if not clauses:
        raise NoClause
    scopes = [clause.scope for clause in clauses if clause.scope != ConsentScope.OTHER]
    for scope in scopes:
        if scopes.count(scope) > 1:
            raise AskedTwice(scope=str(ConsentScope(scope).label))
    ConsentClause.objects.bulk_create(
        ConsentClause(version=version, scope=clause.scope, wording=clause.wording, position=position)
        for position, clause in enumerate(clauses)
    )


def _written(version: ConsentVersion) -> list[Clause]:
    return [Clause(each.scope, each.wording) for each in version.clauses.all()]


def _record_version(verb: str, version: ConsentVersion, *, by: User, now: datetime) -> None:
    record(
        verb,
        "consent form",
        by=by,
        now=now,
        study_id=version.study_id,
        object_id=version.id,
        object_name=version.label,
    )


def _record(verb: str, participant: Participant, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "consent",
        by=by,
        now=now,
        study_id=participant.study_id,
        object_id=participant.id,
        object_name=participant.pseudonym,
        **detail,
    )
