"""The way from contact to interview: the funnel, and what came of each recruitment round."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from apps.core.row_keys import as_text
from apps.participants.engine.funnel import EXITS, Funnel, Way, funnel, level
from apps.participants.models import (
    ContactRoute,
    Interview,
    Participant,
    RecruitmentEvent,
    RecruitmentRound,
)
from apps.participants.queries.histories import History, histories
from apps.participants.queries.standings import placed
from apps.studies.models import Membership

Step = RecruitmentEvent.Step
WITHOUT_ROUTE = ""


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


def recruitment(
    membership: Membership, *, round: RecruitmentRound | None = None, told: list[History] | None = None
) -> Recruitment:
    """How many came how far; of one round only those who were approached in it."""
    found = ways(membership, round=round, told=told)
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


def ways(
    membership: Membership, *, round: RecruitmentRound | None = None, told: list[History] | None = None
) -> list[Way]:
    """How far everybody came: those on the list, and the numbers of those who are not.

    People who went the same way are one `Way` with their number.
    """
    counted: Counter[tuple[str, str, str, int, str, str]] = Counter()
    for each in histories(membership, round=round) if told is None else told:
        counted[each.group, each.site, *_way(each)] += each.people
    numbers = RecruitmentEvent.objects.visible_to(membership).filter(participant=None).order_by()
    if round:
        numbers = numbers.filter(round=round)
    for step, reason, route, group, site, people in numbers.values_list(
        "step", "reason", as_text("route_id"), as_text("group_id"), as_text("site_id"), "people"
    ):
        left = step if step in EXITS else ""
        counted[group, site, route or WITHOUT_ROUTE, level([step]), left, reason] += people
    return [Way(*way, people=people) for way, people in counted.items()]


def _way(each: History) -> tuple[str, int, str, str]:
    """The route, how far somebody came, and how and why they left."""
    exit, reason = each.last, each.reason
    if each.withdrawal and exit != Step.WITHDREW:
        exit, reason = Step.WITHDREW.value, ""
    is_gone = exit in EXITS and (exit == Step.WITHDREW or "held" not in each.interviews)
    return each.route, level(each.steps, each.interviews), *((exit, reason) if is_gone else ("", ""))


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


def last_events(people: Iterable[Participant]) -> dict[UUID, RecruitmentEvent]:
    """The last step of each of these people, whatever it says; one query."""
    events = RecruitmentEvent.objects.filter(participant__in=list(people)).select_related("route")
    newest = events.order_by("participant_id", "-happened_on", "-recorded_at", "-id").distinct(
        "participant_id"
    )
    return {each.participant_id: each for each in newest if each.participant_id}


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
    events = RecruitmentEvent.objects.visible_to(membership).exclude(reason="")
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
