"""One's own queue of transcripts, the team's, and giving transcripts out."""

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.coding import actions
from apps.coding.models import CodingAssignment
from apps.transcripts.models import TranscriptVersion
from tests import make
from tests.web.asking import at, queries_of, said, shape

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


@pytest.fixture
def ruth(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.ruth)
    return client


# --- my work


def test_a_coder_without_transcripts_reads_who_gives_them(ruth: Client, cast: make.Cast) -> None:
    page = ruth.get(at("assignments", cast)).content.decode()
    assert page.count("No transcript was given to you yet.") == 1


def test_my_work_says_how_far_i_am(ruth: Client, cast: make.Cast, work: CodingAssignment) -> None:
    make.coding(work, "a1", 45, 70)
    make.coding(work, "b1", 150, 160)
    make.assignment(cast.study, cast.jin, version=work.transcript_version)
    (row,) = ruth.get(at("assignments", cast)).context["queue"].open
    assert (row.assignment.id, row.assignment.codings_made, row.read_percent) == (work.id, 2, 0)


def test_my_work_takes_the_same_number_of_queries(
    ruth: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    one = queries_of(ruth, at("assignments", cast))
    for _ in range(2):
        make.coding(make.assignment(cast.study, cast.ruth), "a1", 45, 70)
    assert queries_of(ruth, at("assignments", cast)) == one


# --- the team's


@pytest.mark.parametrize(
    ("name", "status"), [("administrator", 200), ("pi", 200), ("ruth", 403), ("observer", 403)]
)
def test_who_sees_the_assignments_of_all(
    client: Client, cast: make.Cast, work: CodingAssignment, name: str, status: int
) -> None:
    client.force_login(getattr(cast, name))
    assert client.get(at("assignments_of_team", cast)).status_code == status
    assert client.get(at("assignment_new", cast)).status_code == status


def test_the_team_page_says_nothing_but_the_state(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    client.force_login(cast.administrator)
    make.coding(work, "a1", 45, 70)
    before = shape(client, at("assignments_of_team", cast))
    for start in (80, 100, 120):
        make.coding(work, "b1", start, start + 10)
    assert shape(client, at("assignments_of_team", cast)) == before
    actions.submit(assignment=work, by=cast.ruth, now=make.NOW)
    assert shape(client, at("assignments_of_team", cast)) != before


def test_the_team_page_takes_the_same_number_of_queries(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    client.force_login(cast.pi)
    one = queries_of(client, at("assignments_of_team", cast))
    for coder in (cast.jin, cast.ruth):
        make.assignment(cast.study, coder)
    assert queries_of(client, at("assignments_of_team", cast)) == one


# --- assigning


def test_the_administrator_gives_transcripts_to_a_coder(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.administrator)
    versions = [make.transcript(cast.study) for _ in range(2)]
    book = make.codebook(cast.study)
    given = {"coder": cast.ruth.id, "codebook_version": book.id, "due_on": "2026-04-01"}
    answer = client.post(
        at("assignment_new", cast), {**given, "transcripts": [version.id for version in versions]}
    )
    assert (answer.status_code, said(answer)) == (302, ["Ruth Hale has 2 more transcripts."])
    rows = CodingAssignment.objects.values_list("coder", "kind", "state", "due_on")
    assert [(coder, kind, state, str(due)) for coder, kind, state, due in rows] == [
        (cast.ruth.id, "primary", "assigned", "2026-04-01")
    ] * 2
    assert AuditEvent.objects.filter(verb="assigned", actor_id=cast.administrator.id).count() == 2


def test_only_the_newest_text_of_a_ready_transcript_is_offered(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    old = make.transcript(cast.study)
    make.transcript(cast.study, is_ready=False)
    newest = TranscriptVersion.objects.create(
        transcript=old.transcript,
        number=2,
        text="Corrected.",
        length=10,
        word_count=1,
        sha256="",
        sentence_starts=[0],
        sentence_ends=[10],
        made_by=cast.pi,
    )
    (choice,) = client.get(at("assignment_new", cast)).context["choices"]
    assert choice.version == newest


def test_a_wrong_assignment_is_answered_in_place(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    client.force_login(cast.pi)
    given = {"coder": cast.ruth.id, "codebook_version": work.codebook_version_id}
    nothing = client.post(at("assignment_new", cast), given)
    assert nothing.status_code == 422
    assert nothing.context["form"].errors["transcripts"] == ["Choose at least one transcript."]
    for expected in (302, 422):
        answer = client.post(
            at("assignment_new", cast), {**given, "transcripts": [work.transcript_version_id]}
        )
        assert answer.status_code == expected
    name = work.transcript_version.transcript
    assert answer.context["form"].errors["transcripts"] == [f"Ruth Hale already has {name} to code."]


def test_without_ready_transcripts_the_page_says_so(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    page = client.get(at("assignment_new", cast)).content.decode()
    assert page.count("No transcript is ready to be coded.") == 1
