"""The people of a study, what is known of them, how they were found: a file for each noun."""

from apps.participants.models.characteristics import Characteristic, CharacteristicValue
from apps.participants.models.consent import (
    Consent,
    ConsentAnswer,
    ConsentClause,
    ConsentScope,
    ConsentVersion,
    ContactPermission,
)
from apps.participants.models.guides import (
    GuideReview,
    TopicGuide,
    TopicQuestion,
)
from apps.participants.models.interviews import Interview
from apps.participants.models.people import Participant, ParticipantQuerySet
from apps.participants.models.populations import Population
from apps.participants.models.recruitment import ContactRoute, RecruitmentEvent
from apps.participants.models.sampling import Cell, RecruitmentRound, SamplingTarget
from apps.participants.models.ties import Activity, Rule, Tie
from apps.participants.models.withdrawal import (
    Withdrawal,
    WithdrawalRule,
)

__all__ = [
    "Activity",
    "Cell",
    "Characteristic",
    "CharacteristicValue",
    "Consent",
    "ConsentAnswer",
    "ConsentClause",
    "ConsentScope",
    "ConsentVersion",
    "ContactPermission",
    "ContactRoute",
    "GuideReview",
    "Interview",
    "Participant",
    "ParticipantQuerySet",
    "Population",
    "RecruitmentEvent",
    "RecruitmentRound",
    "Rule",
    "SamplingTarget",
    "Tie",
    "TopicGuide",
    "TopicQuestion",
    "Withdrawal",
    "WithdrawalRule",
]
