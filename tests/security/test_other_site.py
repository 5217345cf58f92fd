"""A recruiter of one site learns nothing of the people of another, at no address."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from apps.participants.actions import Happened, record_step
from apps.participants.models import Interview, Participant, RecruitmentEvent
from tests import make
from tests.web.asking import at
from tests.web.test_access import OF_A_STUDY, Address

pytestmark = pytest.mark.django_db
HIDDEN = "farfaraway"


@pytest.fixture
def far(cast: make.Cast) -> Participant:
    """Somebody of another site, of whom every free text is known, with an interview and a step."""
    site = make.site(cast.study, "Eastgate")
    person = make.participant(cast.study, group=cast.group, site=site)
    person.pseudonym, person.reference, person.note = f"{HIDDEN} 77", f"{HIDDEN}-77", HIDDEN
    person.save()
    words = {"place": HIDDEN, "notes": HIDDEN, "incidents": HIDDEN, "interviewer_name": HIDDEN}
    make.transcript(cast.study, interview=make.interview(cast.study, participant=person, **words))
    make.interview(cast.study, participant=person, status="booked", held_on=date(2026, 3, 4))
    happened = Happened(step="other", happened_on=date(2026, 2, 1), detail=HIDDEN, due_on=date(2026, 3, 1))
    record_step(participant=person, happened=happened, by=cast.administrator, now=make.NOW)
    left = Happened(step="declined", happened_on=date(2026, 2, 2), reason=f"{HIDDEN} reason")
    record_step(participant=person, happened=left, by=cast.administrator, now=make.NOW)
    return person


@pytest.fixture
def recruiter(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.recruiter)
    client.post(at("contacts_reason", cast), {"reason": "booking"})
    return client


def of_the_person(far: Participant) -> dict[str, object]:
    """The keys of what hangs on the person, by their names in addresses."""
    return {
        "participant_id": far.id,
        "interview_id": Interview.objects.filter(participant=far)[0].id,
        "event_id": RecruitmentEvent.objects.filter(participant=far)[0].id,
    }


def filled(address: Address, cast: make.Cast, keys: dict[str, object]) -> str:
    path = address.route
    for name in address.names & keys.keys():
        path = path.replace(f"<uuid:{name}>", str(keys[name]))
    return Address(path, address.view, address.names - keys.keys()).filled(cast.study.id)


def test_every_address_of_a_person_answers_as_if_there_were_none(
    recruiter: Client, cast: make.Cast, far: Participant
) -> None:
    keys = of_the_person(far)
    membership = cast.study.memberships.get(user=cast.recruiter)
    about = [address for address in OF_A_STUDY if address.names & keys.keys()]
    found, wanted = {}, {}
    for address in about:
        for method in address.methods:
            name = f"{method} {address.route}"
            answer = getattr(recruiter, method)(filled(address, cast, keys))
            assert HIDDEN.encode() not in answer.content, name
            found[name] = answer.status_code
            wanted[name] = 404 if membership.may(address.permission(method)) else 403
    assert {name: status for name, status in found.items() if status not in (wanted[name], 405)} == {}
    assert len([name for name, status in found.items() if status == 404]) >= 8


def test_no_list_count_search_or_file_names_the_person(
    recruiter: Client, cast: make.Cast, far: Participant
) -> None:
    telling = [path for path in everywhere(cast, far) if HIDDEN.encode() in body(recruiter, path)]
    assert telling == []


def everywhere(cast: make.Cast, far: Participant) -> Iterator[str]:
    """Every address without an object, also narrowed to the other site in the ways that pages know."""
    for address in OF_A_STUDY:
        if address.names == {"study_id"} and "get" in address.methods:
            path = address.filled(cast.study.id)
            yield from (path, f"{path}?site={far.site_id}", f"{path}?cell={far.group_id}.{far.site_id}")
    yield f"{at('sampling_cell', cast, far.group_id)}?site={far.site_id}"
    yield at("sampling_cell", cast, far.group_id)


def body(client: Client, path: str) -> bytes:
    answer = client.get(path)
    return b"".join(answer) if answer.streaming else answer.content


def test_nothing_is_recorded_of_or_taken_out_for_the_person(
    recruiter: Client, cast: make.Cast, far: Participant
) -> None:
    before = RecruitmentEvent.objects.count()
    step = {"step": "booked", "happened_on": "2026-02-20"}
    recruiter.post(at("steps_record", cast), {**step, "person": [str(far.id)]})
    refused = recruiter.post(
        at("api:recruitment_steps", cast),
        {**step, "participants": [str(far.id)]},
        content_type="application/json",
    )
    assert refused.status_code in (400, 404, 422)
    assert HIDDEN.encode() not in refused.content
    assert RecruitmentEvent.objects.count() == before
    letters = recruiter.post(at("contacts_letters", cast), {"people": [str(far.id)]})
    assert (letters.status_code, letters.headers["Location"]) == (302, at("contacts", cast))
