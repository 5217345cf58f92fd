from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.actions.consent import withdraw_consent
from apps.participants.models import (
    CharacteristicValue,
    ConsentScope,
    Participant,
    Withdrawal,
    WithdrawalRule,
)
from apps.studies.models import Study


class HasWithdrawn(Refusal):
    template = gettext_noop("%(pseudonym)s has withdrawn on %(day)s already.")


class AskedInTheFuture(Refusal):
    template = gettext_noop("Nobody can have withdrawn on %(day)s, which is still to come.")


class AnalysedWithoutWords(Refusal):
    template = gettext_noop("Codings of an erased transcript have no words; leave them out of the analysis.")


@dataclass(frozen=True)
class Wishes:
    """What is to become of each class of a person's data; the defaults stop new use and keep what is done."""

    contact: str = Withdrawal.Contact.DESTROY
    characteristics: str = Withdrawal.Characteristics.KEEP
    transcript: str = Withdrawal.Transcript.STOP
    codings: str = Withdrawal.Codings.KEEP
    quotes: str = Withdrawal.Quotes.STOP


@transaction.atomic
def withdraw(
    *,
    participant: Participant,
    asked_on: date,
    wishes: Wishes,
    reason: str = "",
    by: User,
    now: datetime,
) -> Withdrawal:
    """Writes down that somebody leaves, and carries out what concerns consents and characteristics.

    Contact details, transcript and rounds belong to other rooms; whoever calls this calls those too.
    """
    participant = Participant.objects.select_for_update(no_key=True).get(id=participant.id)
    if before := Withdrawal.objects.filter(participant=participant).first():
        raise HasWithdrawn(pseudonym=participant.pseudonym, day=before.asked_on.isoformat())
    if asked_on > localdate(now):
        raise AskedInTheFuture(day=asked_on.isoformat())
    if (wishes.transcript, wishes.codings) == (Withdrawal.Transcript.ERASE, Withdrawal.Codings.KEEP):
        raise AnalysedWithoutWords
    withdrawal = Withdrawal.objects.create(
        participant=participant,
        asked_on=asked_on,
        reason=reason,
        recorded_at=now,
        recorded_by=by,
        **vars(wishes),
    )
    withdraw_consent(participant=participant, on=asked_on, scopes=_scopes(wishes), by=by, now=now)
    erased = 0
    if wishes.characteristics == Withdrawal.Characteristics.ERASE:
        erased, _ = CharacteristicValue.objects.filter(participant=participant).delete()
    record(
        "withdrew",
        "participant",
        by=by,
        now=now,
        study_id=participant.study_id,
        object_id=participant.id,
        object_name=participant.pseudonym,
        asked_on=asked_on.isoformat(),
        characteristics_erased=erased,
        **{name: str(wish) for name, wish in vars(wishes).items()},
    )
    return withdrawal


@transaction.atomic
def set_withdrawal_rule(
    *, study: Study, days_after_interview: int | None, wording: str, by: User, now: datetime
) -> WithdrawalRule:
    """What the information sheet promises; the withdrawal page begins from it."""
    wanted = {"days_after_interview": days_after_interview, "wording": wording}
    rule, _ = WithdrawalRule.objects.update_or_create(study=study, defaults=wanted)
    record(
        "set",
        "withdrawal rule",
        by=by,
        now=now,
        study_id=study.id,
        object_id=rule.id,
        days_after_interview=days_after_interview,
    )
    return rule


def _scopes(wishes: Wishes) -> list[str]:
    """What a person who leaves has no longer consented to; quotations that were agreed may be kept."""
    quoting = {ConsentScope.QUOTATION, ConsentScope.QUOTATION_AFTER_CHECK}
    kept = quoting if wishes.quotes == Withdrawal.Quotes.KEEP else set()
    return [scope for scope in ConsentScope if scope not in kept]
