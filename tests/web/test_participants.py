from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.participants import actions
from apps.participants.models import Characteristic, CharacteristicValue, Interview, Participant
from apps.studies.permissions import Role
from tests import make
from tests.web.asking import at, queries_of, said

HOSTILE = "<script>alert(1)</script> 🙂 =1+1"


@pytest.fixture
def person(cast: make.Cast) -> Participant:
    return make.participant(cast.study, group=cast.group, site=cast.site)


def test_an_empty_study_is_told_to_say_where_it_recruits(client: Client, db: None) -> None:
    study = make.study()
    pi = make.member(study, Role.PI)
    client.force_login(pi)
    page = client.get(reverse("participants", args=[study.id]))
    assert page.context["can_begin"] is False
    assert reverse("study_settings", args=[study.id]) in page.content.decode()


def test_a_study_without_people_is_offered_an_import(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    page = client.get(at("participants", cast)).content.decode()
    assert page.count(at("people_import", cast)) == 2


def test_a_recruiter_is_offered_nothing_to_change(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    client.force_login(cast.recruiter)
    pages = [client.get(at("participants", cast)), client.get(at("participant", cast, person.id))]
    assert [page.context["may_edit"] for page in pages] == [False, False]
    assert at("participant_change", cast, person.id) not in pages[1].content.decode()


def test_people_stand_by_group_with_what_is_known_of_them(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    staff = make.group(cast.study, "Hub staff")
    other = make.participant(cast.study, group=staff, site=make.site(cast.study))
    version = make.transcript(cast.study, interview=make.interview(cast.study, participant=person))
    client.force_login(cast.pi)
    page = client.get(at("participants", cast))
    lines = [
        (group.name, line.participant.pseudonym, line.interview, transcript)
        for group, _, rows in page.context["groups"]
        for line, transcript in rows
    ]
    assert lines == [
        ("Hub clients", "Hub client 01", version.transcript.interview, version.transcript),
        ("Hub staffs", other.pseudonym, None, None),
    ]


def test_a_group_says_how_many_it_has_also_where_a_page_breaks_it(
    client: Client, cast: make.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.web.views.participants.PEOPLE_ON_A_PAGE", 2)
    for _ in range(3):
        make.participant(cast.study, group=cast.group, site=cast.site)
    client.force_login(cast.pi)
    for page, shown in ((1, 2), (2, 1)):
        answer = client.get(at("participants", cast), {"page": page})
        assert [(size, len(rows)) for _, size, rows in answer.context["groups"]] == [(3, shown)]
        assert "3 people" in answer.content.decode()


@pytest.mark.parametrize("name", ["group", "site"])
def test_the_list_is_narrowed_to_a_group_or_site(
    client: Client, cast: make.Cast, person: Participant, name: str
) -> None:
    make.participant(cast.study, group=make.group(cast.study), site=make.site(cast.study))
    client.force_login(cast.pi)
    page = client.get(at("participants", cast), {name: str(getattr(person, f"{name}_id"))})
    assert list(page.context["page"]) == [person]


def test_a_filter_of_another_study_shows_everybody_and_tells_nothing(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    client.force_login(cast.pi)
    page = client.get(at("participants", cast), {"group": str(make.group(make.study()).id)})
    assert list(page.context["page"]) == [person]


def test_a_recruiter_finds_only_people_of_their_site(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    elsewhere = make.participant(cast.study, group=cast.group, site=make.site(cast.study))
    client.force_login(cast.recruiter)
    assert list(client.get(at("participants", cast)).context["page"]) == [person]
    assert client.get(at("participant", cast, person.id)).status_code == 200
    assert client.get(at("participant", cast, elsewhere.id)).status_code == 404


def test_a_recruiter_who_reads_no_transcripts_is_not_told_that_they_are_missing(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    make.transcript(cast.study, interview=make.interview(cast.study, participant=person))
    for who, is_told in ((cast.recruiter, False), (cast.administrator, True)):
        client.force_login(who)
        for page in (at("participants", cast), at("participant", cast, person.id)):
            words = client.get(page).content.decode()
            assert ("Transcript</th>" in words, "missing" in words) == (is_told, False)


def test_people_of_another_study_are_not_found(client: Client, cast: make.Cast) -> None:
    stranger = make.participant(make.study())
    interview = make.interview(stranger.study, participant=stranger)
    client.force_login(cast.pi)
    names = ("participant", "participant_change", "participant_remove", "interview_add")
    statuses = [client.post(at(name, cast, stranger.id)).status_code for name in names]
    statuses += [
        client.post(at(name, cast, interview.id)).status_code for name in ("interview", "interview_remove")
    ]
    assert statuses == [404] * 6


def test_somebody_is_added_and_the_next_one_begins_with_the_same_group(
    client: Client, cast: make.Cast
) -> None:
    client.force_login(cast.administrator)
    form = {"group": cast.group.id, "site": cast.site.id, "reference": HOSTILE, "note": HOSTILE}
    answer = client.post(at("participant_add", cast), form)
    made = Participant.objects.get()
    assert (answer.headers["Location"], said(answer)) == (
        at("participant", cast, made.id),
        ["Hub client 01 was added."],
    )
    page = client.get(at("participant", cast, made.id)).content.decode()
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; 🙂") == 2
    assert page.count("<script>alert(1)") == 0
    again = client.post(at("participant_add", cast), {**form, "reference": "", "again": "1"})
    form = client.get(again.headers["Location"]).context["form"]
    assert (form["group"].value(), form["site"].value()) == (str(cast.group.id), str(cast.site.id))
    event = AuditEvent.objects.filter(noun="participant").latest("created_at")
    assert (event.verb, event.object_name, event.actor_name) == ("added", "Hub client 02", "Leila Haddad")


def test_a_form_that_is_wrong_comes_back_with_the_sentence_at_its_field(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    Participant.objects.filter(id=person.id).update(reference="R-1")
    elsewhere = make.site(make.study())
    client.force_login(cast.administrator)
    whole = {"group": cast.group.id, "site": cast.site.id, "reference": "R-1"}
    for changes, field in (({}, "reference"), ({"site": elsewhere.id}, "site"), ({"group": ""}, "group")):
        answer = client.post(at("participant_add", cast), whole | changes)
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
    assert Participant.objects.count() == 1


def test_what_is_known_of_a_person_is_changed(client: Client, cast: make.Cast, person: Participant) -> None:
    gender = Characteristic.objects.create(
        study=cast.study, name="Gender", kind="choice", choices=["Woman", "Man"]
    )
    age = Characteristic.objects.create(study=cast.study, name="Age", kind="number")
    client.force_login(cast.administrator)
    page = client.get(at("participant_change", cast, person.id))
    assert [value.label for value, _ in page.context["known"].rows] == ["Age", "Gender"]
    form = {
        "site": cast.site.id,
        "reference": "R-9",
        f"value-{gender.id}": "Woman",
        f"state-{age.id}": "prefer_not",
    }
    answer = client.post(at("participant_change", cast, person.id), form)
    assert answer.headers["Location"] == at("participant", cast, person.id)
    values = CharacteristicValue.objects.values_list("characteristic__name", "state", "value")
    assert sorted(values) == [("Age", "prefer_not", ""), ("Gender", "given", "Woman")]
    person.refresh_from_db()
    assert person.reference == "R-9"
    client.post(at("participant_change", cast, person.id), {"site": cast.site.id})
    assert CharacteristicValue.objects.count() == 0


def test_a_value_that_does_not_fit_changes_nothing(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    age = Characteristic.objects.create(study=cast.study, name="Age", kind="number")
    client.force_login(cast.administrator)
    for answers in ({f"value-{age.id}": "old"}, {f"value-{age.id}": "42", f"state-{age.id}": "unknown"}):
        form = {"site": cast.site.id, "reference": "R-9", **answers}
        answer = client.post(at("participant_change", cast, person.id), form)
        assert (answer.status_code, list(answer.context["known"].errors)) == (422, [f"value-{age.id}"])
    person.refresh_from_db()
    assert (person.reference, CharacteristicValue.objects.count()) == ("", 0)


def test_somebody_added_by_mistake_is_removed(client: Client, cast: make.Cast, person: Participant) -> None:
    client.force_login(cast.administrator)
    assert client.get(at("participant_remove", cast, person.id)).status_code == 405
    answer = client.post(at("participant_remove", cast, person.id))
    assert said(answer) == ["Hub client 01 was removed."]
    assert Participant.objects.count() == 0


def test_somebody_with_a_transcript_is_not(client: Client, cast: make.Cast, person: Participant) -> None:
    version = make.transcript(cast.study, interview=make.interview(cast.study, participant=person))
    client.force_login(cast.administrator)
    answer = client.post(at("participant_remove", cast, person.id))
    assert said(answer) == ["Hub client 01 has a transcript and cannot be removed."]
    answer = client.post(at("interview_remove", cast, version.transcript.interview_id))
    assert said(answer)[1:] == ["This interview of Hub client 01 has a transcript and cannot be removed."]
    assert (Participant.objects.count(), Interview.objects.count()) == (1, 1)


def test_an_interview_is_booked_recorded_and_removed(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    client.force_login(cast.administrator)
    form = {"status": "booked", "held_on": "2030-01-01", "mode": "video", "interviewer": cast.ruth.id}
    client.post(at("interview_add", cast, person.id), form)
    interview = Interview.objects.get()
    assert (interview.status, interview.interviewer) == ("booked", cast.ruth)
    held = {
        "status": "held",
        "held_on": "2026-02-10",
        "mode": "telephone",
        "minutes": "62",
        "interviewer_name": HOSTILE,
    }
    answer = client.post(at("interview", cast, interview.id), held)
    assert answer.headers["Location"] == at("participant", cast, person.id)
    interview.refresh_from_db()
    assert (interview.status, interview.held_on, interview.minutes) == ("held", date(2026, 2, 10), 62)
    page = client.get(at("participant", cast, person.id)).content.decode()
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 1
    client.post(at("interview_remove", cast, interview.id))
    assert Interview.objects.count() == 0


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"status": "held", "mode": "video"}, "held_on"),
        ({"status": "held", "mode": "video", "held_on": "2030-01-01"}, "held_on"),
        ({"status": "booked", "mode": "video", "minutes": "62"}, "minutes"),
        ({"status": "held", "mode": "video", "held_on": "2026-02-31"}, "held_on"),
        ({"status": "held", "mode": "video", "held_on": "2026-02-01", "minutes": "0"}, "minutes"),
        ({"status": "held", "mode": "video", "held_on": "2026-02-01", "minutes": "601"}, "minutes"),
        ({"status": "held", "mode": "pigeon", "held_on": "2026-02-01"}, "mode"),
    ],
)
def test_an_interview_that_cannot_be_comes_back(
    client: Client, cast: make.Cast, person: Participant, form: dict[str, str], field: str
) -> None:
    client.force_login(cast.administrator)
    answer = client.post(at("interview_add", cast, person.id), form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Interview.objects.count() == 0


def test_an_outsider_is_no_interviewer(client: Client, cast: make.Cast, person: Participant) -> None:
    client.force_login(cast.administrator)
    form = {"status": "held", "held_on": "2026-02-10", "mode": "video", "interviewer": cast.outsider.id}
    answer = client.post(at("interview_add", cast, person.id), form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["interviewer"])


def test_characteristics_are_defined_changed_and_removed(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    client.force_login(cast.administrator)
    form = {"name": "Gender", "kind": "choice", "choices": "Woman\nMan\n\nMan\n", "groups": [cast.group.id]}
    client.post(at("characteristics", cast), form)
    gender = Characteristic.objects.get()
    assert (gender.choices, list(gender.groups.all())) == (["Woman", "Man"], [cast.group])
    assert client.post(at("characteristics", cast), form).status_code == 422
    actions.set_value(participant=person, characteristic=gender, value="Man", by=cast.pi, now=make.NOW)
    answer = client.post(at("characteristic", cast, gender.id), {**form, "choices": "Woman\nOther"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["kind"])
    client.post(at("characteristic", cast, gender.id), {**form, "name": "Gender identity"})
    assert Characteristic.objects.get().name == "Gender identity"
    kept = client.post(at("characteristic_remove", cast, gender.id))
    assert said(kept) == ["“Gender identity” is known of 1 people; say that their values may go too."]
    client.post(at("characteristic_remove", cast, gender.id), {"with_values": "on"})
    assert Characteristic.objects.count() == 0


@pytest.mark.parametrize("page", ["participants", "characteristics"])
def test_a_list_costs_the_same_for_one_and_three(client: Client, cast: make.Cast, page: str) -> None:
    client.force_login(cast.pi)
    costs = []
    for more in (1, 2):
        for _ in range(more):
            person = make.participant(cast.study, group=cast.group, site=cast.site)
            make.transcript(cast.study, interview=make.interview(cast.study, participant=person))
            trait = Characteristic.objects.create(study=cast.study, name=f"Trait {person.number}")
            trait.groups.add(cast.group)
            CharacteristicValue.objects.create(participant=person, characteristic=trait, value="x")
        costs.append(queries_of(client, at(page, cast)))
    assert costs[0] == costs[1]


def test_a_person_costs_the_same_with_one_and_three_interviews(
    client: Client, cast: make.Cast, person: Participant
) -> None:
    client.force_login(cast.pi)
    costs = []
    for more in (1, 2):
        for _ in range(more):
            make.transcript(cast.study, interview=make.interview(cast.study, participant=person))
        costs.append(queries_of(client, at("participant", cast, person.id)))
    assert costs[0] == costs[1]
