from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Max, Value, When

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.records import Privacy
from apps.core.refusal import Refusal, Refused, gettext_noop
from apps.participants.actions.people import OfAnotherStudy
from apps.participants.engine.values import BETWEEN, NO_CODES, normal
from apps.participants.models import (
    Characteristic,
    CharacteristicValue,
    Participant,
    RecruitmentRound,
    SamplingTarget,
)
from apps.studies.models import ParticipantGroup, Study


class CharacteristicExists(Refusal):
    template = gettext_noop("This study has the characteristic “%(name)s” already.")


class NoChoices(Refusal):
    template = gettext_noop("A characteristic with a list needs at least two choices.")


class ValuesDoNotFit(Refusal):
    template = gettext_noop("%(count)s people have a value that would no longer fit, such as “%(value)s”.")


class ChoiceHoldsSemicolon(Refusal):
    template = gettext_noop("“%(choice)s” holds a semicolon, which stands between several choices.")


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
    codes: Mapping[str, str] = NO_CODES,
    categories: Mapping[str, str] = NO_CODES,
    bands: Sequence[int] = (),
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
        codes=dict(codes),
        categories=dict(categories),
        bands=sorted(bands),
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
    codes: Mapping[str, str] = NO_CODES,
    categories: Mapping[str, str] = NO_CODES,
    bands: Sequence[int] = (),
    groups: Collection[ParticipantGroup],
    privacy_class: str,
    becoming: Mapping[str, str] = NO_CODES,
    by: User,
    now: datetime,
) -> Characteristic:
    """Values that people have must fit what it becomes; what would not is given in `becoming`."""
    characteristic = Characteristic.objects.select_for_update().get(id=characteristic.id)
    _check(characteristic.study, name, kind, choices, groups, but=characteristic)
    before = {"name": characteristic.name, "kind": characteristic.kind, "choices": characteristic.choices}
    _carry_over(characteristic, kind, choices, codes, becoming)
    characteristic.name, characteristic.kind, characteristic.choices = name, kind, list(choices)
    characteristic.codes, characteristic.categories = dict(codes), dict(categories)
    characteristic.bands, characteristic.privacy_class = sorted(bands), privacy_class
    characteristic.save()
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
    return normal(value, kind=characteristic.kind, choices=characteristic.choices, codes=characteristic.codes)


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
    if kind == Characteristic.Kind.MULTIPLE:
        if not choices:
            raise NoChoices
        for choice in choices:
            if BETWEEN.strip() in choice:
                raise ChoiceHoldsSemicolon(choice=choice)
    for group in groups:
        if group.study_id != study.id:
            raise OfAnotherStudy(name=group.name)


def unfit_values(
    characteristic: Characteristic, kind: str, choices: Sequence[str], codes: Mapping[str, str]
) -> dict[str, int]:
    """Values that would not fit a changed characteristic, and how many people have each."""
    given = characteristic.values.filter(state=CharacteristicValue.State.GIVEN)
    counted = Counter(given.values_list("value", flat=True))
    return {
        value: n for value, n in sorted(counted.items()) if _new_value(value, kind, choices, codes) is None
    }


def _carry_over(
    characteristic: Characteristic,
    kind: str,
    choices: Sequence[str],
    codes: Mapping[str, str],
    becoming: Mapping[str, str],
) -> None:
    """Writes every value as the changed characteristic holds it; refuses where one would be lost."""
    unfit = unfit_values(characteristic, kind, choices, codes)
    lost = [value for value in unfit if not becoming.get(value)]
    if lost:
        raise ValuesDoNotFit(count=sum(unfit[value] for value in lost), value=lost[0])
    given = characteristic.values.filter(state=CharacteristicValue.State.GIVEN)
    wanted = {
        value: normal(becoming.get(value, value), kind=kind, choices=choices, codes=codes)
        for value in given.order_by("value").values_list("value", flat=True).distinct()
    }
    others = {value: new for value, new in wanted.items() if new != value}
    if others:
        given.filter(value__in=others).update(value=_one_of("value", others))
        _carry_cells_over(characteristic, others)


def _carry_cells_over(characteristic: Characteristic, others: Mapping[str, str]) -> None:
    """Targets and rounds speak of the values by their new names too."""
    for model in (SamplingTarget, RecruitmentRound):
        cells = model._default_manager
        cells.filter(characteristic=characteristic, value__in=others).update(value=_one_of("value", others))
        seconds = cells.filter(second_characteristic=characteristic, second_value__in=others)
        seconds.update(second_value=_one_of("second_value", others))


def _one_of(field: str, others: Mapping[str, str]) -> Case:
    """All at once, so that a value that takes another's old name is not carried on with it."""
    return Case(*(When(**{field: value}, then=Value(new)) for value, new in others.items()))


def _new_value(value: str, kind: str, choices: Sequence[str], codes: Mapping[str, str]) -> str | None:
    try:
        new = normal(value, kind=kind, choices=choices, codes=codes)
    except Refused:
        return None
    # What comes first in a date that was a text, nobody knows.
    return None if kind == Characteristic.Kind.DATE and new != value else new


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
