"""The way from contact to interview: the funnel, the day list, and what came of each recruitment round."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from apps.participants.engine.board import BOOKED, INVITED
from apps.participants.engine.funnel import EXITS, Funnel, Way, funnel, level
from apps.participants.models import (
    ContactRoute,
    Interview,
    Participant,
    RecruitmentEvent,
    RecruitmentRound,
)
from apps.participants.queries.keys import as_text
from apps.participants.queries.standings import interview_states, placed, withdrawals
from apps.studies.models import Membership

Step = RecruitmentEvent.Step
WITHOUT_ROUTE = ""
# The step, the reason, the route.
Taken = tuple[str, str, str]


@dataclass(frozen=True)
class Branch:
    """The funnel of one group, site or route; no percentage without a denominator."""

    name: str
    funnel: Funnel
    response_percent: int | None


@dataclass(frozen=True)
class Recruitment:
    """The whole funnel, and its branches; groups, sites and routes with nobody are left out."""

    all: Funnel
    response_percent: int | None
    by_group: tuple[Branch, ...]
    by_site: tuple[Branch, ...]
    by_route: tuple[Branch, ...]


def recruitment(membership: Membership, *, round: RecruitmentRound | None = None) -> Recruitment:
    """How many came how far; of one round only those who were approached in it."""
    found = ways(membership, round=round)
    routes = list(membership.study.routes.all())
    known = {str(each.id) for each in routes if each.is_denominator_known}
    countable = [way for way in found if way.route in known]

    def branches(rows: Iterable[tuple[UUID, str]], key: Callable[[Way], str]) -> tuple[Branch, ...]:
        split: dict[str, list[Way]] = defaultdict(list)
        for way in found:
            split[key(way)].append(way)
        named = ((name, split.get(str(id), [])) for id, name in rows)
        return tuple(
            Branch(name, funnel(mine), funnel(way for way in mine if way.route in known).response_percent)
            for name, mine in named
            if mine
        )

    study = membership.study
    return Recruitment(
        all=funnel(found),
        response_percent=funnel(countable).response_percent,
        by_group=branches(study.groups.values_list("id", "name"), lambda way: way.group),
        by_site=branches(study.sites.values_list("id", "name"), lambda way: way.site),
        by_route=branches([*((each.id, each.name) for each in routes), ("", "")], lambda way: way.route),  # type: ignore[list-item]
    )


def ways(membership: Membership, *, round: RecruitmentRound | None = None) -> list[Way]:
    """How far everybody came: those on the list, and the numbers of those who are not.

    People who went the same way are one `Way` with their number.
    """
    events = RecruitmentEvent.objects.visible_to(membership).order_by("happened_on", "recorded_at", "id")
    of_people: dict[str, list[Taken]] = defaultdict(list)
    counted: Counter[tuple[str, str, str, int, str, str]] = Counter()
    in_round: set[str] = set()
    wanted = str(round.id) if round else ""
    for key, step, reason, route, of_round in events.filter(participant__isnull=False).values_list(
        as_text("participant_id"), "step", "reason", as_text("route_id"), as_text("round_id")
    ):
        of_people[key].append((step, reason, route or WITHOUT_ROUTE))
        if of_round == wanted:
            in_round.add(key)
    numbers = events.filter(participant=None, **({"round": round} if round else {}))
    for step, reason, route, group, site, people in numbers.values_list(
        "step", "reason", as_text("route_id"), as_text("group_id"), as_text("site_id"), "people"
    ):
        left = step if step in EXITS else ""
        counted[group, site, route or WITHOUT_ROUTE, level([step]), left, reason] += people
    interviews = interview_states(membership)
    for key in withdrawals(membership):
        if Step.WITHDREW not in [step for step, _, _ in of_people[key]]:
            of_people[key].append((Step.WITHDREW, "", WITHOUT_ROUTE))
    listed = Participant.objects.visible_to(membership).order_by()
    for key, group, site in listed.values_list(as_text("id"), as_text("group_id"), as_text("site_id")):
        if not round or key in in_round:
            counted[group, site, *_way(of_people.get(key, []), interviews.get(key, []))] += 1
    return [Way(*way, people=people) for way, people in counted.items()]


def _way(steps: list[Taken], interviews: list[str]) -> tuple[str, int, str, str]:
    """The route, how far somebody came, and how and why they left."""
    reached = level((step for step, _, _ in steps), interviews)
    last = next((each for each in reversed(steps) if each[0] not in (Step.REMINDED, Step.OTHER)), None)
    is_gone = last is not None and last[0] in EXITS and (last[0] == Step.WITHDREW or "held" not in interviews)
    exit, reason = (last[0], last[1]) if last and is_gone else ("", "")
    return next((route for _, _, route in steps if route), WITHOUT_ROUTE), reached, exit, reason


@dataclass(frozen=True)
class Due:
    """Something that a recruiter should do for a person."""

    participant: Participant
    event: RecruitmentEvent
    due_on: date
    is_overdue: bool


@dataclass(frozen=True)
class DayList:
    """Whom to remind, which steps are due, and the interviews of the next seven days."""

    reminders: tuple[Due, ...]
    steps: tuple[Due, ...]
    bookings: tuple[Interview, ...]
    past_bookings: tuple[Interview, ...]
    withdrawals: tuple[Due, ...] = ()

    @property
    def is_empty(self) -> bool:
        lists = (self.reminders, self.steps, self.bookings, self.past_bookings, self.withdrawals)
        return not any(lists)


def day_list(membership: Membership, *, today: date) -> DayList:
    """What waits today for an administrator, or for a recruiter at their own site."""
    standing_of = {each.id: each.standing for each in placed(membership)}
    last = _last_of_people(membership)
    waiting = [
        each for each in last if each.participant and standing_of[each.participant.id] in (INVITED, BOOKED)
    ]
    return DayList(
        reminders=tuple(sorted(_reminders(waiting, standing_of, today), key=_by_day)),
        steps=tuple(
            sorted(
                (
                    Due(each.participant, each, each.due_on, each.due_on < today)
                    for each in waiting
                    if each.participant and each.due_on and each.due_on <= today + timedelta(days=7)
                ),
                key=_by_day,
            )
        ),
        bookings=tuple(_booked(membership).filter(held_on__range=(today, today + timedelta(days=7)))),
        past_bookings=tuple(_booked(membership).filter(held_on__lt=today)),
        withdrawals=tuple(sorted(_withdrawals_to_do(membership, last, today), key=_by_day)),
    )


def _withdrawals_to_do(
    membership: Membership, last: Iterable[RecruitmentEvent], today: date
) -> Iterable[Due]:
    """Those who said that they withdraw, of whom nobody has yet asked what becomes of their data."""
    done = withdrawals(membership)
    for each in last:
        if each.participant and each.step == Step.WITHDREW and str(each.participant.id) not in done:
            yield Due(each.participant, each, each.happened_on, each.happened_on < today)


def _last_of_people(membership: Membership) -> QuerySet[RecruitmentEvent]:
    events = RecruitmentEvent.objects.visible_to(membership).filter(participant__isnull=False)
    newest = events.order_by("participant_id", "-happened_on", "-recorded_at", "-id").distinct(
        "participant_id"
    )
    return newest.select_related("participant__group", "participant__site", "route")


def _reminders(waiting: list[RecruitmentEvent], standing_of: dict[UUID, str], today: date) -> Iterable[Due]:
    """Those who were approached or reminded and have not replied for as long as their route says."""
    for each in waiting:
        if each.step not in (Step.APPROACHED, Step.REMINDED) or each.due_on or not each.participant:
            continue
        if standing_of[each.participant.id] != INVITED:
            continue
        days = each.route.remind_after_days if each.route else 14
        due_on = each.happened_on + timedelta(days=days)
        if due_on <= today:
            yield Due(each.participant, each, due_on, due_on < today - timedelta(days=days))


def _by_day(due: Due) -> tuple[date, str]:
    return due.due_on, due.participant.pseudonym


def _booked(membership: Membership) -> QuerySet[Interview]:
    people = Participant.objects.visible_to(membership)
    booked = Interview.objects.filter(participant__in=people, status=Interview.Status.BOOKED)
    return booked.select_related("participant__group", "participant__site", "interviewer").order_by("held_on")


@dataclass(frozen=True)
class RoundResult:
    """A recruitment round and what came of it."""

    round: RecruitmentRound
    approached: int
    people: tuple[Participant, ...]
    interviews: tuple[Interview, ...]


def rounds(membership: Membership) -> list[RoundResult]:
    """All recruitment rounds of the study with their people, newest first; a constant number of queries."""
    found = list(
        membership.study.recruitment_rounds.select_related(
            "group", "site", "characteristic", "second_characteristic", "opened_by", "closed_by"
        )
    )
    return _results(membership, found)


def round_result(membership: Membership, round: RecruitmentRound) -> RoundResult:
    """One recruitment round with its people."""
    return _results(membership, [round])[0]


def _results(membership: Membership, found: list[RecruitmentRound]) -> list[RoundResult]:
    events = RecruitmentEvent.objects.visible_to(membership).filter(round__in=found)
    counted = events.filter(participant=None).order_by().values("round_id").annotate(n=Sum("people"))
    numbers = {row["round_id"]: row["n"] for row in counted}
    pairs = events.filter(participant__isnull=False).values_list("round_id", "participant_id").distinct()
    keys: dict[UUID, set[UUID]] = defaultdict(set)
    for round_id, person in pairs:
        keys[round_id].add(person)
    everybody = set().union(*keys.values()) if keys else set()
    people = {
        each.id: each
        for each in Participant.objects.filter(id__in=everybody)
        .select_related("group", "site")
        .prefetch_related("interviews__interviewer")
    }
    results = []
    for each in found:
        mine = sorted((people[key] for key in keys[each.id]), key=lambda p: (p.group.position, p.number))
        interviews = [i for person in mine for i in person.interviews.all() if _came_of(i, each)]
        approached = len(mine) + numbers.get(each.id, 0)
        results.append(RoundResult(each, approached, tuple(mine), tuple(interviews)))
    return results


def _came_of(interview: Interview, round: RecruitmentRound) -> bool:
    is_after = interview.held_on is None or interview.held_on >= round.opened_on
    return interview.status == Interview.Status.HELD and is_after


def people_of(
    membership: Membership,
    *,
    group: UUID | None = None,
    site: UUID | None = None,
    standings: Iterable[str] = (),
) -> set[UUID]:
    """The people of a cell, of the given standings if there are any."""
    wanted = set(standings)
    return {
        each.id
        for each in placed(membership)
        if (not group or each.group_id == group)
        and (not site or each.site_id == site)
        and (not wanted or each.standing in wanted)
    }


def reasons_used(membership: Membership) -> list[str]:
    """Reasons that were written down before, most used first, so that they stay countable."""
    events = RecruitmentEvent.objects.filter(study=membership.study_id).exclude(reason="")
    counted = events.values("reason").annotate(n=Count("id")).order_by("-n", "reason")
    return list(counted.values_list("reason", flat=True)[:20])


def events_of(participant: Participant) -> QuerySet[RecruitmentEvent]:
    """A person's way, oldest step first."""
    return participant.recruitment_events.select_related("route", "round", "recorded_by")


def numbers_of(membership: Membership) -> QuerySet[RecruitmentEvent]:
    """The numbers of people who are not on the list, newest first."""
    events = RecruitmentEvent.objects.visible_to(membership).filter(participant=None)
    return events.select_related("group", "site", "route", "recorded_by").order_by(
        "-happened_on", "-recorded_at"
    )


def route_counts(routes: Iterable[ContactRoute]) -> dict[UUID, int]:
    """How many steps name each route."""
    counted = ContactRoute.objects.filter(id__in=[each.id for each in routes]).annotate(n=Count("events"))
    return dict(counted.values_list("id", "n"))
