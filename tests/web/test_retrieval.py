"""Codings of a code on a page, and the files that one asks for there."""

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from apps.coding import actions
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.exports.actions import make as make_file
from apps.exports.models import Export
from tests import make
from tests.web.asking import at, is_clean, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    work = make.assignment(cast.study, cast.ruth, kind=CodingAssignment.Kind.PRIMARY)
    make.coding(work, "a1", 42, 52)
    return work


def submit(work: CodingAssignment) -> None:
    with acting_as(work.coder_id):
        actions.submit(assignment=work, by=work.coder, now=make.NOW)


def code_of(work: CodingAssignment, label: str = "a1"):
    return work.codebook_version.codes.get(label=label)


def test_a_passage_leads_to_its_place(client: Client, cast: make.Cast, work: CodingAssignment) -> None:
    page = at("code_codings", cast, code_of(work).id)
    client.force_login(cast.ruth)
    own = client.get(page)
    assert is_clean(own)
    assert f"{at('assignment', cast, work.id)}?coding=" in own.content.decode()
    client.force_login(cast.pi)
    assert "No passage has this code yet." in client.get(page).content.decode()
    submit(work)
    html = client.get(page).content.decode()
    transcript = work.transcript_version.transcript_id
    assert f"{at('transcript', cast, transcript)}?start=42&amp;end=52#turn-2" in html
    assert '<mark class="found">My manager</mark>' in html


def test_a_page_of_codings_takes_the_same_number_of_queries(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    client.force_login(cast.ruth)
    page = at("code_codings", cast, code_of(work).id)
    one = queries_of(client, page)
    for _ in range(2):
        more = make.assignment(
            cast.study, cast.ruth, codebook=work.codebook_version, kind=CodingAssignment.Kind.PRIMARY
        )
        make.coding(more, "a1", 42, 52)
    assert queries_of(client, page) == one


def test_a_choice_that_is_not_there_shows_everything(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    client.force_login(cast.ruth)
    page = client.get(at("code_codings", cast, code_of(work).id), {"coder": "nobody", "page": "zzz"})
    assert len(page.context["passages"]) == 1


def test_one_asks_for_a_file_and_fetches_it(client: Client, cast: make.Cast, work: CodingAssignment) -> None:
    client.force_login(cast.ruth)
    assert client.post(at("code_export", cast, code_of(work).id), {"format": "xlsx"}).status_code == 302
    transcript = work.transcript_version.transcript_id
    assert client.post(at("transcript_export", cast, transcript), {"format": "docx"}).status_code == 302
    assert client.get(at("exports", cast)).content.decode().count("being made") == 2
    with acting_as(cast.ruth.id):
        found = list(Export.objects.all())
    for export in found:
        assert client.get(at("export_download", cast, export.id)).status_code == 404
        make_file(run_id=export.run_id, now=make.NOW)
        answer = client.get(at("export_download", cast, export.id))
        assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    client.force_login(cast.pi)
    assert client.get(at("export_download", cast, found[0].id)).status_code == 404
    assert "No files yet." in client.get(at("exports", cast)).content.decode()


def test_the_list_and_the_name_of_a_file_say_to_what_it_was_narrowed(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    client.force_login(cast.ruth)
    person = work.transcript_version.transcript.interview.participant
    address = f"{at('code_export', cast, code_of(work).id)}?group={person.group_id}&coder={cast.ruth.id}"
    client.post(address, {"format": "xlsx"})
    with acting_as(cast.ruth.id):
        export = Export.objects.get()
    make_file(run_id=export.run_id, now=make.NOW)
    part = f"Group: {person.group.name} · Coder: Ruth Hale"
    page = client.get(at("exports", cast))
    assert is_clean(page)
    html = page.content.decode()
    assert f"Only those of: {part}" in html
    assert "Some codings of a code" in html
    assert "All codings of a code" not in html
    [listed] = client.get(reverse("api:exports", args=[cast.study.id])).json()["results"]
    assert listed["narrowed_to"] == part
    name = f"a1-subconstruct-a1-group-{person.group.stem.lower().replace(' ', '-')}s-coder-ruth-hale.xlsx"
    for file in (
        at("export_download", cast, export.id),
        reverse("api:export_file", args=[cast.study.id, export.id]),
    ):
        assert client.get(file).headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_file_name_in_other_letters_arrives(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    client.force_login(cast.ruth)
    group = make.group(cast.study, "Партнёр")
    client.post(f"{at('code_export', cast, code_of(work).id)}?group={group.id}", {"format": "docx"})
    with acting_as(cast.ruth.id):
        export = Export.objects.get()
    make_file(run_id=export.run_id, now=make.NOW)
    answer = client.get(at("export_download", cast, export.id))
    name = quote("a1-subconstruct-a1-group-партнёрs.docx")
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"


def test_another_sort_of_file_is_not_made(client: Client, cast: make.Cast, work: CodingAssignment) -> None:
    client.force_login(cast.ruth)
    client.post(at("code_export", cast, code_of(work).id), {"format": "exe"})
    with acting_as(cast.ruth.id):
        assert not Export.objects.exists()


def test_the_endpoints_give_each_their_own_files(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    client.force_login(cast.ruth)
    address = reverse("api:exports", args=[cast.study.id])
    wanted = {"subject": "code", "object_id": str(code_of(work).id), "format": "docx"}
    asked = client.post(address, wanted, content_type="application/json")
    assert (asked.status_code, asked.json()["state"]) == (201, "queued")
    with acting_as(cast.ruth.id):
        export = Export.objects.get()
    make_file(run_id=export.run_id, now=make.NOW)
    file = reverse("api:export_file", args=[cast.study.id, export.id])
    assert [each["state"] for each in client.get(address).json()["results"]] == ["done"]
    assert client.get(file).content[:2] == b"PK"
    client.force_login(cast.pi)
    assert (client.get(address).json()["results"], client.get(file).status_code) == ([], 404)
    assert client.post(address, {**wanted, "object_id": str(cast.pi.id)}).status_code == 404


def test_a_finding_leads_to_the_field_and_back(
    client: Client, cast: make.Cast, work: CodingAssignment
) -> None:
    submit(work)
    page = f"{at('code_codings', cast, code_of(work).id)}?group={cast.group.id}"
    client.force_login(cast.ruth)
    assert client.get(page).context["round_address"] == ""
    client.force_login(cast.pi)
    address = client.get(page).context["round_address"]
    form = client.get(address).context["form"]
    begun = {name: form[name].value() for name in ("origin", "title", "group", "query")}
    assert begun == {
        "origin": "finding",
        "title": code_of(work).name,
        "group": str(cast.group.id),
        "query": page,
    }
    body = {
        **begun,
        "rationale": "Nobody on nights spoke of it.",
        "finding": "Only day staff",
        "opened_on": "2026-03-01",
    }
    opened = client.post(at("recruitment_round_open", cast), body)
    html = client.get(opened.headers["Location"]).content.decode()
    assert f'<a href="{page}">' in html


def test_a_query_that_is_no_page_of_the_study_is_only_words(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    body = {
        "origin": "finding",
        "title": "Nights",
        "finding": "x",
        "rationale": "y",
        "opened_on": "2026-03-01",
        "query": "javascript:alert(1)//studies/",
    }
    opened = client.post(at("recruitment_round_open", cast), body)
    assert 'href="javascript' not in client.get(opened.headers["Location"]).content.decode()
