from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.codebooks import actions as codebooks
from apps.codebooks.models import Code, CodebookVersion
from apps.coding import actions, queries
from apps.coding.engine.joining import joined
from apps.coding.models import Coding, CodingAssignment, SecondLook
from apps.core.identity import acting_as
from apps.notices.models import Notice
from apps.studies.permissions import Role
from tests import make

NOW = make.NOW
FITS, REMOVED, ANOTHER = SecondLook.Outcome.FITS, SecondLook.Outcome.REMOVED, SecondLook.Outcome.ANOTHER
PRIMARY = CodingAssignment.Kind.PRIMARY


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    """Ruth's primary coding under version 1: a1 twice, b1 once."""
    work = make.assignment(cast.study, cast.ruth, kind=PRIMARY)
    for label, start, end in (("a1", 41, 80), ("a1", 150, 200), ("b1", 278, 305)):
        make.coding(work, label, start, end)
    return work


def second(cast: make.Cast, work: CodingAssignment, *, retire: str = "") -> CodebookVersion:
    """Version 2: a1 means something narrower, and one code may be gone."""
    codebook = work.codebook_version.codebook
    version = codebooks.new_version(codebook=codebook, by=cast.pi, now=NOW)
    code = version.codes.get(label="a1")
    words = {name: getattr(code, name) for name in ("name", "include", "exclude", "aliases", "example")}
    codebooks.change_code(code=code, definition="Narrower.", is_applicable=True, by=cast.pi, now=NOW, **words)
    if retire:
        codebooks.remove(code=version.codes.get(label=retire), by=cast.pi, now=NOW)
    return actions.take_into_use(version=version, by=cast.pi, now=NOW)


def relook(cast: make.Cast, reader: User, *, with_consensus: bool = False) -> queries.Relook:
    with acting_as(reader.id):
        found = queries.relook(study=cast.study, reader=reader, with_consensus=with_consensus)
    assert found is not None
    return found


def look(
    work: CodingAssignment, version: CodebookVersion, start: int, outcome: SecondLook.Outcome, **more: Any
) -> SecondLook:
    with acting_as(work.coder_id):
        coding = Coding.objects.get(assignment=work, start=start)
        return actions.look(coding=coding, version=version, outcome=outcome, by=work.coder, now=NOW, **more)


def take_over(work: CodingAssignment, version: CodebookVersion) -> CodingAssignment:
    with acting_as(work.coder_id):
        return actions.take_over(assignment=work, version=version, by=work.coder, now=NOW)


def standing(work: CodingAssignment) -> list[tuple[str, int, int]]:
    with acting_as(work.coder_id):
        rows = Coding.objects.standing().filter(assignment=work).select_related("code")
        assert {each.code.version_id for each in rows} == {work.codebook_version_id}
        return [(each.code.label, each.start, each.end) for each in rows]


def test_only_codings_under_changed_definitions_are_listed(cast: make.Cast, work: CodingAssignment) -> None:
    second(cast, work, retire="b1")
    assert [item.coding.start for item in relook(cast, cast.ruth).items] == [41, 150, 278]
    assert [item.definition.is_retired for item in relook(cast, cast.ruth).items] == [False, False, True]


def test_before_a_second_version_is_in_use_there_is_nothing_to_look_at(
    cast: make.Cast, work: CodingAssignment
) -> None:
    codebooks.new_version(codebook=work.codebook_version.codebook, by=cast.pi, now=NOW)
    with acting_as(cast.ruth.id):
        assert queries.relook(study=cast.study, reader=cast.ruth, with_consensus=False) is None


def test_an_example_or_another_name_to_search_for_changes_no_meaning(
    cast: make.Cast, work: CodingAssignment
) -> None:
    version = codebooks.new_version(codebook=work.codebook_version.codebook, by=cast.pi, now=NOW)
    Code.objects.filter(version=version, label="a1").update(example="Such as this.", aliases=["time"])
    actions.take_into_use(version=version, by=cast.pi, now=NOW)
    assert relook(cast, cast.ruth).items == []


def test_coders_of_an_earlier_version_are_told_and_not_how_much(
    cast: make.Cast, work: CodingAssignment
) -> None:
    version = second(cast, work)
    (notice,) = Notice.objects.filter(kind="second look")
    assert (notice.recipient, "Version 2" in notice.text) == (cast.ruth, True)
    actions.take_into_use(version=version, by=cast.pi, now=NOW)
    assert Notice.objects.filter(kind="second look").count() == 1


