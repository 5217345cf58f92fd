"""What the database's roles may do, table by table: nothing that their work does not need."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from apps.agreement.actions import release_now
from apps.agreement.models import Round
from apps.agreement.queries import frozen_study
from apps.coding.models import Coding
from apps.core.identity import acting_as
from tests import make
from tests.agreement import stage
from tests.conftest import as_owner, as_worker

pytestmark = pytest.mark.django_db

EVERYTHING = "SELECT INSERT UPDATE DELETE"
RIGHTS = (*EVERYTHING.split(), "TRUNCATE", "REFERENCES", "TRIGGER")


def rights_of(role: str) -> dict[str, str]:
    """Table -> the rights that the role has on all of its columns."""
    asked = ", ".join(f"has_table_privilege(%(role)s, oid, '{right}')" for right in RIGHTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT relname, {asked} FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
            {"role": role},
        )
        rows = cursor.fetchall()
    return {
        table: " ".join(right for right, has in zip(RIGHTS, answers, strict=True) if has)
        for table, *answers in rows
    }


def refusal(statement: str) -> type[BaseException]:
    with pytest.raises(ProgrammingError) as refused, acting_as(None), connection.cursor() as cursor:
        cursor.execute(statement)
    return type(refused.value.__cause__)


def test_the_app_role_deletes_nothing_that_stays_and_writes_nothing_that_is_not_its_own() -> None:
    less = {table: rights for table, rights in rights_of("concord_app").items() if rights != EVERYTHING}
    stays, read, added, closed = "SELECT INSERT UPDATE", "SELECT", "SELECT INSERT", ""
    assert less == {
        "accounts_user": stays,
        "agreement_agreementresult": read,
        "agreement_agreementrun": read,
        "agreement_attendance": stays,
        "agreement_codebookchange": stays,
        "agreement_comment": stays,
        "agreement_discrepancy": read,
        "agreement_escalation": stays,
        "agreement_meeting": stays,
        "agreement_proposal": stays,
        "agreement_resolution": stays,
        "agreement_roundassignment": stays,
        "agreement_ruling": stays,
        "agreement_standingpassage": stays,
        "audit_auditevent": added,
        "auth_group": closed,
        "auth_group_permissions": closed,
        "auth_permission": closed,
        "coding_coding": stays,
        "coding_codingassignment": stays,
        "coding_codingevent": read,
        "coding_gesture": stays,
        "coding_memo": stays,
        "coding_memoevent": read,
        "django_content_type": read,
        "django_migrations": read,
        "jobs_run": stays,
        "participants_withdrawal": stays,
        "pghistory_context": closed,
        "studies_invitation": stays,
        "studies_membership": stays,
        "studies_study": stays,
        "transcripts_correction": added,
        "transcripts_searchedturn": added,
        "transcripts_transcript": stays,
    }


def test_the_worker_role_reads_what_it_counts_and_writes_what_it_found() -> None:
    assert {table: rights for table, rights in rights_of("concord_worker").items() if rights} == {
        "agreement_agreementresult": "SELECT INSERT",
        "agreement_agreementrun": "SELECT INSERT",
        "agreement_batch": "SELECT",
        "agreement_discrepancy": "SELECT INSERT",
        "agreement_round": "SELECT UPDATE",
        "agreement_roundassignment": "SELECT",
        "agreement_roundtranscript": "SELECT",
        "codebooks_code": "SELECT",
        "codebooks_codebookversion": "SELECT",
        "coding_coding": "SELECT",
        "coding_codingassignment": "SELECT",
        "jobs_run": "SELECT UPDATE",
        "participants_interview": "SELECT",
        "participants_participant": "SELECT",
        "studies_participantgroup": "SELECT",
        "studies_study": "SELECT",
        "audit_auditevent": "INSERT",
        "notices_notice": "INSERT",
        "transcripts_correction": "SELECT",
        "transcripts_searchedturn": "INSERT",
        "transcripts_transcript": "SELECT",
        "transcripts_transcriptversion": "SELECT INSERT",
        "transcripts_turn": "SELECT INSERT",
    }


def test_the_worker_role_reads_of_people_their_names_only() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT attname FROM pg_attribute WHERE attrelid = 'accounts_user'::regclass AND attnum > 0
            AND has_column_privilege('concord_worker', attrelid, attnum, 'SELECT') ORDER BY attname
            """
        )
        assert cursor.fetchall() == [("id",), ("name",)]


