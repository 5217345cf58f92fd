from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.core.row_keys import any_of, as_text
from apps.participants.models import CharacteristicValue, Interview, Participant
from apps.participants.queries.snapshots import INTERVIEW_FIELDS, digest, snapshots
from apps.studies.models import Study

# What an import writes of a person; anything else that hangs on them was done afterwards.
_WRITTEN_BY_IMPORTS = (CharacteristicValue, Interview)
_AT_A_TIME = 2000


class ChangedSinceTheImport(Refusal):
    template = gettext_noop("%(count)s people were changed since, such as %(pseudonym)s; nothing was undone.")


@transaction.atomic
def take_back(
    *,
    study: Study,
    made: Mapping[str, str],
    changed: Mapping[str, Mapping[str, Any]],
    by: User,
    now: datetime,
) -> None:
    """Undoes a list that was brought in: removes whom it made, and brings back what it changed.

    `made` are digests by person, `changed` the digest `after` and the snapshot `before` by person. Nothing is
    undone where anybody did something with these people afterwards.
    """
    people = study.participants.select_for_update(of=("self",)).filter(id__in=any_of([*made, *changed]))
    list(people.order_by("id").values_list("id"))
    check_untouched(made=made, changed=changed)
    stand = snapshots(changed)
    rows = study.participants.in_bulk([UUID(key) for key in changed])
    for key, row in rows.items():
        _bring_back(row, changed[str(key)]["before"], stand[str(key)])
    _remove(made)
    record(
        "undone",
        "participants import",
        by=by,
        now=now,
        study_id=study.id,
        object_id=study.id,
        object_name=study.name,
        removed=len(made),
        restored=len(changed),
    )


def check_untouched(
    *,
    made: Mapping[str, str],
    changed: Mapping[str, Mapping[str, Any]],
    tell: Callable[[float], None] = lambda share: None,
) -> None:
    """Refuses if anybody did something with these people since; `tell` hears how far it is."""
    marks = {**made, **{key: each["after"] for key, each in changed.items()}}
    keys, touched = list(marks), _in_use(made)
    for place in range(0, len(keys), _AT_A_TIME):
        some = keys[place : place + _AT_A_TIME]
        stand = snapshots(some)
        touched |= {key for key in some if key not in stand or digest(stand[key]) != marks[key]}
        tell(min(place + _AT_A_TIME, len(keys)) / len(keys))
    if touched:
        first = Participant.objects.filter(id__in=any_of(list(touched))).order_by("pseudonym").first()
        raise ChangedSinceTheImport(count=len(touched), pseudonym=first.pseudonym if first else "?")


def _in_use(keys: Iterable[str]) -> set[str]:
    """Those with anything that no import writes: steps, consents, transcripts and what may come."""
    found: set[str] = set()
    wanted = any_of(list(keys))
    for relation in Participant._meta.related_objects:
        if relation.related_model not in _WRITTEN_BY_IMPORTS:
            name = relation.field.name
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": wanted})
            found |= set(rows.values_list(as_text(f"{name}_id"), flat=True))
    for relation in Interview._meta.related_objects:
        name = f"{relation.field.name}__participant"
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": wanted})
        found |= set(rows.values_list(as_text(f"{name}_id"), flat=True))
    return found


def _remove(made: Iterable[str]) -> None:
    """Deletes people of whom nothing else is known, without reading a row; else the foreign keys refuse."""
    wanted = any_of(list(made))
    for rows in (
        CharacteristicValue.objects.filter(participant__in=wanted),
        Interview.objects.filter(participant__in=wanted),
        Participant.objects.filter(id__in=wanted),
    ):
        rows._raw_delete(rows.db)


def _bring_back(person: Participant, before: Mapping[str, Any], stands: Mapping[str, Any]) -> None:
    person.site_id, person.reference, person.note = UUID(before["site"]), before["reference"], before["note"]
    person.save(update_fields=["site", "reference", "note"])
    for key in stands["values"].keys() - before["values"].keys():
        person.values.filter(characteristic_id=key).delete()
    for key, (state, value) in before["values"].items():
        person.values.filter(characteristic_id=key).update(state=state, value=value)
    for key in stands["interviews"].keys() - before["interviews"].keys():
        person.interviews.filter(id=key).delete()
    for key, fields in before["interviews"].items():
        person.interviews.filter(id=key).update(**dict(zip(INTERVIEW_FIELDS, fields, strict=True)))
