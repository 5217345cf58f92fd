"""People as an import finds and leaves them, so that it can be undone as a whole."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import UUID

from apps.participants.models import CharacteristicValue, Interview, Participant

INTERVIEW_FIELDS = ("status", "held_on", "mode", "minutes", "interviewer_id", "interviewer_name")


def snapshots(keys: Iterable[UUID]) -> dict[str, dict[str, Any]]:
    """What is stored of some people, in plain JSON values; three queries."""
    wanted = list(keys)
    values: dict[UUID, dict[str, list[str]]] = defaultdict(dict)
    said = CharacteristicValue.objects.filter(participant__in=wanted).order_by()
    for person, key, state, value in said.values_list(
        "participant_id", "characteristic_id", "state", "value"
    ):
        values[person][str(key)] = [state, value]
    interviews: dict[UUID, dict[str, list[Any]]] = defaultdict(dict)
    held = Interview.objects.filter(participant__in=wanted).order_by()
    for row in held.values_list("participant_id", "id", *INTERVIEW_FIELDS):
        interviews[row[0]][str(row[1])] = [None if each is None else str(each) for each in row[2:]]
    people = Participant.objects.filter(id__in=wanted).order_by()
    return {
        str(key): {
            "site": str(site),
            "reference": reference,
            "note": note,
            "values": values.get(key, {}),
            "interviews": interviews.get(key, {}),
        }
        for key, site, reference, note in people.values_list("id", "site_id", "reference", "note")
    }


def digest(snapshot: dict[str, Any]) -> str:
    """A short mark of a snapshot; another value somewhere makes another mark."""
    plain = {**snapshot, **{name: sorted(snapshot[name].items()) for name in ("values", "interviews")}}
    return sha256(repr(sorted(plain.items())).encode()).hexdigest()[:16]
