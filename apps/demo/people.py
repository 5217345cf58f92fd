"""Sites, groups, and the 63 people with what is known of them and their interviews."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.records import Privacy
from apps.demo import library
from apps.demo.keys import key
from apps.demo.library import Person
from apps.participants.models import Characteristic, CharacteristicValue, Interview, Participant
from apps.studies.models import ParticipantGroup, Site, Study

SITES = ("Northmoor", "Eastvale", "Southdown")
GROUPS = {
    "Hub client": "Hub clients",
    "Non-Hub keyworker": "Non-Hub keyworkers",
    "Hub staff": "Hub staff",
    "Wider stakeholder": "Wider stakeholders",
}
"""Stem of the pseudonyms -> name of the group."""
KEYWORKERS = ("Hub client", "Non-Hub keyworker")
SECTORS = ("NHS", "Local authority", "Social care", "Education", "Police", "Fire and rescue", "Commissioning")
YES_NO = ("Yes", "No")
Fields = tuple[str, tuple[str, ...], tuple[str, ...]]
CHARACTERISTICS: Mapping[str, Fields] = {
    "Occupation": ("occupation", (), ()),
    "Sector": ("sector", SECTORS, ()),
    "Clinical role": ("is_clinical", YES_NO, KEYWORKERS),
    "Ethnicity": ("ethnicity", (), ()),
    "Gender": ("gender", ("Woman", "Man", "Non-binary"), ()),
    "Support": ("support", ("Completed", "Discontinued"), ("Hub client",)),
    "View": ("view", ("Local", "Regional"), ("Wider stakeholder",)),
}
"""Name -> field of `Person`, choices (none: text), and the groups of which it is asked (none: all)."""
COARSER = {
    "Ethnicity": {
        "White British": "White",
        "White other": "White",
        "White European": "White",
        "Black": "Black",
        "Black British": "Black",
        "Black African": "Black",
        "Somali British": "Black",
        "Pakistani": "Asian",
        "Bengali British": "Asian",
        "Indonesian": "Asian",
        "Mixed—White and Afro Caribbean": "Mixed",
        "Mixed – White and Black African": "Mixed",
    }
}
"""Broader words by characteristic and value, for tables that must not tell too much."""
NOT_SAID = {"Prefer not to say": CharacteristicValue.State.PREFER_NOT}


def make_sites(study: Study) -> list[Site]:
    return Site.objects.bulk_create(
        Site(id=key("site", name), study=study, name=name, position=position)
        for position, name in enumerate(SITES, start=1)
    )


def make_groups(study: Study) -> dict[str, ParticipantGroup]:
    """The groups, by stem, with the published numbers as targets; all of them were reached."""
    numbers = library.facts()["groups"]
    groups = [
        ParticipantGroup(
            id=key("group", stem),
            study=study,
            name=name,
            stem=stem,
            position=position,
            target=numbers[name],
            numbers_minted=numbers[name],
        )
        for position, (stem, name) in enumerate(GROUPS.items(), start=1)
    ]
    return {group.stem: group for group in ParticipantGroup.objects.bulk_create(groups)}


def make_people(
    study: Study,
    users: Mapping[str, User],
    sites: list[Site],
    groups: Mapping[str, ParticipantGroup],
    *,
    by: User,
    now: datetime,
) -> dict[str, Interview]:
    """All participants with their characteristics; returns the interviews by pseudonym."""
    site_named = {site.name: site for site in sites}
    people = library.people()
    participants = Participant.objects.bulk_create(
        Participant(
            id=key("participant", person.pseudonym),
            study=study,
            group=groups[person.stem],
            site=site_named[person.site],
            number=person.number,
            pseudonym=person.pseudonym,
        )
        for person in people
    )
    characteristics = _define(study, groups)
    pairs = list(zip(people, participants, strict=True))
    CharacteristicValue.objects.bulk_create(
        value for person, participant in pairs for value in _values(person, participant, characteristics)
    )
    interviews = Interview.objects.bulk_create(
        _interview(study, person, participant, users) for person, participant in pairs
    )
    names = [person.pseudonym for person in people]
    record(
        "imported",
        "participants",
        by=by,
        now=now,
        study_id=study.id,
        created=len(names),
        changed=0,
        pseudonyms=names,
    )
    return dict(zip(names, interviews, strict=True))


def _define(study: Study, groups: Mapping[str, ParticipantGroup]) -> dict[str, Characteristic]:
    made: dict[str, Characteristic] = {}
    for position, (name, (_, choices, stems)) in enumerate(CHARACTERISTICS.items(), start=1):
        made[name] = Characteristic.objects.create(
            id=key("characteristic", name),
            study=study,
            name=name,
            kind=Characteristic.Kind.CHOICE if choices else Characteristic.Kind.TEXT,
            choices=list(choices),
            categories=COARSER.get(name, {}),
            privacy_class=Privacy.PSEUDONYMOUS.value,
            position=position,
        )
        made[name].groups.set(groups[stem] for stem in stems)
    return made


def _values(
    person: Person, participant: Participant, characteristics: Mapping[str, Characteristic]
) -> Iterator[CharacteristicValue]:
    for name, (field, _, stems) in CHARACTERISTICS.items():
        if stems and person.stem not in stems:
            continue
        said: str = getattr(person, field)
        state = NOT_SAID.get(said) or (
            CharacteristicValue.State.GIVEN if said else CharacteristicValue.State.NOT_COLLECTED
        )
        yield CharacteristicValue(
            participant=participant,
            characteristic=characteristics[name],
            state=state,
            value=said if state == CharacteristicValue.State.GIVEN else "",
        )


def _interview(
    study: Study, person: Person, participant: Participant, users: Mapping[str, User]
) -> Interview:
    return Interview(
        id=key("interview", person.pseudonym),
        study=study,
        participant=participant,
        held_on=person.held_on,
        mode=Interview.Mode.VIDEO,
        minutes=person.minutes,
        interviewer=users[person.interviewer],
        status=Interview.Status.HELD,
    )
