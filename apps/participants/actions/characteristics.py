from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.records import Privacy
from apps.core.refusal import Refusal, Refused, gettext_noop
from apps.participants.actions.people import OfAnotherStudy
from apps.participants.engine.values import normal
from apps.participants.models import Characteristic, CharacteristicValue, Participant
from apps.studies.models import ParticipantGroup, Study


class CharacteristicExists(Refusal):
    template = gettext_noop("This study has the characteristic “%(name)s” already.")


class NoChoices(Refusal):
    template = gettext_noop("A characteristic with a list needs at least two choices.")


class ValuesDoNotFit(Refusal):
    template = gettext_noop("%(count)s people have a value that would no longer fit, such as “%(value)s”.")


class HasValues(Refusal):
    template = gettext_noop("“%(name)s” is known of %(count)s people; say that their values may go too.")


class NotOfTheGroup(Refusal):
    template = gettext_noop("“%(name)s” is not collected in the group of %(pseudonym)s.")


class NoValue(Refusal):
    template = gettext_noop("Write a value, or say why there is none.")


@transaction.atomic
def define_characteristic(
    *,
    study: Study,
    name: str,
    kind: str = Characteristic.Kind.TEXT,
    choices: Sequence[str] = (),
    groups: Collection[ParticipantGroup] = (),
    privacy_class: str = Privacy.PSEUDONYMOUS,
    by: User,
    now: datetime,
) -> Characteristic:
    """Another thing that the study wants to know of people, of all groups or of some."""
    _check(study, name, kind, choices, groups)
    last = study.characteristics.aggregate(last=Max("position"))["last"] or 0
    characteristic = Characteristic.objects.create(
        study=study,
        name=name,
        kind=kind,
        choices=list(choices),
        privacy_class=privacy_class,
        position=last + 1,
    )
    characteristic.groups.set(groups)
    _record("defined", characteristic, by=by, now=now, kind=str(kind), choices=list(choices))
    return characteristic


@transaction.atomic
def change_characteristic(
    *,
    characteristic: Characteristic,
    name: str,
    kind: str,
    choices: Sequence[str],
    groups: Collection[ParticipantGroup],
    privacy_class: str,
    by: User,
    now: datetime,
) -> Characteristic:
    """Values that people have must fit what it becomes."""
    characteristic = Characteristic.objects.select_for_update().get(id=characteristic.id)
    _check(characteristic.study, name, kind, choices, groups, but=characteristic)
    _check_values(characteristic, kind, choices)
    before = {"name": characteristic.name, "kind": characteristic.kind, "choices": characteristic.choices}
    characteristic.name, characteristic.kind, characteristic.choices = name, kind, list(choices)
    characteristic.privacy_class = privacy_class
    characteristic.save(update_fields=["name", "kind", "choices", "privacy_class"])
    characteristic.groups.set(groups)
    _record("changed", characteristic, by=by, now=now, before=before)
    return characteristic


@transaction.atomic
def remove_characteristic(
    *, characteristic: Characteristic, with_values: bool = False, by: User, now: datetime
) -> None:
    """Removes a characteristic; what is known of people goes too, and only if that was said."""
    known = characteristic.values.count()
    if known and not with_values:
        raise HasValues(name=characteristic.name, count=known)
    _record("removed", characteristic, by=by, now=now, values=known)
    characteristic.delete()


@transaction.atomic
def set_value(
    *,
    participant: Participant,
    characteristic: Characteristic,
    state: str = CharacteristicValue.State.GIVEN,
    value: str = "",
    by: User,
    now: datetime,
) -> CharacteristicValue:
    """What is known of a person, or why it is not; one value for each characteristic."""
    if characteristic.study_id != participant.study_id:
        raise OfAnotherStudy(name=characteristic.name)
    if not characteristic.applies_to(participant.group):
        raise NotOfTheGroup(name=characteristic.name, pseudonym=participant.pseudonym)
    value = _fitting(characteristic, state, value)
    known = CharacteristicValue.objects.select_for_update()
    row = known.filter(participant=participant, characteristic=characteristic).first()
    row = row or CharacteristicValue(participant=participant, characteristic=characteristic, state="")
    if (row.state, row.value) != (state, value):
        row.state, row.value = state, value
        row.save()
        _record_value("set", participant, characteristic, by=by, now=now)
    return row


@transaction.atomic
def describe(
    *,
    participant: Participant,
    values: Mapping[Characteristic, tuple[str, str] | None],
    by: User,
    now: datetime,
) -> None:
    """Sets (state, value) of several characteristics of a person at once; None clears one."""
    for characteristic, given in values.items():
        about: Any = {"participant": participant, "characteristic": characteristic, "by": by, "now": now}
        if given is None:
            clear_value(**about)
        else:
            set_value(**about, state=given[0], value=given[1])


@transaction.atomic
def clear_value(*, participant: Participant, characteristic: Characteristic, by: User, now: datetime) -> None:
    """Nothing is said any more about this characteristic of this person."""
    removed, _ = participant.values.filter(characteristic=characteristic).delete()
    if removed:
        _record_value("cleared", participant, characteristic, by=by, now=now)


def _fitting(characteristic: Characteristic, state: str, value: str) -> str:
    if state != CharacteristicValue.State.GIVEN:
        return ""
    if not value.strip():
        raise NoValue
    return normal(value, kind=characteristic.kind, choices=characteristic.choices)


def _check(
    study: Study,
    name: str,
    kind: str,
    choices: Sequence[str],
    groups: Collection[ParticipantGroup],
    *,
    but: Characteristic | None = None,
) -> None:
    holder = study.characteristics.filter(name__iexact=name).first()
    if holder and holder != but:
        raise CharacteristicExists(name=name)
    if kind == Characteristic.Kind.CHOICE and len(set(choices)) < 2:
        raise NoChoices
    for group in groups:
        if group.study_id != study.id:
            raise OfAnotherStudy(name=group.name)


def _check_values(characteristic: Characteristic, kind: str, choices: Sequence[str]) -> None:
    given = characteristic.values.filter(state=CharacteristicValue.State.GIVEN)
    unfit = [value for value in given.values_list("value", flat=True) if not _fits(value, kind, choices)]
    if unfit:
        raise ValuesDoNotFit(count=len(unfit), value=unfit[0])


def _fits(value: str, kind: str, choices: Sequence[str]) -> bool:
    try:
        return normal(value, kind=kind, choices=choices) == value
    except Refused:
        return False


def _record(verb: str, characteristic: Characteristic, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "characteristic",
        by=by,
        now=now,
        study_id=characteristic.study_id,
        object_id=characteristic.id,
        object_name=characteristic.name,
        **detail,
    )


def _record_value(
    verb: str, participant: Participant, characteristic: Characteristic, *, by: User, now: datetime
) -> None:
    """What was written about whom, never the value: the trail outlives a wish to be forgotten."""
    record(
        verb,
        "characteristic value",
        by=by,
        now=now,
        study_id=participant.study_id,
        object_id=participant.id,
        object_name=participant.pseudonym,
        characteristic=characteristic.name,
    )
