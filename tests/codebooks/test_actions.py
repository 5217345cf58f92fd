"""What can and cannot be done to a codebook, asked of the actions and of the database itself."""

from datetime import datetime
from threading import Thread

import pytest
from django.db import ProgrammingError, connection, transaction

from apps.audit.models import AuditEvent
from apps.codebooks import actions, queries
from apps.codebooks.actions.codes import InsideItself, NameIsTaken, OfAnotherVersion, TooDeep, VersionInUse
from apps.codebooks.actions.versions import HasACodebook, NoCodes, StillADraft
from apps.codebooks.engine.drafts import CodeDraft
from apps.codebooks.models import Code, Codebook, CodebookVersion
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: make.Cast) -> CodebookVersion:
    """a (a1, a2) and b (b1, b2), not in use."""
    return make.codebook(cast.study, is_frozen=False)


def labels(version: CodebookVersion) -> list[tuple[str, str, int]]:
    return [(node.label, node.name, node.hue) for node in queries.flat(queries.tree(version))]


def test_the_preset_becomes_the_study_s_own_codebook(cast: make.Cast, now: datetime) -> None:
    version = actions.create_from_preset(study=cast.study, preset="npt", by=cast.pi, now=now)
    assert version.codebook.name == "Normalisation Process Theory"
    roots = queries.tree(version)
    assert [(node.label, node.hue, len(node.children)) for node in roots] == [
        ("a", 1, 4),
        ("b", 2, 4),
        ("c", 3, 4),
        ("d", 4, 4),
        ("x1", 0, 0),
        ("x2", 0, 0),
        ("x3", 0, 0),
    ]
    assert [node.label for node in roots[1].children] == ["b1", "b2", "b3", "b4"]
    assert roots[0].children[0].definition != ""


def test_a_study_has_one_codebook(cast: make.Cast, draft: CodebookVersion, now: datetime) -> None:
    with pytest.raises(HasACodebook) as refused:
        actions.create(study=cast.study, name="Another", by=cast.pi, now=now)
    assert refused.value.facts == {"name": draft.codebook.name}
    assert Codebook.objects.count() == 1


def test_labels_and_hues_are_minted(cast: make.Cast, draft: CodebookVersion, now: datetime) -> None:
    construct = actions.add_code(version=draft, name="Construct c", by=cast.pi, now=now)
    child = actions.add_code(version=draft, name="Under c", parent=construct, by=cast.pi, now=now)
    below = actions.add_code(version=draft, name="Deeper", parent=child, by=cast.pi, now=now)
    outside = actions.add_code(version=draft, name="Context", is_outside_framework=True, by=cast.pi, now=now)
    made = [construct, child, below, outside]
    assert [(code.label, code.hue) for code in made] == [("c", 3), ("c1", 3), ("c1a", 3), ("x1", 0)]
    assert labels(draft)[-4:] == [(code.label, code.name, code.hue) for code in made]


def test_hues_begin_again_after_the_eighth_construct(cast: make.Cast, now: datetime) -> None:
    version = actions.create(study=cast.study, name="Wide", by=cast.pi, now=now)
    made = [actions.add_code(version=version, name=f"C{n}", by=cast.pi, now=now) for n in range(10)]
    assert [code.hue for code in made] == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2]


def test_a_code_without_room_for_a_label_is_refused(cast: make.Cast, now: datetime) -> None:
    version = actions.create(study=cast.study, name="Deep", by=cast.pi, now=now)
    code = None
    for level in range(8):
        code = actions.add_code(version=version, name=f"Level {level}", parent=code, by=cast.pi, now=now)
    assert code is not None
    assert code.label == "a1a1a1a1"
    with pytest.raises(TooDeep):
        actions.add_code(version=version, name="Too deep", parent=code, by=cast.pi, now=now)


