"""Files of codings: made in the name of whoever asked, with nothing that this person may not see or take."""

import io
from typing import Any

import docx
import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from python_calamine import CalamineWorkbook

from apps.audit.models import AuditEvent
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.exports import actions
from apps.exports.models import Export
from apps.jobs.models import Run
from apps.participants import actions as people
from apps.participants.actions import Answers, Clause
from apps.participants.models import Participant, Withdrawal
from apps.transcripts import actions as transcripts
from apps.transcripts.models import TranscriptVersion
from tests import make
from tests.web.asking import at

pytestmark = pytest.mark.django_db

DOCX = Export.Format.DOCX
SAID_OF_WORDS = [
    "Not to be shared outside",
    "Not for an archive",
    "It is not recorded whether the words may go into an archive",
]


@pytest.fixture
def works(cast: make.Cast) -> list[CodingAssignment]:
    """Ruth has submitted a primary coding; Jin codes another text, blind."""
    codebook = make.codebook(cast.study)
    ruth = make.assignment(cast.study, cast.ruth, codebook=codebook, kind=CodingAssignment.Kind.PRIMARY)
    jin = make.assignment(cast.study, cast.jin, codebook=codebook)
    make.coding(ruth, "a1", 42, 80)
    make.coding(jin, "a1", 42, 60)
    with acting_as(cast.ruth.id):
        coding.submit(assignment=ruth, by=cast.ruth, now=make.NOW)
    return [ruth, jin]


def asked(
    cast: make.Cast,
    works: list[CodingAssignment],
    name: str,
    format: Export.Format = Export.Format.DOCX,
    **filters: Any,
) -> Export:
    person = getattr(cast, name)
    code = works[0].codebook_version.codes.get(label="a1")
    with acting_as(person.id):
        return actions.request_code(
            study=cast.study, code=code, format=format, filters=filters, by=person, now=make.NOW
        )


def made(export: Export) -> Export:
    actions.make(run_id=export.run_id, now=make.NOW)
    with acting_as(export.requested_by_id):
        return Export.objects.select_related("run").get(id=export.id)


def words_of(export: Export) -> str:
    return "\n".join(each.text for each in docx.Document(io.BytesIO(bytes(export.content))).paragraphs)


def test_each_gets_what_they_may_see(cast: make.Cast, works: list[CodingAssignment]) -> None:
    counts = {name: made(asked(cast, works, name)).passages for name in ("ruth", "jin", "pi")}
    assert counts == {"ruth": 1, "jin": 2, "pi": 1}


def test_filters_go_with_it(cast: make.Cast, works: list[CodingAssignment]) -> None:
    export = made(asked(cast, works, "jin", coder=str(cast.jin.id)))
    assert export.passages == 1
    assert "Jin Park" in words_of(export)


def test_a_narrowed_file_says_to_what(cast: make.Cast, works: list[CodingAssignment]) -> None:
    """In the document below its title; a file of all codings says nothing of the sort."""
    person = works[1].transcript_version.transcript.interview.participant
    export = made(
        asked(
            cast,
            works,
            "jin",
            group=person.group_id,
            participant=person.id,
            role="participant",
            coder=cast.jin.id,
        )
    )
    part = f"Group: {person.group.name} · Person: {person.pseudonym} · Speaker: Participant · Coder: Jin Park"
    assert export.narrowed_to == part
    lines = words_of(export).split("\n")
    assert lines[:2] == ["a1 Subconstruct a1", f"Not all codings of this code, only those of: {part}."]
    whole = made(asked(cast, works, "jin"))
    assert (whole.narrowed_to, "Not all codings" in words_of(whole)) == ("", False)


@pytest.mark.parametrize(
    ("filters", "part"),
    [({"influence": "helps"}, "Influence: Helps"), ({"coder": "consensus"}, "Coder: Consensus")],
)
def test_a_narrowed_spreadsheet_says_to_what(
    cast: make.Cast, works: list[CodingAssignment], filters: dict[str, str], part: str
) -> None:
    export = made(asked(cast, works, "jin", format=Export.Format.XLSX, **filters))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(bytes(export.content))).get_sheet_by_index(0)
    said = [row[0] for row in sheet.to_python()]
    assert f"Not all codings of this code, only those of: {part}." in said


