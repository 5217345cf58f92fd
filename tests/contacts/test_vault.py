"""Who participants are: sealed, seen by those who reach them, and forgotten for good when they withdraw."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.contacts import actions, queries
from apps.contacts.engine.details import Details
from apps.contacts.models import Contact
from apps.core import keys
from apps.core.identity import acting_as
from apps.participants import actions as participants
from apps.participants.models import Participant
from apps.studies.models import Membership
from tests import make

pytestmark = pytest.mark.django_db

ADA = Details(name="Ada Lovelace", email="ada@example.org", telephone="0161 496 0000", employer="Byron Trust")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> Path:
    settings.KEYS_DIRECTORY = str(tmp_path)
    return tmp_path


@pytest.fixture
def person(cast: make.Cast) -> Participant:
    return make.participant(cast.study, group=cast.group, site=cast.site)


def place_of(cast: make.Cast, user: User) -> Membership:
    return Membership.objects.get(study=cast.study, user=user)


def write(cast: make.Cast, person: Participant, details: Details = ADA, **asked: Any) -> Contact:
    by = asked.pop("by", cast.administrator)
    with acting_as(by.id):
        return actions.write(
            participant=person,
            details=details,
            membership=place_of(cast, by),
            by=by,
            now=make.NOW,
            **asked,
        )


def look(cast: make.Cast, person: Participant, by: User, reason: str = "booking") -> tuple[Details, int]:
    with acting_as(by.id):
        return actions.look(
            participant=person, membership=place_of(cast, by), reason=reason, by=by, now=make.NOW
        )


def rows_seen_by(user: User) -> int:
    with acting_as(user.id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contacts_contact")
        return int(cursor.fetchone()[0])


def test_administrators_and_recruiters_of_the_site_read_what_was_written(
    cast: make.Cast, person: Participant
) -> None:
    write(cast, person)
    assert look(cast, person, cast.administrator) == (ADA, 1)
    assert look(cast, person, cast.recruiter) == (ADA, 1)


def test_everybody_else_is_refused_by_the_rule_and_by_the_database(
    cast: make.Cast, person: Participant
) -> None:
    write(cast, person)
    elsewhere = make.member(cast.study, make.Role.RECRUITER, site=make.site(cast.study))
    others = [cast.pi, cast.ruth, cast.jin, cast.adjudicator, cast.observer, elsewhere]
    for user in others:
        with pytest.raises(actions.NotPermitted):
            look(cast, person, user)
    assert [rows_seen_by(user) for user in [*others, cast.outsider]] == [0] * 7
    assert [rows_seen_by(user) for user in (cast.administrator, cast.recruiter)] == [1, 1]
    assert [Contact.objects.visible_to(place_of(cast, user)).count() for user in others] == [0] * 6


def test_a_recruiter_cannot_write_for_another_site_even_past_the_rule(cast: make.Cast) -> None:
    far = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(cast.recruiter.id):
        Contact.objects.create(participant=far, sealed=b"forged", changed_at=make.NOW)


def test_each_look_is_on_record_with_its_reason_and_without_the_details(
    cast: make.Cast, person: Participant
) -> None:
    write(cast, person)
    look(cast, person, cast.recruiter, reason="arranging interviews")
    events = AuditEvent.objects.filter(noun="contact details").order_by("created_at")
    assert [(event.verb, event.actor_name, event.detail) for event in events] == [
        ("wrote", "Leila Haddad", {"changed": ["name", "email", "telephone", "employer"]}),
        ("looked at", "Sam Adeyemi", {"reason": "arranging interviews"}),
    ]
    assert not any("Lovelace" in str(vars(event)) for event in events)


def test_nobody_looks_without_a_reason(cast: make.Cast, person: Participant) -> None:
    write(cast, person)
    with pytest.raises(actions.NoReason):
        look(cast, person, cast.recruiter, reason="  ")


def test_who_saves_an_old_page_is_told(cast: make.Cast, person: Participant) -> None:
    write(cast, person, version=0)
    write(cast, person, Details(name="Ada King"), version=1)
    with pytest.raises(actions.ChangedMeanwhile):
        write(cast, person, Details(name="Countess"), version=1)
    assert look(cast, person, cast.administrator) == (Details(name="Ada King"), 2)


def test_a_search_finds_words_and_names_whom_it_found(cast: make.Cast, person: Participant) -> None:
    other = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    write(cast, person)
    write(cast, other, Details(name="Charles Babbage"))
    with acting_as(cast.administrator.id):
        found = actions.look_through(
            people=[person, other],
            membership=place_of(cast, cast.administrator),
            reason="a call",
            purpose="searched",
            words="ada",
            by=cast.administrator,
            now=make.NOW,
        )
    assert found == [(person, ADA)]
    event = AuditEvent.objects.get(verb="searched")
    assert (event.object_name, event.detail) == (person.pseudonym, {"reason": "a call", "looked_through": 2})


@pytest.mark.parametrize("who", ["pi", "administrator"])
def test_destroyed_details_are_gone_with_their_key(
    cast: make.Cast, person: Participant, who: str, django_capture_on_commit_callbacks: Any
) -> None:
    write(cast, person)
    by = getattr(cast, who)
    with django_capture_on_commit_callbacks(execute=True), acting_as(by.id):
        assert actions.destroy(participant=person, by=by, now=make.NOW) is True
    assert keys.find(person.id) is None
    assert look(cast, person, cast.administrator) == (Details(), 0)
    with acting_as(by.id):
        assert actions.destroy(participant=person, by=by, now=make.NOW) is False


def test_a_recruiter_and_an_outsider_destroy_nothing(cast: make.Cast, person: Participant) -> None:
    write(cast, person)
    for by in (cast.recruiter, cast.ruth, cast.outsider):
        with acting_as(by.id):
            assert actions.destroy(participant=person, by=by, now=make.NOW) is False
    assert look(cast, person, cast.administrator) == (ADA, 1)


def test_an_old_copy_of_the_row_cannot_be_read_without_its_key(cast: make.Cast, person: Participant) -> None:
    write(cast, person)
    keys.destroy(person.id)
    with pytest.raises(actions.CannotBeRead, match="Hub client 01 cannot be read"):
        look(cast, person, cast.administrator)


def test_a_key_whose_row_is_gone_is_destroyed_later(
    cast: make.Cast, person: Participant, place: Path
) -> None:
    kept = make.participant(cast.study, group=cast.group, site=cast.site)
    write(cast, kept)
    write(cast, person)
    with acting_as(cast.pi.id):
        participants.remove(participant=person, by=cast.pi, now=make.NOW)
    for path in place.iterdir():
        os.utime(path, (make.NOW.timestamp(),) * 2)
    assert actions.destroy_orphaned(now=make.NOW + timedelta(minutes=59)) == 0
    assert actions.destroy_orphaned(now=make.NOW + timedelta(minutes=61)) == 1
    assert (keys.find(person.id), keys.find(kept.id) is None) == (None, False)


def test_a_study_key_is_replaced_in_two_steps(cast: make.Cast, person: Participant, settings: Any) -> None:
    write(cast, person)
    old, new = settings.STUDY_KEYS[0], Fernet.generate_key().decode()
    settings.STUDY_KEYS = [new]
    with pytest.raises(CommandError, match="not in CONCORD_STUDY_KEY"):
        call_command("rotate_study_key")
    settings.STUDY_KEYS = [new, old]
    call_command("rotate_study_key")
    settings.STUDY_KEYS = [new]
    assert look(cast, person, cast.administrator) == (ADA, 1)


def test_the_list_says_who_is_kept_and_unseals_nothing(cast: make.Cast, person: Participant) -> None:
    other = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    write(cast, person)
    keys.destroy(person.id)
    with acting_as(cast.administrator.id):
        lines = queries.lines(place_of(cast, cast.administrator))
    assert [(line.participant, line.is_kept) for line in lines] == [(person, True), (other, False)]
    with acting_as(cast.recruiter.id):
        lines = queries.lines(place_of(cast, cast.recruiter))
    assert [line.participant for line in lines] == [person]