@pytest.mark.parametrize("name", ["Subconstruct a1", " subconstruct  A1 "])
def test_siblings_have_different_names(
    cast: make.Cast, draft: CodebookVersion, now: datetime, name: str
) -> None:
    parent = draft.codes.get(label="a")
    with pytest.raises(NameIsTaken):
        actions.add_code(version=draft, name=name, parent=parent, by=cast.pi, now=now)
    other = draft.codes.get(label="b")
    assert actions.add_code(version=draft, name=name, parent=other, by=cast.pi, now=now).label == "b3"


@pytest.mark.parametrize("name", ["🙂 relief", "<script>alert(1)</script>", "=HYPERLINK(1)", "e\u0301"])
def test_names_are_kept_as_they_are(
    cast: make.Cast, draft: CodebookVersion, now: datetime, name: str
) -> None:
    code = actions.add_code(version=draft, name=name, by=cast.pi, now=now)
    assert Code.objects.get(id=code.id).name == name


def test_a_change_is_written_down_with_what_was_before(
    cast: make.Cast, draft: CodebookVersion, now: datetime
) -> None:
    code = draft.codes.get(label="a1")
    wording = {"include": "", "exclude": "", "example": "", "aliases": [], "is_applicable": True}
    for _ in range(2):
        changed = actions.change_code(
            code=code, name=code.name, definition="Sharper.", **wording, by=cast.pi, now=now
        )
    assert (changed.definition, changed.lineage, changed.label) == ("Sharper.", code.lineage, "a1")
    event = AuditEvent.objects.get(noun="code", verb="changed")
    assert event.detail == {"version": 1, "before": {"definition": "What a1 means."}}


def test_a_code_that_moves_takes_the_label_and_hue_of_its_new_place(
    cast: make.Cast, draft: CodebookVersion, now: datetime
) -> None:
    code, target = draft.codes.get(label="a1"), draft.codes.get(label="b")
    actions.add_code(version=draft, name="Below", parent=code, by=cast.pi, now=now)
    actions.move(code=code, parent=target, place=0, by=cast.pi, now=now)
    assert labels(draft) == [
        ("a", "Construct a", 1),
        ("a2", "Subconstruct a2", 1),
        ("b", "Construct b", 2),
        ("b3", "Subconstruct a1", 2),
        ("b3a", "Below", 2),
        ("b1", "Subconstruct b1", 2),
        ("b2", "Subconstruct b2", 2),
    ]


def test_a_code_that_moves_among_its_siblings_keeps_its_label(
    cast: make.Cast, draft: CodebookVersion, now: datetime
) -> None:
    code = draft.codes.get(label="a2")
    actions.move(code=code, parent=code.parent, place=0, by=cast.pi, now=now)
    assert [label for label, _, _ in labels(draft)] == ["a", "a2", "a1", "b", "b1", "b2"]


def test_a_code_cannot_be_put_under_itself(cast: make.Cast, draft: CodebookVersion, now: datetime) -> None:
    construct, child = draft.codes.get(label="a"), draft.codes.get(label="a1")
    for parent in (construct, child):
        with pytest.raises(InsideItself):
            actions.move(code=construct, parent=parent, by=cast.pi, now=now)


def test_a_parent_of_another_version_is_refused(
    cast: make.Cast, draft: CodebookVersion, now: datetime
) -> None:
    elsewhere = make.codebook(make.study(), is_frozen=False).codes.get(label="a")
    with pytest.raises(OfAnotherVersion):
        actions.add_code(version=draft, name="Guest", parent=elsewhere, by=cast.pi, now=now)
    with pytest.raises(ProgrammingError, match="code_parent_is_of_the_same_version"), transaction.atomic():
        Code.objects.create(version=draft, name="Guest", label="q", parent=elsewhere)


