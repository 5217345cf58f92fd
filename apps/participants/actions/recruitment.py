from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.core.row_keys import any_of
from apps.participants.actions.people import OfAnotherStudy
from apps.participants.models import ContactRoute, Participant, RecruitmentEvent, RecruitmentRound
from apps.studies.models import ParticipantGroup, Site, Study

Step = RecruitmentEvent.Step
EXITS = (Step.DECLINED, Step.NOT_ELIGIBLE, Step.WITHDREW)


class RouteExists(Refusal):
    template = gettext_noop("This study has the route “%(name)s” already.")


class RouteIsUsed(Refusal):
    template = gettext_noop("People were reached by “%(name)s”; it stays on record.")


class NobodyChosen(Refusal):
    template = gettext_noop("Choose at least one person.")


class HappensInTheFuture(Refusal):
    template = gettext_noop("“%(step)s” cannot have happened on %(day)s, which is still to come.")


class DueBeforeItHappened(Refusal):
    template = gettext_noop("The next step cannot be due on %(day)s, before this one.")


class StepWithoutName(Refusal):
    template = gettext_noop("Say which step it was.")


class ReasonWithoutExit(Refusal):
    template = gettext_noop("A reason belongs to somebody who declined, withdrew or was not eligible.")


class RoundIsClosed(Refusal):
    template = gettext_noop("Recruitment round %(number)s is closed.")


@dataclass(frozen=True)
class Happened:
    """One step, for one person or for many."""

    step: str
    happened_on: date
    detail: str = ""
    due_on: date | None = None
    route: ContactRoute | None = None
    round: RecruitmentRound | None = None
    reason: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@transaction.atomic
def add_route(*, study: Study, by: User, now: datetime, **fields: Any) -> ContactRoute:
    """Another way to reach people."""
    _check_route(study, fields["name"])
    last = study.routes.aggregate(last=Max("position"))["last"] or 0
    route = ContactRoute.objects.create(study=study, position=last + 1, **fields)
    _record_route("added", route, by=by, now=now)
    return route


@transaction.atomic
def change_route(*, route: ContactRoute, by: User, now: datetime, **fields: Any) -> ContactRoute:
    """Puts right what is said of a route."""
    route = ContactRoute.objects.select_for_update().get(id=route.id)
    _check_route(route.study, fields["name"], but=route)
    if any(getattr(route, name) != value for name, value in fields.items()):
        for name, value in fields.items():
            setattr(route, name, value)
        route.save(update_fields=list(fields))
        _record_route("changed", route, by=by, now=now)
    return route


@transaction.atomic
def remove_route(*, route: ContactRoute, by: User, now: datetime) -> None:
    """Removes a route by which nobody was reached."""
    _record_route("removed", route, by=by, now=now)
    try:
        route.delete()
    except ProtectedError as error:
        raise RouteIsUsed(name=route.name) from error


def record_step(*, participant: Participant, happened: Happened, by: User, now: datetime) -> RecruitmentEvent:
    """One step of one person."""
    return record_steps(participants=[participant], happened=happened, by=by, now=now)[0]


def record_steps(
    *, participants: Sequence[Participant], happened: Happened, by: User, now: datetime
) -> list[RecruitmentEvent]:
    """The same step of several people at once."""
    return bring_in_steps(steps=[(person, happened) for person in participants], by=by, now=now)


@transaction.atomic
def bring_in_steps(
    *, steps: Sequence[tuple[Participant, Happened]], by: User, now: datetime
) -> list[RecruitmentEvent]:
    """Many steps of many people of one study, all of them or none."""
    if not steps:
        raise NobodyChosen
    study = steps[0][0].study
    for person, happened in steps:
        if person.study_id != study.id:
            raise OfAnotherStudy(name=person.pseudonym)
        check_step(study, happened, now=now)
    made = RecruitmentEvent.objects.bulk_create(
        RecruitmentEvent(study=study, participant=person, **happened.fields, recorded_at=now, recorded_by=by)
        for person, happened in steps
    )
    names = [person.pseudonym for person, _ in steps]
    kinds = sorted({happened.step for _, happened in steps})
    record(
        "recorded",
        "recruitment step",
        by=by,
        now=now,
        study_id=study.id,
        object_id=made[0].id,
        object_name=names[0] if len(names) == 1 else f"{len(names)} people",
        steps=kinds,
    )
    return made


@transaction.atomic
def record_number(
    *,
    study: Study,
    group: ParticipantGroup,
    site: Site,
    people: int,
    happened: Happened,
    by: User,
    now: datetime,
) -> RecruitmentEvent:
    """How many people who are not on the list came how far, such as 40 approached who never replied."""
    for row in (group, site):
        if row.study_id != study.id:
            raise OfAnotherStudy(name=row.name)
    check_step(study, happened, now=now)
    made = RecruitmentEvent.objects.create(
        study=study,
        group=group,
        site=site,
        people=people,
        **happened.fields,
        recorded_at=now,
        recorded_by=by,
    )
    _record_step("recorded", made, by=by, now=now)
    return made


@transaction.atomic
def remove_step(*, event: RecruitmentEvent, by: User, now: datetime) -> None:
    """Takes back a step that was recorded by mistake."""
    _record_step("removed", event, by=by, now=now)
    event.delete()


def check_step(study: Study, happened: Happened, *, now: datetime) -> None:
    """Refuses a step that cannot have been."""
    if happened.happened_on > localdate(now):
        raise HappensInTheFuture(step=Step(happened.step).value, day=happened.happened_on.isoformat())
    if happened.due_on and happened.due_on < happened.happened_on:
        raise DueBeforeItHappened(day=happened.due_on.isoformat())
    if happened.step == Step.OTHER and not happened.detail.strip():
        raise StepWithoutName
    if happened.reason and happened.step not in EXITS:
        raise ReasonWithoutExit
    if happened.round and not happened.round.is_open:
        raise RoundIsClosed(number=happened.round.number)
    for row in (happened.route, happened.round):
        if row is not None and row.study_id != study.id:
            raise OfAnotherStudy(name=str(row))


@transaction.atomic
def take_back_steps(*, study: Study, keys: Collection[str], by: User, now: datetime) -> int:
    """Takes back the steps of a list; those that somebody has removed meanwhile are gone already."""
    events = study.recruitment_events.filter(id__in=any_of(keys))
    count = len(events.select_for_update(of=("self",)).values_list("id"))
    events.delete()
    record(
        "undone",
        "recruitment steps import",
        by=by,
        now=now,
        study_id=study.id,
        object_id=study.id,
        object_name=study.name,
        removed=count,
    )
    return count


def _check_route(study: Study, name: str, *, but: ContactRoute | None = None) -> None:
    holder = study.routes.filter(name__iexact=name).first()
    if holder and holder != but:
        raise RouteExists(name=name)


def _record_route(verb: str, route: ContactRoute, *, by: User, now: datetime) -> None:
    record(
        verb,
        "contact route",
        by=by,
        now=now,
        study_id=route.study_id,
        object_id=route.id,
        object_name=route.name,
    )


def _record_step(verb: str, event: RecruitmentEvent, *, by: User, now: datetime) -> None:
    who = event.participant.pseudonym if event.participant else f"{event.people} people"
    record(
        verb,
        "recruitment step",
        by=by,
        now=now,
        study_id=event.study_id,
        object_id=event.id,
        object_name=who,
        steps=[str(event.step)],
    )