def test_no_sequence_tells_how_much_others_have_done() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), count(*) FILTER (
                WHERE has_sequence_privilege('concord_app', oid, 'USAGE, SELECT, UPDATE')
                OR has_sequence_privilege('concord_worker', oid, 'USAGE, SELECT, UPDATE')
            ) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
            """
        )
        sequences, open_ones = cursor.fetchone()
    assert (sequences > 0, open_ones) == (True, 0)


@pytest.mark.parametrize(
    "statement", ["CREATE TEMPORARY TABLE coding_coding (id int)", "CREATE TABLE public.coding_mine (id int)"]
)
def test_the_app_role_makes_no_tables(statement: str) -> None:
    assert refusal(statement) is psycopg.errors.InsufficientPrivilege


def test_what_runs_with_the_owners_rights_never_takes_a_callers_table_for_ours() -> None:
    """A temporary table is found first wherever the path does not put it last."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT proname, proconfig FROM pg_proc
            WHERE prosecdef AND pronamespace = 'public'::regnamespace
            """
        )
        paths = dict(cursor.fetchall())
    assert {"concord_readable_assignments", "concord_writable_assignments", "concord_may_add"} < set(paths)
    assert len([name for name in paths if name.startswith("pgtrigger_")]) == 4
    assert {tuple(path) for path in paths.values()} == {("search_path=pg_catalog, public, pg_temp",)}


@pytest.mark.django_db(transaction=True)
def test_a_temporary_table_does_not_open_what_is_blind(cast: make.Cast) -> None:
    round = stage.open_round(cast)
    theirs = stage.code(round, cast.jin, "a1", 41, 80)
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"GRANT TEMPORARY ON DATABASE {database} TO PUBLIC")
    try:
        with acting_as(cast.ruth.id), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE forged ON COMMIT DROP AS TABLE coding_codingassignment")
            cursor.execute("UPDATE forged SET coder_id = %s", [cast.ruth.id])
            cursor.execute("ALTER TABLE forged RENAME TO coding_codingassignment")
            cursor.execute("GRANT SELECT ON pg_temp.coding_codingassignment TO PUBLIC")
            cursor.execute("SELECT count(*) FROM public.coding_coding")
            assert cursor.fetchone() == (0,)
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Coding.objects.create(assignment=theirs.assignment, code=theirs.code, start=1, end=2)
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")


@pytest.mark.django_db(transaction=True)
def test_the_worker_sees_nothing_of_a_round_that_is_still_blind(cast: make.Cast) -> None:
    round: Round = stage.open_round(cast)
    stage.code(round, cast.jin, "a1", 41, 80)
    with as_worker(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM coding_coding")
        blind = cursor.fetchone()
    stage.submit(round, cast.ruth, cast.jin)
    with as_worker(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM coding_coding")
        held = cursor.fetchone()
    assert (blind, held) == ((0,), (0,))


@pytest.mark.django_db(transaction=True)
def test_the_worker_tells_interviewers_apart_without_reading_the_person(cast: make.Cast) -> None:
    round: Round = stage.open_round(cast)
    interview = round.transcripts.get().transcript_version.transcript.interview
    interview.interviewer = cast.administrator
    interview.save()
    stage.submit(round, cast.ruth, cast.jin)
    release_now(round=round, by=cast.pi, now=make.NOW)
    with as_worker():
        [transcript] = frozen_study(round, [round.batches.get().id]).transcripts
    assert transcript.groups["interviewer"] == str(cast.administrator.id)