def test_removing_a_code_removes_those_under_it(
    cast: make.Cast, draft: CodebookVersion, now: datetime
) -> None:
    actions.remove(code=draft.codes.get(label="a"), by=cast.pi, now=now)
    assert [label for label, _, _ in labels(draft)] == ["b", "b1", "b2"]
    event = AuditEvent.objects.get(verb="removed")
    assert event.detail["with_codes_under_it"] == ["Subconstruct a1", "Subconstruct a2"]


def test_a_list_adds_and_changes_in_one_go(cast: make.Cast, draft: CodebookVersion, now: datetime) -> None:
    known = draft.codes.get(label="a1")
    drafts = [
        CodeDraft(name="Construct c"),
        CodeDraft(name="New", parent=0, aliases=("Fresh",)),
        CodeDraft(name=known.name, definition="Sharper.", code_id=known.id),
        CodeDraft(name="Context", is_outside_framework=True),
    ]
    assert actions.bring_in(version=draft, drafts=drafts, by=cast.pi, now=now) == (3, 1)
    assert labels(draft)[-3:] == [("c", "Construct c", 3), ("c1", "New", 3), ("x1", "Context", 0)]
    assert draft.codes.get(label="a1").definition == "Sharper."


def test_a_new_version_is_a_copy_that_keeps_the_lineage(
    cast: make.Cast, draft: CodebookVersion, now: datetime
) -> None:
    with pytest.raises(StillADraft):
        actions.new_version(codebook=draft.codebook, by=cast.pi, now=now)
    actions.freeze(version=draft, by=cast.pi, now=now)
    second = actions.new_version(codebook=draft.codebook, note="Sharper words.", by=cast.pi, now=now)
    assert second.number == 2
    assert labels(second) == labels(draft)
    lineages = [sorted(version.codes.values_list("lineage", flat=True)) for version in (draft, second)]
    assert lineages[0] == lineages[1]
    assert set(draft.codes.values_list("id")) & set(second.codes.values_list("id")) == set()


def test_a_label_of_an_earlier_version_is_not_given_to_another_code(
    cast: make.Cast, draft: CodebookVersion, now: datetime
) -> None:
    actions.freeze(version=draft, by=cast.pi, now=now)
    second = actions.new_version(codebook=draft.codebook, by=cast.pi, now=now)
    actions.remove(code=second.codes.get(label="a2"), by=cast.pi, now=now)
    parent = second.codes.get(label="a")
    assert actions.add_code(version=second, name="Other", parent=parent, by=cast.pi, now=now).label == "a3"
    assert queries.changes(second) == queries.Changes(added=("Other",), removed=("Subconstruct a2",))


def test_what_a_version_changed(cast: make.Cast, draft: CodebookVersion, now: datetime) -> None:
    assert queries.changes(draft) == queries.Changes()
    actions.freeze(version=draft, by=cast.pi, now=now)
    second = actions.new_version(codebook=draft.codebook, by=cast.pi, now=now)
    code = second.codes.get(label="a1")
    actions.move(code=code, parent=second.codes.get(label="b"), by=cast.pi, now=now)
    second.codes.filter(label="b2").update(definition="Sharper.")
    assert queries.changes(second) == queries.Changes(
        changed=("Subconstruct b2",), moved=("Subconstruct a1",)
    )


def test_an_empty_version_cannot_be_taken_into_use(cast: make.Cast, now: datetime) -> None:
    version = actions.create(study=cast.study, name="Empty", by=cast.pi, now=now)
    with pytest.raises(NoCodes):
        actions.freeze(version=version, by=cast.pi, now=now)


def test_discarding_the_first_draft_lets_one_start_again(
    cast: make.Cast, draft: CodebookVersion, now: datetime
) -> None:
    actions.discard(version=draft, by=cast.pi, now=now)
    assert (Codebook.objects.count(), Code.objects.count()) == (0, 0)
    assert queries.current_version(cast.study) is None


