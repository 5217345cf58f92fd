"""How the 63 people were found: routes, targets and their changes, steps, and two returns to the field."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from apps.accounts.models import User
from apps.demo import library
from apps.demo.calendar import at
from apps.demo.keys import key
from apps.demo.library import Person
from apps.participants.models import (
    Characteristic,
    ContactRoute,
    Participant,
    Population,
    RecruitmentEvent,
    RecruitmentRound,
    SamplingTarget,
)
from apps.studies.models import ParticipantGroup, Site, Study

Step = RecruitmentEvent.Step
TARGETS_SET = at(2021, 3, 15)
FINDING_SEEN, GAP_SEEN = date(2021, 11, 22), date(2021, 12, 20)
# Name -> what permits the study to use it, and whether it is known how many it reached.
ROUTES: Mapping[str, tuple[str, bool]] = {
    "Consented to contact, by e-mail": ("Consented to be contacted when they came to a hub", True),
    "Poster": ("Public notice; people write of their own accord", False),
    "E-mail passed on by employer": ("Employer forwards; the study learns no address", False),
    "Related study, by e-mail": ("Consented to be contacted about other studies", True),
    "Screened, not self-referred, by e-mail": ("Consented to contact at screening", True),
    "Referred by a reference group": ("Asked by the group whether the study may write", True),
    "Referred by Hub staff": ("Asked by Hub staff whether the study may write", True),
}
# One cell of a group brought one more than planned, another one fewer: (group, more, fewer).
SHIFTED = (("Hub client", "Eastvale", "Southdown"), ("Non-Hub keyworker", "Northmoor", "Southdown"))
# Group, characteristic, value, at least, at most, since, why.
WANTED = (
    ("Hub client", "Clinical role", "Yes", 8, 12, TARGETS_SET, "Clinical and other roles alike."),
    ("Hub client", "Support", "Completed", 8, None, TARGETS_SET, "The usual course of support."),
    (
        "Hub client", "Support", "Discontinued", 4, None, at(2021, 11, 22),
        "Coded data were mostly positive; those who stopped may have seen something else.",
    ),
    ("Hub client", "Gender", "Man", 8, None, at(2021, 12, 20), "Men are under-represented."),
    ("Non-Hub keyworker", "Gender", "Man", 7, None, at(2021, 12, 20), "Men are under-represented."),
    ("Non-Hub keyworker", "Sector", "Police", 3, None, at(2021, 12, 20), "Emergency services are missing."),
    (
        "Non-Hub keyworker", "Sector", "Fire and rescue", 2, None, at(2021, 12, 20),
        "Emergency services are missing.",
    ),
    ("Wider stakeholder", "View", "Regional", 2, None, TARGETS_SET, "Local and regional views."),
)  # fmt: skip
POPULATIONS = {"Hub client": 2400, "Non-Hub keyworker": 180_000, "Hub staff": 95, "Wider stakeholder": 60}
FROM_FINDING = ("Hub client 09", "Hub client 16", "Hub client 18")
FROM_GAP = ("Non-Hub keyworker 06", "Non-Hub keyworker 07", "Non-Hub keyworker 11", "Non-Hub keyworker 18")
# People who are not on the list: group, route, how far, how many at each site, reason.
NUMBERS = (
    ("Hub client", "Consented to contact, by e-mail", Step.APPROACHED, (14, 11, 9), ""),
    ("Hub client", "Consented to contact, by e-mail", Step.DECLINED, (2, 1, 2), "No time"),
    ("Hub client", "Consented to contact, by e-mail", Step.DECLINED, (1, 1, 0), "Did not wish to talk"),
    ("Hub client", "Poster", Step.NOT_ELIGIBLE, (1, 0, 1), "No contact with a hub"),
    ("Non-Hub keyworker", "Related study, by e-mail", Step.APPROACHED, (7, 6, 5), ""),
    ("Non-Hub keyworker", "Screened, not self-referred, by e-mail", Step.APPROACHED, (6, 8, 4), ""),
    ("Non-Hub keyworker", "Related study, by e-mail", Step.DECLINED, (1, 2, 0), "No time"),
    ("Non-Hub keyworker", "E-mail passed on by employer", Step.DECLINED, (0, 1, 1), ""),
    ("Hub staff", "Referred by Hub staff", Step.DECLINED, (1, 0, 1), "Left the post"),
    ("Wider stakeholder", "Referred by a reference group", Step.APPROACHED, (2, 1, 2), ""),
    ("Wider stakeholder", "Referred by a reference group", Step.DECLINED, (1, 0, 0), "No time"),
)  # fmt: skip


def make_recruitment(
    study: Study, sites: list[Site], groups: Mapping[str, ParticipantGroup], *, by: User, now: datetime
) -> None:
    """Everything by which the board, the funnel and the rounds can be seen full."""
    routes = _routes(study)
    _set_targets(study, sites, groups, by=by)
    _state_populations(study, groups, by=by)
    rounds = _rounds(study, groups, by=by)
    people = {each.pseudonym: each for each in study.participants.all()}
    events = [
        event
        for person in library.people()
        for event in _steps(study, person, people[person.pseudonym], routes, rounds)
    ]
    events += _numbers(study, sites, groups, routes)
    for place, event in enumerate(events):
        event.id, event.recorded_by, event.recorded_at = key("recruitment event", str(place)), by, now
    RecruitmentEvent.objects.bulk_create(events)


def _routes(study: Study) -> dict[str, ContactRoute]:
    made = ContactRoute.objects.bulk_create(
        ContactRoute(
            id=key("route", name),
            study=study,
            name=name,
            permission_basis=basis,
            is_denominator_known=is_known,
            position=position,
        )
        for position, (name, (basis, is_known)) in enumerate(ROUTES.items(), start=1)
    )
    return {route.name: route for route in made}


def _set_targets(
    study: Study, sites: list[Site], groups: Mapping[str, ParticipantGroup], *, by: User
) -> None:
    held = Counter((person.stem, person.site) for person in library.people())
    for stem, more, fewer in SHIFTED:
        held[stem, more] -= 1
        held[stem, fewer] += 1
    targets = [
        SamplingTarget(
            group=group,
            minimum=group.target,
            reason="From the protocol.",
            set_at=TARGETS_SET,
        )
        for group in groups.values()
    ]
    targets += [
        SamplingTarget(
            group=groups[stem],
            site=site,
            minimum=held[stem, site.name],
            reason="Each site in proportion to its size.",
            set_at=TARGETS_SET,
        )
        for stem in groups
        for site in sites
    ]
    named = {each.name: each for each in study.characteristics.all()}
    targets += [
        SamplingTarget(
            group=groups[stem],
            characteristic=named[name],
            value=value,
            minimum=minimum,
            maximum=maximum,
            set_at=moment,
            reason=reason,
        )
        for stem, name, value, minimum, maximum, moment, reason in WANTED
    ]
    for place, target in enumerate(targets):
        target.id, target.study, target.set_by = key("target", str(place)), study, by
    SamplingTarget.objects.bulk_create(targets)


def _state_populations(study: Study, groups: Mapping[str, ParticipantGroup], *, by: User) -> None:
    """Whom the groups were drawn from; the sizes of single occupations nobody has stated yet."""
    Population.objects.bulk_create(
        Population(
            id=key("population", stem),
            study=study,
            group=groups[stem],
            size=size,
            stated_at=TARGETS_SET,
            stated_by=by,
        )
        for stem, size in POPULATIONS.items()
    )


def _rounds(study: Study, groups: Mapping[str, ParticipantGroup], *, by: User) -> dict[str, RecruitmentRound]:
    named: dict[str, Characteristic] = {each.name: each for each in study.characteristics.all()}
    finding = RecruitmentRound(
        id=key("recruitment round", "1"),
        study=study,
        number=1,
        title="Clients who stopped early",
        origin=RecruitmentRound.Origin.FINDING,
        group=groups["Hub client"],
        characteristic=named["Support"],
        value="Discontinued",
        rationale="What was coded so far says mostly what helped. People who stopped may say what did not.",
        finding="In the first transcripts of clients far more passages help than hinder.",
        query="Codings of Hub clients, influence: helps, all constructs",
        profile="Clients who took up support and stopped before the end.",
        wanted=3,
        opened_on=FINDING_SEEN,
        planned_until=date(2022, 1, 31),
        closed_on=date(2021, 12, 20),
        closed_by=by,
        opened_by=by,
        outcome="Three interviews; they added barriers to the first contact and to the waiting time.",
    )
    gap = RecruitmentRound(
        id=key("recruitment round", "2"),
        study=study,
        number=2,
        title="Men, ethnic minorities and emergency services",
        origin=RecruitmentRound.Origin.GAP,
        group=groups["Non-Hub keyworker"],
        rationale="Men, people of minority ethnic groups and emergency services are under-represented.",
        profile="Men; ambulance, police, fire and rescue; ethnic groups other than White British.",
        wanted=4,
        opened_on=GAP_SEEN,
        planned_until=date(2022, 1, 31),
        closed_on=date(2022, 1, 31),
        closed_by=by,
        opened_by=by,
        outcome="Four interviews. Fire and rescue stayed at one.",
    )
    made = RecruitmentRound.objects.bulk_create([finding, gap])
    return {**dict.fromkeys(FROM_FINDING, made[0]), **dict.fromkeys(FROM_GAP, made[1])}


def _steps(
    study: Study,
    person: Person,
    participant: Participant,
    routes: Mapping[str, ContactRoute],
    rounds: Mapping[str, RecruitmentRound],
) -> Iterator[RecruitmentEvent]:
    """Approached, replied, booked, interviewed; some needed a reminder."""
    round = rounds.get(person.pseudonym)
    days = 9 + person.number % 5 if round else 14 + 3 * (person.number % 7)
    first = person.held_on - timedelta(days=days)
    if round:
        first = max(first, round.opened_on)
    steps = [(Step.APPROACHED, first)]
    if person.number % 4 == 0 and (person.held_on - first).days > 10:
        steps.append((Step.REMINDED, first + timedelta(days=6)))
    steps.append((Step.REPLIED, person.held_on - timedelta(days=6)))
    steps.append((Step.BOOKED, person.held_on - timedelta(days=4)))
    steps.append((Step.INTERVIEWED, person.held_on))
    for step, day in steps:
        is_first = step == Step.APPROACHED
        yield RecruitmentEvent(
            study=study,
            participant=participant,
            step=step,
            happened_on=day,
            route=routes[person.route] if is_first else None,
            round=round if is_first else None,
        )


def _numbers(
    study: Study,
    sites: list[Site],
    groups: Mapping[str, ParticipantGroup],
    routes: Mapping[str, ContactRoute],
) -> Iterator[RecruitmentEvent]:
    for stem, route, step, counts, reason in NUMBERS:
        for site, people in zip(sites, counts, strict=True):
            if people:
                yield RecruitmentEvent(
                    study=study,
                    group=groups[stem],
                    site=site,
                    people=people,
                    step=step,
                    happened_on=date(2022, 1, 31),
                    route=routes[route],
                    reason=reason,
                )
