"""What is given to whom, begun, held, handed in and taken back."""

from typing import Any
from uuid import uuid4

import pytest

from apps.audit.models import AuditEvent
from apps.codebooks.models import CodebookVersion
from apps.coding import actions
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.transcripts.models import TranscriptVersion
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ruth_asks")]


# --- assigning


def given_to_ruth(
    cast: make.Cast, book: CodebookVersion, *versions: TranscriptVersion
) -> list[CodingAssignment]:
    return actions.assign_each(
        study=cast.study,
        coder=cast.ruth,
        transcript_versions=versions,
        codebook_version=book,
        by=cast.pi,
        now=make.NOW,
    )


def test_an_assignment_freezes_the_codebook_and_is_written_down(cast: make.Cast) -> None:
    book = make.codebook(cast.study, is_frozen=False)
    versions = [make.transcript(cast.study), make.transcript(cast.study)]
    given = given_to_ruth(cast, book, *versions)
    book.refresh_from_db()
    assert [(each.kind, each.state, book.is_frozen) for each in given] == [("primary", "assigned", True)] * 2
    written = AuditEvent.objects.filter(verb="assigned").order_by("object_name")
    assert [(event.actor_name, event.detail) for event in written] == [
        ("Amara Osei", {"coder": "Ruth Hale", "kind": "primary"})
    ] * 2


def test_several_transcripts_are_given_together_or_not_at_all(cast: make.Cast) -> None:
    book = make.codebook(cast.study)
    versions = [make.transcript(cast.study), make.transcript(cast.study, is_ready=False)]
    with pytest.raises(actions.NotReady):
        given_to_ruth(cast, book, *versions)
    assert CodingAssignment.objects.count() == 0


@pytest.mark.parametrize("role", ["administrator", "recruiter", "observer", "outsider"])
def test_only_somebody_who_may_code_is_given_a_transcript(cast: make.Cast, role: str) -> None:
    with pytest.raises(actions.NotACoder):
        assign(cast, getattr(cast, role))


def test_a_transcript_is_not_given_twice_to_one_coder(cast: make.Cast) -> None:
    first = assign(cast, cast.ruth)
    with pytest.raises(actions.AlreadyAssigned):
        assign(cast, cast.ruth, version=first.transcript_version)
    assert assign(cast, cast.jin, version=first.transcript_version).coder == cast.jin


def assign(cast: make.Cast, coder: Any, version: Any = None) -> CodingAssignment:
    return actions.assign(
        study=cast.study,
        coder=coder,
        transcript_version=version or make.transcript(cast.study),
        codebook_version=make.codebook(cast.study),
        kind=CodingAssignment.Kind.PRIMARY,
        by=cast.pi,
        now=make.NOW,
    )


def test_an_assignment_is_started_once(work: CodingAssignment) -> None:
    actions.start(assignment=work, by=work.coder, now=make.NOW)
    actions.start(assignment=work, by=work.coder, now=make.NOW)
    assert (work.state, work.started_at) == ("in_progress", make.NOW)
    assert AuditEvent.objects.filter(verb="started").count() == 1


def test_a_start_that_comes_late_does_not_undo_a_submission(work: CodingAssignment) -> None:
    stale = CodingAssignment.objects.get(id=work.id)
    actions.submit(assignment=work, by=work.coder, now=make.NOW)
    actions.start(assignment=stale, by=work.coder, now=make.NOW)
    work.refresh_from_db()
    assert work.state == "submitted"


# --- holding


def test_only_ones_own_assignment_in_its_study_is_held(cast: make.Cast, work: CodingAssignment) -> None:
    elsewhere = make.study("Another study")
    asked: dict[str, Any] = {"study": cast.study, "coder": cast.ruth, "assignment": work.id}
    held = actions.hold(**asked)
    assert held == work
    assert (held.is_held, work.is_held) == (True, False)
    others = [{"coder": cast.jin}, {"assignment": uuid4()}, {"study": elsewhere}]
    assert [actions.hold(**{**asked, **other}) for other in others] == [None, None, None]


# --- handing in


def test_an_independent_coding_stays_blind_when_it_is_submitted(work: CodingAssignment) -> None:
    submitted = actions.submit(assignment=work, by=work.coder, now=make.NOW)
    assert (submitted.state, submitted.submitted_at, submitted.released_at) == ("submitted", make.NOW, None)


def test_a_primary_coding_is_open_at_once(cast: make.Cast) -> None:
    primary = assign(cast, cast.ruth)
    assert actions.submit(assignment=primary, by=cast.ruth, now=make.NOW).released_at == make.NOW
    taken = actions.take_back(assignment=primary, by=cast.ruth, now=make.NOW)
    assert (taken.state, taken.submitted_at, taken.released_at) == ("in_progress", None, None)


def test_a_submission_is_taken_back_until_its_release(work: CodingAssignment) -> None:
    actions.submit(assignment=work, by=work.coder, now=make.NOW)
    assert actions.take_back(assignment=work, by=work.coder, now=make.NOW).state == "in_progress"
    with pytest.raises(actions.NotSubmitted):
        actions.take_back(assignment=work, by=work.coder, now=make.NOW)
    actions.submit(assignment=work, by=work.coder, now=make.NOW)
    assert actions.release(assignments=[work], now=make.NOW) == 1
    with pytest.raises(actions.NotSubmitted):
        actions.take_back(assignment=work, by=work.coder, now=make.NOW)
    verbs = AuditEvent.objects.filter(object_id=work.id).order_by("id").values_list("verb", flat=True)
    assert sorted(verbs) == ["submitted", "submitted", "taken back"]


def test_only_what_was_submitted_is_released_and_only_once(cast: make.Cast, work: CodingAssignment) -> None:
    assert actions.release(assignments=[work], now=make.NOW) == 0
    actions.submit(assignment=work, by=work.coder, now=make.NOW)
    assert [actions.release(assignments=[work], now=make.NOW) for _ in range(2)] == [1, 0]


def test_a_consensus_is_written_once_and_never_taken_back(cast: make.Cast, work: CodingAssignment) -> None:
    code = work.codebook_version.codes.get(label="a1")
    with acting_as(cast.pi.id):
        consensus = actions.write_consensus(
            study=cast.study,
            transcript_version=work.transcript_version,
            codebook_version=work.codebook_version,
            adjudicator=cast.adjudicator,
            passages=[(code.id, 45, 70, "helps")],
            by=cast.pi,
            now=make.NOW,
        )
    with pytest.raises(actions.NotSubmitted), acting_as(cast.adjudicator.id):
        actions.take_back(assignment=consensus, by=cast.adjudicator, now=make.NOW)
    with acting_as(cast.adjudicator.id):
        written = consensus.codings.values_list("code__label", "start", "end", "influence")
        assert list(written) == [("a1", 45, 70, "helps")]