def test_discarding_a_later_draft_leaves_the_versions_in_use(
    cast: make.Cast, draft: CodebookVersion, now: datetime
) -> None:
    actions.freeze(version=draft, by=cast.pi, now=now)
    second = actions.new_version(codebook=draft.codebook, by=cast.pi, now=now)
    actions.discard(version=second, by=cast.pi, now=now)
    assert queries.current_version(cast.study) == draft


def test_no_action_changes_a_version_in_use(cast: make.Cast, draft: CodebookVersion, now: datetime) -> None:
    code = draft.codes.get(label="a1")
    frozen = actions.freeze(version=draft, by=cast.pi, now=now)
    wording = {"definition": "", "include": "", "exclude": "", "example": "", "aliases": []}
    attempts = (
        lambda: actions.add_code(version=draft, name="New", by=cast.pi, now=now),
        lambda: actions.change_code(
            code=code, name="Other", **wording, is_applicable=True, by=cast.pi, now=now
        ),
        lambda: actions.move(code=code, parent=None, by=cast.pi, now=now),
        lambda: actions.remove(code=code, by=cast.pi, now=now),
        lambda: actions.bring_in(version=draft, drafts=[CodeDraft(name="New")], by=cast.pi, now=now),
        lambda: actions.discard(version=draft, by=cast.pi, now=now),
    )
    for attempt in attempts:
        with pytest.raises(VersionInUse) as refused:
            attempt()
        assert refused.value.sentence == "Version 1 is in use: make a new version."
    assert actions.freeze(version=draft, by=cast.adjudicator, now=now).frozen_by == frozen.frozen_by
    assert AuditEvent.objects.filter(verb="frozen").count() == 1


def test_the_database_keeps_a_version_in_use_as_it_is(cast: make.Cast) -> None:
    version = make.codebook(cast.study)
    code = version.codes.get(label="a1")
    other = make.codebook(make.study(), is_frozen=False)
    attempts = (
        lambda: Code.objects.create(version=version, label="q", name="New"),
        lambda: Code.objects.bulk_create([Code(version=version, label="q", name="New")]),
        lambda: version.codes.update(definition="Other."),
        lambda: other.codes.filter(label="a").update(version=version),
        lambda: Code.objects.filter(id=code.id).update(version=other, parent=None),
        lambda: code.delete(),
        lambda: CodebookVersion.objects.filter(id=version.id).update(frozen_at=None, frozen_by=None),
        lambda: CodebookVersion.objects.filter(id=version.id).update(note="Other."),
        lambda: _delete_by_sql(version),
    )
    for attempt in attempts:
        with pytest.raises(ProgrammingError), transaction.atomic():
            attempt()
    assert sorted(version.codes.values_list("label", flat=True)) == ["a", "a1", "a2", "b", "b1", "b2"]


def _delete_by_sql(version: CodebookVersion) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM codebooks_codebookversion WHERE id = %s", [version.id])


@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_added_during_a_freeze_waits_and_is_refused(cast: make.Cast, now: datetime) -> None:
    version = make.codebook(cast.study, is_frozen=False)
    refusals: list[str] = []

    def add() -> None:
        try:
            Code.objects.create(version=version, label="q", name="Late")
        except ProgrammingError as error:
            refusals.append(str(error).splitlines()[0])
        finally:
            connection.close()

    with transaction.atomic():
        actions.freeze(version=version, by=cast.pi, now=now)
        late = Thread(target=add)
        late.start()
        late.join(timeout=0.3)
        assert late.is_alive()
    late.join(timeout=10)
    assert refusals == ["code_of_a_frozen_version_stays"]


def test_the_tree_costs_one_query(
    cast: make.Cast, draft: CodebookVersion, now: datetime, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        queries.tree(draft)
    for _ in range(2):
        parent = actions.add_code(version=draft, name=f"Code {_}", by=cast.pi, now=now)
        actions.add_code(version=draft, name="Below", parent=parent, by=cast.pi, now=now)
    with django_assert_num_queries(1):  # type: ignore[operator]
        queries.tree(draft)