def test_files_of_different_parts_have_different_names(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    group = make.group(cast.study, "Партнёр")
    wanted: list[dict[str, Any]] = [{}, {"group": cast.group.id}, {"group": group.id}, {"influence": "helps"}]
    stems = [asked(cast, works, "jin", **filters).file_stem for filters in wanted]
    assert stems == [
        "a1-subconstruct-a1",
        "a1-subconstruct-a1-group-hub-clients",
        "a1-subconstruct-a1-group-партнёрs",
        "a1-subconstruct-a1-influence-helps",
    ]


def test_a_file_is_seen_by_nobody_else(cast: make.Cast, works: list[CodingAssignment]) -> None:
    export = made(asked(cast, works, "jin"))
    for name in ("pi", "ruth", "administrator"):
        person = getattr(cast, name)
        with acting_as(person.id):
            assert not Export.objects.filter(id=export.id).exists()
        with acting_as(person.id), pytest.raises(ProgrammingError), transaction.atomic():
            Export.objects.create(
                study=cast.study,
                run=export.run,
                requested_by=cast.jin,
                subject="code",
                object_id=export.object_id,
                format="docx",
                title="Somebody else's",
            )


def test_without_somebody_in_whose_name_no_file_is_made(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    export = asked(cast, works, "jin")
    Run.objects.filter(id=export.run_id).update(requested_by=None)
    again = made(export)
    assert (again.made_at, again.run.state) == (None, "queued")
    assert again.run.failure.startswith("NobodyAskedError")


def test_who_has_left_gets_no_file(cast: make.Cast, works: list[CodingAssignment]) -> None:
    export = asked(cast, works, "ruth")
    cast.study.memberships.filter(user=cast.ruth).update(left_at=make.NOW)
    assert made(export).made_at is None


def test_codings_of_those_who_wished_to_be_left_out_are(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    person = works[0].transcript_version.transcript.interview.participant
    Withdrawal.objects.create(
        participant=person,
        asked_on=make.NOW.date(),
        codings="leave_out",
        recorded_at=make.NOW,
        recorded_by=cast.administrator,
    )
    export = made(asked(cast, works, "pi"))
    assert export.passages == 0
    assert "people who have withdrawn (1)" in words_of(export)


def test_words_that_may_not_be_quoted_are_left_out(cast: make.Cast, works: list[CodingAssignment]) -> None:
    transcript = works[0].transcript_version.transcript
    Withdrawal.objects.create(
        participant=transcript.interview.participant,
        asked_on=make.NOW.date(),
        quotes="stop",
        codings="keep",
        recorded_at=make.NOW,
        recorded_by=cast.administrator,
    )
    words = words_of(made(asked(cast, works, "pi")))
    assert "[words left out: no consent to quotation]" in words
    assert "My manager" not in words
    with acting_as(cast.pi.id), pytest.raises(actions.MayNotLeave):
        actions.request_transcript(transcript=transcript, format=DOCX, by=cast.pi, now=make.NOW)


@pytest.mark.parametrize(
    ("answers", "sentences"),
    [
        ({"sharing": "yes", "archive": "yes"}, []),
        ({"sharing": "no", "archive": "no"}, ["Not to be shared outside", "Not for an archive"]),
        ({}, ["Not to be shared outside", "It is not recorded whether the words may go into an archive"]),
    ],
)
def test_a_file_says_where_its_words_may_not_go(
    cast: make.Cast, works: list[CodingAssignment], answers: dict[str, str], sentences: list[str]
) -> None:
    transcript = works[0].transcript_version.transcript
    answered(cast, transcript.interview.participant, quotation_after_check="no", **answers)
    with acting_as(cast.pi.id):
        export = actions.request_transcript(transcript=transcript, format=DOCX, by=cast.pi, now=make.NOW)
    words = words_of(made(export))
    assert "My manager" in words
    assert [each for each in SAID_OF_WORDS if each in words] == sentences


def answered(cast: make.Cast, person: Participant, **answers: str) -> None:
    """A form that asks of checking, sharing and archiving, and what somebody has answered to it."""
    by = {"by": cast.administrator, "now": make.NOW}
    clauses = [Clause("quotation_after_check"), Clause("sharing"), Clause("archive")]
    version = people.add_consent_version(study=cast.study, label="v1", clauses=clauses, **by)
    given = {clause: answers.get(clause.scope, "") for clause in version.clauses.all()}
    people.record_consent(participant=person, version=version, answers=Answers(answers=given), **by)


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ([], "[words left out: to be shown to the person first]"),
        (["shown"], "[words left out: shown to the person, who has not answered]"),
        (["shown", "agreed"], "My manager forwarded an e-mail. I near"),
        (["agreed", "declined"], "[words left out: the person does not want them quoted]"),
        (["reworded"], "[agreed in these words: I was sent an e-mail.]"),
    ],
)
@pytest.mark.parametrize("answer", ["yes", ""])
def test_words_that_a_person_wishes_to_see_wait_for_their_answer(
    cast: make.Cast, works: list[CodingAssignment], said: list[str], stands: str, answer: str
) -> None:
    version = works[0].transcript_version
    answered(cast, version.transcript.interview.participant, quotation_after_check=answer)
    for outcome in said:
        checked(cast, version, outcome)
    words = words_of(made(asked(cast, works, "ruth")))
    assert stands in words
    assert ("My manager" in words) == stands.startswith("My manager")
    # Nobody has seen what stands around it.
    assert "deleted it" not in words
    with acting_as(cast.pi.id), pytest.raises(actions.ToBeCheckedFirst):
        actions.request_transcript(transcript=version.transcript, format=DOCX, by=cast.pi, now=make.NOW)


def checked(cast: make.Cast, version: TranscriptVersion, outcome: str) -> None:
    wording = "I was sent an e-mail." if outcome == "reworded" else ""
    transcripts.record_check(
        version=version,
        start=42,
        end=80,
        outcome=outcome,
        happened_on=make.NOW.date(),
        wording=wording,
        by=cast.administrator,
        now=make.NOW,
    )


def test_the_trail_keeps_that_it_left_but_not_how_much(
    cast: make.Cast, works: list[CodingAssignment], client: Client
) -> None:
    export = made(asked(cast, works, "jin"))
    client.force_login(cast.jin)
    answer = client.get(at("export_download", cast, export.id))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a1-subconstruct-a1.docx"'
    events = AuditEvent.objects.filter(noun="codings").order_by("verb")
    assert [(each.verb, each.detail) for each in events] == [
        ("downloaded", {"format": "docx", "subject": "code"}),
        ("exported", {"format": "docx", "subject": "code"}),
    ]


def test_export_has_content_when_made(cast: make.Cast, works: list[CodingAssignment]) -> None:
    export = asked(cast, works, "jin")
    with acting_as(cast.jin.id), pytest.raises(IntegrityError, match="export_has_content_when_made"):
        Export.objects.filter(id=export.id).update(made_at=make.NOW)
