"""The study of the benchmark: 5,000 people in four groups at three sites, each with eight characteristics."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from apps.accounts.models import User
from apps.participants.models import (
    Characteristic,
    CharacteristicValue,
    ContactRoute,
    Interview,
    Participant,
    RecruitmentEvent,
    SamplingTarget,
)
from apps.studies.models import Membership, ParticipantGroup, Site, Study
from apps.studies.permissions import Role

PEOPLE = 5000
CHOICES = ("First", "Second", "Third", "Fourth", "Fifth")
STEPS = ("approached", "replied", "declined", "booked", "interviewed")


@dataclass(frozen=True)
class Data:
    study: Study
    administrator: User
    group: ParticipantGroup


def seed(*, people: int = PEOPLE) -> Data:
    """Writes the study; the same rows each time but for their ids."""
    chance = random.Random(6)
    administrator = User.objects.create_user(
        email="leila@example.org", password="not used at all", name="Leila Haddad"
    )
    study = Study.objects.create(name="Benchmark", opened_by=administrator)
    Membership.objects.create(study=study, user=administrator, roles=[Role.PI])
    sites = [Site.objects.create(study=study, name=name, position=n) for n, name in enumerate("ABC")]
    groups = [
        ParticipantGroup.objects.create(
            study=study,
            name=f"Group {n}",
            stem=f"Person {n}",
            position=n,
            target=people // 8,
            numbers_minted=people,
        )
        for n in range(4)
    ]
    asked = [
        Characteristic.objects.create(
            study=study, name=f"Characteristic {n}", kind="choice", choices=list(CHOICES), position=n
        )
        for n in range(8)
    ]
    rows = Participant.objects.bulk_create(
        Participant(
            study=study,
            group=groups[n % 4],
            site=sites[n % 3],
            number=n,
            pseudonym=f"{groups[n % 4].stem} {n:05d}",
            reference=f"R-{n:05d}",
        )
        for n in range(people)
    )
    CharacteristicValue.objects.bulk_create(
        (
            CharacteristicValue(participant=row, characteristic=each, value=chance.choice(CHOICES))
            for row in rows
            for each in asked
        ),
        batch_size=5000,
    )
    _recruit(study, administrator, rows, chance)
    SamplingTarget.objects.bulk_create(
        SamplingTarget(
            study=study,
            group=group,
            site=site,
            minimum=people // 20,
            reason="Protocol",
            set_at=timezone.now(),
            set_by=administrator,
        )
        for group in groups
        for site in sites
    )
    return Data(study, administrator, groups[0])


def _recruit(study: Study, by: User, rows: list[Participant], chance: random.Random) -> None:
    route = ContactRoute.objects.create(study=study, name="E-mail")
    first = date(2025, 1, 1)
    events, interviews = [], []
    for row in rows:
        far = chance.randint(0, len(STEPS))
        for place, step in enumerate(STEPS[:far]):
            events.append(
                RecruitmentEvent(
                    study=study,
                    participant=row,
                    step=step,
                    happened_on=first + timedelta(days=place * 7),
                    route=route,
                    recorded_at=timezone.now(),
                    recorded_by=by,
                )
            )
        if far == len(STEPS):
            day = first + timedelta(days=chance.randint(30, 300))
            interviews.append(Interview(study=study, participant=row, held_on=day, minutes=60))
    RecruitmentEvent.objects.bulk_create(events, batch_size=5000)
    Interview.objects.bulk_create(interviews, batch_size=5000)


def list_of(people: int) -> bytes:
    """A list of new people as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["Participant ID", "Group", "Site", "Characteristic 1", "Characteristic 2", "Interview date"]
    )
    for n in range(people):
        writer.writerow(
            [f"N-{n:05d}", f"Group {n % 4}", "ABC"[n % 3], CHOICES[n % 5], CHOICES[n % 4], "2025-06-03"]
        )
    return text.getvalue().encode()