def test_looking_changes_no_coding_and_can_be_undone(cast: make.Cast, work: CodingAssignment) -> None:
    version = second(cast, work)
    look(work, version, 41, REMOVED)
    look(work, version, 41, FITS, reason="She speaks of her own time.")
    found = relook(cast, cast.ruth)
    assert (found.done, found.total, found.items[0].look.outcome) == (1, 2, FITS)
    assert [row[0] for row in standing(work)] == ["a1", "a1", "b1"]
    with acting_as(cast.ruth.id):
        coding = found.items[0].coding
        actions.undo_look(coding=coding, version=version, by=cast.ruth, now=NOW)
        with pytest.raises(actions.NotLookedAt):
            actions.undo_look(coding=coding, version=version, by=cast.ruth, now=NOW)
    assert relook(cast, cast.ruth).done == 0


def test_taking_over_needs_every_look_and_then_carries_all_into_the_version(
    cast: make.Cast, work: CodingAssignment
) -> None:
    version = second(cast, work)
    with acting_as(cast.ruth.id):
        actions.submit(assignment=work, by=cast.ruth, now=NOW)
    look(work, version, 41, REMOVED)
    with pytest.raises(actions.LooksMissing):
        take_over(work, version)
    look(work, version, 150, ANOTHER, code=version.codes.get(label="a2"))
    taken = take_over(work, version)
    assert standing(taken) == [("a2", 150, 200), ("b1", 278, 305)]
    assert (taken.state, taken.submitted_at, taken.released_at) == ("submitted", NOW, NOW)
    event = AuditEvent.objects.get(verb="taken over")
    assert (event.detail["version"], event.detail["before"]) == (2, 1)
    assert relook(cast, cast.ruth).transcripts == []


def test_another_code_joins_what_is_there(cast: make.Cast, work: CodingAssignment) -> None:
    make.coding(work, "b2", 190, 220)
    version = second(cast, work)
    look(work, version, 41, FITS)
    look(work, version, 150, ANOTHER, code=version.codes.get(label="b2"))
    assert standing(take_over(work, version)) == [("a1", 41, 80), ("b2", 150, 220), ("b1", 278, 305)]


def test_what_was_done_before_is_not_undone_into_the_earlier_version(
    cast: make.Cast, work: CodingAssignment
) -> None:
    version = second(cast, work)
    look(work, version, 41, FITS)
    look(work, version, 150, REMOVED)
    taken = take_over(work, version)
    with acting_as(cast.ruth.id), pytest.raises(actions.NothingToUndo):
        actions.undo(assignment=taken, by=cast.ruth, now=NOW)


def test_a_retired_code_does_not_fit(cast: make.Cast, work: CodingAssignment) -> None:
    version = second(cast, work, retire="b1")
    with pytest.raises(actions.CodeRetired):
        look(work, version, 278, FITS)
    with pytest.raises(actions.OtherCodeMissing):
        look(work, version, 278, ANOTHER)
    with pytest.raises(actions.NotApplicable):
        look(work, version, 278, ANOTHER, code=work.codebook_version.codes.get(label="b2"))


def test_a_look_at_what_is_not_submitted_leaves_no_line_that_could_be_counted(
    cast: make.Cast, work: CodingAssignment
) -> None:
    version = second(cast, work)
    look(work, version, 41, FITS)
    assert not AuditEvent.objects.filter(noun="coding").exists()
    with acting_as(cast.ruth.id):
        actions.submit(assignment=work, by=cast.ruth, now=NOW)
    look(work, version, 150, FITS)
    assert AuditEvent.objects.filter(noun="coding").count() == 1


def test_others_neither_look_at_ones_codings_nor_see_that_one_did(
    cast: make.Cast, work: CodingAssignment
) -> None:
    version = second(cast, work)
    made = look(work, version, 41, FITS)
    for other in (cast.jin, cast.pi):
        assert relook(cast, other, with_consensus=True).transcripts == []
        with acting_as(other.id):
            assert not SecondLook.objects.exists()
            with pytest.raises(actions.NotYours):
                actions.look(coding=made.coding, version=version, outcome=FITS, by=other, now=NOW)
    with acting_as(cast.jin.id), pytest.raises(DatabaseError), transaction.atomic():
        SecondLook.objects.create(
            coding=made.coding,
            assignment=work,
            version=version,
            outcome=FITS,
            looked_by=cast.jin,
            looked_at=NOW,
        )


def test_independent_codings_are_in_no_list_and_cannot_be_taken_over(cast: make.Cast) -> None:
    work = make.assignment(cast.study, cast.ruth)
    make.coding(work, "a1", 41, 80)
    version = second(cast, work)
    assert relook(cast, cast.ruth).transcripts == []
    with pytest.raises(actions.NotYours):
        look(work, version, 41, FITS)
    with pytest.raises(actions.NotYours):
        take_over(work, version)


