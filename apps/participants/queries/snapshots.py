"""People as an import finds and leaves them, so that it can be undone as a whole."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import UUID

from apps.core.row_keys import any_of, as_text
from apps.participants.models import CharacteristicValue, Interview, Participant

INTERVIEW_FIELDS = ("status", "held_on", "mode", "minutes", "interviewer_id", "interviewer_name")


def snapshots(keys: Iterable[UUID | str]) -> dict[str, dict[str, Any]]:
    """What is stored of some people, in plain JSON values; three queries."""
    wanted = any_of(list(keys))
    values: dict[str, dict[str, list[str]]] = defaultdict(dict)
    said = CharacteristicValue.objects.filter(participant__in=wanted).order_by()
    for person, key, *rest in said.values_list(
        as_text("participant_id"), as_text("characteristic_id"), "state", "value"
    ):
        values[person][key] = rest
    interviews: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    held = Interview.objects.filter(participant__in=wanted).order_by()
    for person, key, *rest in held.values_list(as_text("participant_id"), as_text("id"), *INTERVIEW_FIELDS):
        interviews[person][key] = [None if each is None else str(each) for each in rest]
    people = Participant.objects.filter(id__in=wanted).order_by()
    return {
        key: {
            "site": site,
            "reference": reference,
            "note": note,
            "values": values.get(key, {}),
            "interviews": interviews.get(key, {}),
        }
        for key, site, reference, note in people.values_list(
            as_text("id"), as_text("site_id"), "reference", "note"
        )
    }


def digest(snapshot: dict[str, Any]) -> str:
    """A short mark of a snapshot; another value somewhere makes another mark."""
    plain = {**snapshot, **{name: sorted(snapshot[name].items()) for name in ("values", "interviews")}}
    return sha256(repr(sorted(plain.items())).encode()).hexdigest()[:16]
