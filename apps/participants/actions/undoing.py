from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.models import CharacteristicValue, Interview, Participant
from apps.participants.queries.snapshots import INTERVIEW_FIELDS, digest, snapshots
from apps.studies.models import Study

# What an import writes of a person; anything else that hangs on them was done afterwards.
_WRITTEN_BY_IMPORTS = (CharacteristicValue, Interview)


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
    keys = [UUID(key) for key in (*made, *changed)]
    locked = {
        str(row.id): row for row in study.participants.select_for_update(of=("self",)).filter(id__in=keys)
    }
    stand = snapshots(keys)
    touched = [
        key
        for key, mark in (*made.items(), *((key, each["after"]) for key, each in changed.items()))
        if key not in stand or digest(stand[key]) != mark
    ]
    touched += [str(key) for key in _in_use([UUID(key) for key in made])]
    if touched:
        first = locked.get(touched[0])
        raise ChangedSinceTheImport(count=len(set(touched)), pseudonym=first.pseudonym if first else "?")
    for key, each in changed.items():
        _bring_back(locked[key], each["before"], stand[key])
    Participant.objects.filter(id__in=[UUID(key) for key in made]).delete()
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


def _in_use(keys: Collection[UUID]) -> set[UUID]:
    """Those with anything that no import writes: steps, consents, transcripts and what may come."""
    found: set[UUID] = set()
    for relation in Participant._meta.related_objects:
        if relation.related_model not in _WRITTEN_BY_IMPORTS:
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys})
            found |= set(rows.values_list(f"{relation.field.name}_id", flat=True))
    for relation in Interview._meta.related_objects:
        rows = relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__participant__in": keys}
        )
        found |= set(rows.values_list(f"{relation.field.name}__participant_id", flat=True))
    return found


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