def consensus(cast: make.Cast) -> CodingAssignment:
    codebook = make.codebook(cast.study)
    codes = {code.label: code.id for code in codebook.codes.all()}
    passages: list[tuple[UUID, int, int, str]] = [
        (codes["a1"], 41, 80, "helps"),
        (codes["a1"], 150, 200, ""),
        (codes["b1"], 190, 220, ""),
    ]
    with acting_as(cast.pi.id):
        return actions.write_consensus(
            study=cast.study,
            transcript_version=make.transcript(cast.study),
            codebook_version=codebook,
            adjudicator=cast.adjudicator,
            passages=passages,
            by=cast.pi,
            now=NOW,
        )


def test_a_consensus_stays_and_a_new_one_stands_in_its_place(cast: make.Cast) -> None:
    closed = consensus(cast)
    version = second(cast, closed)
    found = relook(cast, cast.pi, with_consensus=True)
    assert [item.coding.start for item in found.items] == [41, 150]
    with acting_as(cast.pi.id):
        first, other = (item.coding for item in found.items)
        actions.look(coding=first, version=version, outcome=FITS, by=cast.pi, now=NOW)
        b1 = version.codes.get(label="b1")
        actions.look(coding=other, version=version, outcome=ANOTHER, code=b1, by=cast.pi, now=NOW)
        made = actions.take_over(assignment=closed, version=version, by=cast.pi, now=NOW)
        rows = Coding.objects.filter(assignment=made).values_list("code__label", "start", "end", "influence")
        assert list(rows) == [("a1", 41, 80, "helps"), ("b1", 150, 220, "")]
        assert Coding.objects.filter(assignment=closed, code__version=closed.codebook_version).count() == 3
        read = queries.codings_in(closed.transcript_version.transcript, reader=cast.pi)
        assert {each.assignment_id for each in read} == {made.id}
    assert AuditEvent.objects.filter(noun="coding", verb="looked at again").count() == 2


def test_who_closes_no_rounds_looks_at_no_consensus_and_one_does_not_overrule_the_other(
    cast: make.Cast,
) -> None:
    closed = consensus(cast)
    version = second(cast, closed)
    other_pi = make.member(cast.study, Role.PI, name="Ines Second")
    with acting_as(other_pi.id):
        coding = Coding.objects.get(assignment=closed, start=41)
    with acting_as(cast.adjudicator.id), pytest.raises(actions.NotYours):
        actions.look(coding=coding, version=version, outcome=FITS, by=cast.adjudicator, now=NOW)
    with acting_as(other_pi.id):
        actions.look(coding=coding, version=version, outcome=FITS, by=other_pi, now=NOW)
    with acting_as(cast.pi.id), pytest.raises(actions.LookedAtByOther, match="Ines Second"):
        actions.look(coding=coding, version=version, outcome=REMOVED, by=cast.pi, now=NOW)


def test_the_database_keeps_one_standing_look_and_the_name_of_another_code(
    cast: make.Cast, work: CodingAssignment
) -> None:
    version = second(cast, work)
    made = look(work, version, 41, FITS)
    same = {"coding": made.coding, "assignment": work, "version": version, "looked_by": cast.ruth}
    with acting_as(cast.ruth.id):
        with pytest.raises(IntegrityError, match="secondlook_stands_alone"), transaction.atomic():
            SecondLook.objects.create(**same, outcome=FITS, looked_at=NOW)
        with pytest.raises(IntegrityError, match="secondlook_another_code_is_named"), transaction.atomic():
            SecondLook.objects.filter(id=made.id).update(outcome=ANOTHER)


def test_the_list_takes_the_same_number_of_questions_however_long_it_is(
    cast: make.Cast, work: CodingAssignment
) -> None:
    version = second(cast, work)
    counts = []
    for _ in range(2):
        with acting_as(cast.ruth.id), CaptureQueriesContext(connection) as asked:
            queries.relook(study=cast.study, reader=cast.ruth, with_consensus=False)
        counts.append(len(asked))
        for _ in range(2):
            more = make.assignment(cast.study, cast.ruth, kind=PRIMARY, codebook=work.codebook_version)
            make.coding(more, "a1", 41, 80)
        look(work, version, 41, FITS)
    assert counts[0] == counts[1]


def test_passages_that_would_be_coded_twice_are_joined() -> None:
    one, other = UUID(int=1), UUID(int=2)
    passages = [(one, 10, 20, ""), (one, 15, 30, ""), (one, 15, 30, "helps"), (other, 12, 14, "")]
    assert joined(passages) == [(one, 10, 30, ""), (other, 12, 14, ""), (one, 15, 30, "helps")]
