"""The people of a study, what is known of them, and their interviews: a file for each noun."""

from apps.participants.models.characteristics import Characteristic, CharacteristicValue
from apps.participants.models.interviews import Interview
from apps.participants.models.people import Participant, ParticipantQuerySet

__all__ = ["Characteristic", "CharacteristicValue", "Interview", "Participant", "ParticipantQuerySet"]
