"""What waits today: reminders, steps that are due, withdrawals to carry out, the interviews of the week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from apps.core.row_keys import any_of, as_text
from apps.participants.engine.board import BOOKED, INVITED
from apps.participants.models import ContactPermission, Interview, Participant, RecruitmentEvent
from apps.participants.queries.histories import standing_of_each
from apps.studies.models import Membership

Step = RecruitmentEvent.Step
MOST_LINES = 50
_A_WEEK = timedelta(days=7)
_DAYS_WITHOUT_ROUTE = 14
_WORDS = dict(Step.choices)
_OF_PERSON = ("participant_id", "participant__pseudonym", "participant__site__name")


@dataclass(frozen=True)
class Due:
    """Something that a recruiter should do for a person, and the last step that was taken."""

    person: UUID
    pseudonym: str
    site: str
    step: str
    happened_on: date
    detail: str
    reason: str
    route: str | None
    due_on: date
    is_overdue: bool


@dataclass(frozen=True)
class DayList:
    """Whom to remind, which steps are due, and the interviews of the next seven days.

    Each list ends after those who have waited longest; nobody works off more in a day.
    """

    reminders: tuple[Due, ...]
    steps: tuple[Due, ...]
    bookings: tuple[Interview, ...]
    past_bookings: tuple[Interview, ...]
    withdrawals: tuple[Due, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(self._lists)

    @property
    def is_cut(self) -> bool:
        return any(len(each) == MOST_LINES for each in self._lists)

    @property
    def _lists(self) -> tuple[tuple[Due | Interview, ...], ...]:
        return (self.reminders, self.steps, self.bookings, self.past_bookings, self.withdrawals)


@dataclass(frozen=True)
class _Last:
    """The last step of a person as far as the lists ask about it."""

    event: UUID
    step: str
    happened_on: date
    due_on: date | None
    remind_after_days: int
    standing: str
    may_be_contacted: bool


# The step, the day on which something was due, and whether that is long ago.
_Waiting = tuple[UUID, date, bool]


def day_list(membership: Membership, *, today: date) -> DayList:
    """What waits today for an administrator, or for a recruiter at their own site."""
    last = _last_of_people(membership, today)
    waiting = [each for each in last if each.standing in (INVITED, BOOKED)]
    left = [each for each in last if each.step == Step.WITHDREW]
    return DayList(
        reminders=_dues(_reminders(waiting, today)),
        steps=_dues(_steps(waiting, today)),
        bookings=tuple(_booked(membership).filter(held_on__range=(today, today + _A_WEEK))[:MOST_LINES]),
        past_bookings=tuple(_booked(membership).filter(held_on__lt=today)[:MOST_LINES]),
        withdrawals=_dues((each.event, each.happened_on, each.happened_on < today) for each in left),
    )


def _last_of_people(membership: Membership, today: date) -> list[_Last]:
    """Plain values of those after whose last step something may be to do: of thousands some are shown."""
    events = RecruitmentEvent.objects.visible_to(membership).filter(participant__isnull=False)
    newest = events.order_by("participant_id", "-happened_on", "-recorded_at", "-id").distinct(
        "participant_id"
    )
    is_asked = Q(step__in=[Step.APPROACHED, Step.REMINDED], due_on=None)
    is_due = Q(due_on__lte=today + _A_WEEK)
    last = RecruitmentEvent.objects.filter(
        is_asked | is_due | Q(step=Step.WITHDREW), id__in=newest.values("id"), participant__withdrawal=None
    )
    rows = last.order_by().values_list(
        as_text("participant_id"),
        "id",
        "step",
        "happened_on",
        "due_on",
        "route__remind_after_days",
        F("participant__contact_permission__answer"),
    )
    found = list(rows)
    people = Participant.objects.filter(id__in=any_of([row[0] for row in found]))
    standing_of = {key: at for key, _, _, at in standing_of_each(membership, people, are_few=True)}
    return [
        _Last(
            key,
            step,
            day,
            due,
            days or _DAYS_WITHOUT_ROUTE,
            standing_of[person],
            may_be_contacted=permission != ContactPermission.Answer.NO,
        )
        for person, key, step, day, due, days, permission in found
    ]


def _reminders(waiting: Iterable[_Last], today: date) -> Iterable[_Waiting]:
    """Those who were approached or reminded and have not replied for as long as their route says.

    Nobody is to remind those who must not be contacted."""
    for each in waiting:
        is_asked = each.step in (Step.APPROACHED, Step.REMINDED) and each.standing == INVITED
        is_silent = is_asked and each.may_be_contacted
        due_on = each.happened_on + timedelta(days=each.remind_after_days)
        if is_silent and not each.due_on and due_on <= today:
            yield each.event, due_on, due_on < today - timedelta(days=each.remind_after_days)


def _steps(waiting: Iterable[_Last], today: date) -> Iterable[_Waiting]:
    """Those of whom somebody said on which day the next step is due, until a week from now."""
    for each in waiting:
        if each.due_on and each.due_on <= today + _A_WEEK:
            yield each.event, each.due_on, each.due_on < today


def _dues(waiting: Iterable[_Waiting]) -> tuple[Due, ...]:
    longest = sorted(waiting, key=lambda each: each[1])[:MOST_LINES]
    events = RecruitmentEvent.objects.filter(id__in=any_of([key for key, _, _ in longest])).order_by()
    told = {
        key: rest
        for key, *rest in events.values_list(
            "id", *_OF_PERSON, "step", "happened_on", "detail", "reason", "route__name"
        )
    }
    dues = []
    for key, due_on, is_overdue in longest:
        person, pseudonym, site, step, day, detail, reason, route = told[key]
        step = str(_WORDS[step])
        dues.append(Due(person, pseudonym, site, step, day, detail, reason, route, due_on, is_overdue))
    return tuple(sorted(dues, key=lambda due: (due.due_on, due.pseudonym)))


def _booked(membership: Membership) -> QuerySet[Interview]:
    people = Participant.objects.visible_to(membership)
    booked = Interview.objects.filter(participant__in=people, status=Interview.Status.BOOKED)
    shown = ("held_on", "mode", "interviewer_name", "interviewer__name", *_OF_PERSON)
    return booked.select_related("participant__site", "interviewer").only(*shown).order_by("held_on")
