from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.agreement.actions.interruptions import end_use
from apps.coding import actions as coding
from apps.core.refusal import gettext_noop
from apps.participants import actions as participants
from apps.participants.actions import Wishes
from apps.participants.models import Participant, Withdrawal
from apps.transcripts.models import Transcript


@transaction.atomic
def carry_out_withdrawal(
    *,
    participant: Participant,
    asked_on: date,
    wishes: Wishes,
    reason: str = "",
    destroy: Callable[..., Any],
    by: User,
    now: datetime,
) -> Withdrawal:
    """One person's leaving, for each class of data as they wish; every room does its part, or none does.

    `destroy` forgets the contact details: the vault is entered by its own pages only.
    """
    withdrawal = participants.withdraw(
        participant=participant, asked_on=asked_on, reason=reason, wishes=wishes, by=by, now=now
    )
    if wishes.contact == Withdrawal.Contact.DESTROY:
        destroy(participant=participant, by=by, now=now)
    if wishes.transcript == Withdrawal.Transcript.KEEP:
        return withdrawal
    end = coding.erase_words if wishes.transcript == Withdrawal.Transcript.ERASE else coding.stop_use
    for transcript in Transcript.objects.filter(interview__participant=participant):
        left = gettext_noop("The person has withdrawn.")
        end_use(transcript=transcript, reason=left, by=by, now=now)
        end(transcript=transcript, by=by, now=now)
    return withdrawal
