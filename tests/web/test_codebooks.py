import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.codebooks import actions
from apps.codebooks.models import Code, Codebook, CodebookVersion
from tests import make
from tests.web.asking import at, queries_of, said

HOSTILE = "<script>alert(1)</script> 🙂"


@pytest.fixture
def draft(cast: make.Cast) -> CodebookVersion:
    return make.codebook(cast.study, is_frozen=False)


def test_a_study_without_a_codebook_begins_in_one_of_three_ways(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    page = client.get(at("codebook", cast)).content.decode()
    ways = (
        at("codebook_start_preset", cast, "npt"),
        at("codebook_start_empty", cast),
        at("codebook_import", cast),
    )
    assert [page.count(way) for way in ways] == [1, 1, 1]


def test_others_are_told_who_begins_it(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.ruth)
    page = client.get(at("codebook", cast))
    assert page.context["may_edit"] is False
    assert page.content.decode().count("The lead researcher (PI) begins it.") == 1


def test_the_preset_is_shown_with_its_definitions(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    answer = client.post(at("codebook_start_preset", cast, "npt"))
    assert answer.headers["Location"] == at("codebook", cast)
    page = client.get(at("codebook", cast))
    assert [node.label for node in page.context["nodes"]] == ["a", "b", "c", "d", "x1", "x2", "x3"]
    assert Code.objects.count() == 23
    again = client.post(at("codebook_start_preset", cast, "npt"))
    assert said(again) == ["This study has the codebook “Normalisation Process Theory” already."]
    event = AuditEvent.objects.get(verb="created")
    assert (event.noun, event.actor_name) == ("codebook version", "Amara Osei")


def test_an_unknown_preset_is_not_found(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    assert client.post(at("codebook_start_preset", cast, "other")).status_code == 404


def test_an_empty_codebook_needs_a_name_and_then_a_construct(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    answer = client.post(at("codebook_start_empty", cast), {"name": ""})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    client.post(at("codebook_start_empty", cast), {"name": HOSTILE})
    version = CodebookVersion.objects.get()
    page = client.get(at("codebook", cast)).content.decode()
    assert page.count(at("code_add", cast, version.id)) == 1
    assert page.count("<script>alert(1)") == 0


def test_a_code_is_added_under_another_and_reworded(
    client: Client, cast: make.Cast, draft: CodebookVersion
) -> None:
    client.force_login(cast.pi)
    parent = draft.codes.get(label="a")
    address = at("code_add_under", cast, parent.id)
    assert client.get(address).context["parent"] == parent
    form = {"name": HOSTILE, "definition": "What it means.", "aliases": "one\ntwo\n", "is_applicable": "on"}
    answer = client.post(address, form)
    made = Code.objects.get(label="a3")
    assert answer.headers["Location"] == f"{at('codebook_version', cast, draft.id)}#code-{made.id}"
    assert (made.name, made.parent, made.aliases, made.hue) == (HOSTILE, parent, ["one", "two"], 1)
    assert client.get(at("codebook", cast)).content.decode().count("<script>alert(1)") == 0
    client.post(at("code", cast, made.id), {"name": "Relief", "definition": "Sharper."})
    made.refresh_from_db()
    assert (made.name, made.definition, made.aliases, made.is_applicable) == ("Relief", "Sharper.", [], False)
    assert AuditEvent.objects.filter(noun="code").count() == 2


@pytest.mark.parametrize("name", ["", "Subconstruct a1", "x" * 121])
def test_a_name_that_cannot_be_comes_back_at_its_field(
    client: Client, cast: make.Cast, draft: CodebookVersion, name: str
) -> None:
    client.force_login(cast.pi)
    parent, sibling = draft.codes.get(label="a"), draft.codes.get(label="a2")
    addresses = (at("code_add_under", cast, parent.id), at("code", cast, sibling.id))
    for address in addresses:
        answer = client.post(address, {"name": name})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    assert draft.codes.count() == 6


def test_a_code_is_moved_shifted_and_removed(client: Client, cast: make.Cast, draft: CodebookVersion) -> None:
    client.force_login(cast.pi)
    first, second, target = (draft.codes.get(label=label) for label in ("a1", "a2", "b"))
    client.post(at("code_shift", cast, second.id), {"to": "up"})
    assert list(draft.codes.filter(parent=first.parent)) == [second, first]
    client.post(at("code_shift", cast, second.id), {"to": "up"})
    client.post(at("code_shift", cast, second.id), {"to": "down"})
    assert list(draft.codes.filter(parent=first.parent)) == [first, second]
    client.post(at("code_move", cast, first.id), {"parent": str(target.id)})
    first.refresh_from_db()
    assert (first.label, first.parent, first.hue) == ("b3", target, 2)
    client.post(at("code_move", cast, first.id), {"parent": ""})
    first.refresh_from_db()
    assert (first.label, first.parent, first.hue) == ("c", None, 3)
    itself = client.post(at("code_move", cast, target.id), {"parent": str(target.id)})
    assert (itself.status_code, list(itself.context["place"].errors)) == (422, ["parent"])
    answer = client.post(at("code_remove", cast, first.id))
    assert said(answer) == ["“Subconstruct a1” was removed."]
    assert draft.codes.count() == 5


def test_a_version_in_use_offers_no_changes_and_takes_none(
    client: Client, cast: make.Cast, draft: CodebookVersion
) -> None:
    client.force_login(cast.pi)
    client.post(at("codebook_freeze", cast, draft.id))
    page = client.get(at("codebook_version", cast, draft.id))
    assert page.context["may_change"] is False
    code = draft.codes.get(label="a1")
    refusals = [
        client.post(at("code", cast, code.id), {"name": "Other"}),
        client.post(at("code_move", cast, code.id), {"parent": ""}),
        client.post(at("code_add", cast, draft.id), {"name": "Other"}),
    ]
    assert [answer.status_code for answer in refusals] == [422, 422, 422]
    for address in (
        at("code_shift", cast, code.id),
        at("code_remove", cast, code.id),
        at("codebook_discard", cast, draft.id),
    ):
        assert said(client.post(address))[-1] == "Version 1 is in use: make a new version."
    code.refresh_from_db()
    assert (code.name, draft.codes.count()) == ("Subconstruct a1", 6)


def test_a_new_version_is_made_and_its_changes_are_listed(
    client: Client, cast: make.Cast, draft: CodebookVersion
) -> None:
    client.force_login(cast.pi)
    early = client.post(at("codebook_version_add", cast), {"note": ""})
    assert early.status_code == 422
    actions.freeze(version=draft, by=cast.pi, now=make.NOW)
    client.post(at("codebook_version_add", cast), {"note": "Sharper words."})
    second = CodebookVersion.objects.get(number=2)
    client.post(
        at("code", cast, second.codes.get(label="a1").id), {"name": "Subconstruct a1", "definition": "New."}
    )
    rows = client.get(at("codebook_versions", cast)).context["rows"]
    assert [(version.number, version.codes_held, changes.changed) for version, changes in rows] == [
        (2, 6, ("Subconstruct a1",)),
        (1, 6, ()),
    ]
    assert client.get(at("codebook", cast)).context["version"] == second
    assert client.get(at("codebook_version", cast, draft.id)).context["is_newest"] is False


def test_a_codebook_is_renamed_even_in_use(client: Client, cast: make.Cast) -> None:
    version = make.codebook(cast.study)
    client.force_login(cast.pi)
    wrong = client.post(at("codebook_rename", cast), {"name": " "})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["name"])
    answer = client.post(at("codebook_rename", cast), {"name": "Our framework"})
    assert answer.headers["Location"] == at("codebook_versions", cast)
    version.codebook.refresh_from_db()
    assert version.codebook.name == "Our framework"
    event = AuditEvent.objects.get(verb="renamed")
    assert (event.noun, event.object_name) == ("codebook", "Our framework")


def test_a_draft_is_discarded(client: Client, cast: make.Cast, draft: CodebookVersion) -> None:
    client.force_login(cast.pi)
    client.post(at("codebook_discard", cast, draft.id))
    assert Codebook.objects.count() == 0


def test_a_version_without_applicable_codes_is_not_taken_into_use(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    client.post(at("codebook_start_empty", cast), {"name": "Empty"})
    answer = client.post(at("codebook_freeze", cast, CodebookVersion.objects.get().id))
    assert said(answer) == ["Version 1 has no code that can be applied, so nobody can code with it."]


def test_everybody_of_the_study_reads_and_only_pis_change(
    client: Client, cast: make.Cast, draft: CodebookVersion
) -> None:
    for name, user in cast.members.items():
        client.force_login(user)
        page = client.get(at("codebook", cast))
        assert (name, page.status_code, page.context["may_change"]) == (name, 200, name == "pi")


def test_codes_of_another_study_are_not_found(
    client: Client, cast: make.Cast, draft: CodebookVersion
) -> None:
    other = make.codebook(make.study(), is_frozen=False)
    code = other.codes.get(label="a1")
    client.force_login(cast.pi)
    names = ("code", "code_add_under", "code_move", "code_shift", "code_remove")
    assert [client.post(at(name, cast, code.id)).status_code for name in names] == [404] * 5
    names = ("codebook_version", "codebook_freeze", "codebook_discard", "code_add")
    assert [client.post(at(name, cast, other.id)).status_code for name in names] == [404] * 4


def test_the_page_costs_the_same_for_few_and_many_codes(
    client: Client, cast: make.Cast, draft: CodebookVersion
) -> None:
    client.force_login(cast.pi)
    before = queries_of(client, at("codebook", cast))
    for number in range(3):
        parent = actions.add_code(version=draft, name=f"C{number}", by=cast.pi, now=make.NOW)
        actions.add_code(version=draft, name="Below", parent=parent, by=cast.pi, now=make.NOW)
    assert queries_of(client, at("codebook", cast)) == before


def test_versions_of_several_codebooks_come_newest_first(client: Client, cast: make.Cast) -> None:
    made = [make.codebook(cast.study) for _ in range(6)]
    client.force_login(cast.pi)
    page = client.get(at("codebook_versions", cast)).content.decode()
    places = [page.index(f'id="version-{version.id}"') for version in reversed(made)]
    assert places == sorted(places)
