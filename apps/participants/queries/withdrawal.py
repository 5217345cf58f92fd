from dataclasses import dataclass
from datetime import date, timedelta

from apps.participants.models import Participant, Withdrawal, WithdrawalRule


@dataclass(frozen=True)
class CutOff:
    """Until when a person may take back everything, by the study's information sheet."""

    rule: WithdrawalRule | None
    last_day: date | None

    def is_over(self, today: date) -> bool:
        return self.last_day is not None and today > self.last_day

    def is_within(self, today: date) -> bool:
        return self.last_day is not None and today <= self.last_day


def cut_off(participant: Participant) -> CutOff:
    """Counted from the latest interview that was held; no day without a rule or an interview."""
    rule = WithdrawalRule.objects.filter(study=participant.study_id).first()
    held = participant.interviews.filter(status="held").order_by("-held_on").first()
    if rule is None or rule.days_after_interview is None or held is None or held.held_on is None:
        return CutOff(rule, None)
    return CutOff(rule, held.held_on + timedelta(days=rule.days_after_interview))


def withdrawal_of(participant: Participant) -> Withdrawal | None:
    """The record of somebody's leaving; None for those who take part."""
    return Withdrawal.objects.filter(participant=participant).select_related("recorded_by").first()
