"""What the app and the worker role may do with the tables; applied by the owner after every migration."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps as installed
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

# Tables in which the app role may only add rows.
APPEND_ONLY = ("audit_auditevent", "transcripts_correction", "transcripts_searchedturn")
# Tables whose rows the app role may never delete: what was coded, decided, given or read stays on record.
UNDELETABLE = (
    "accounts_user",
    "agreement_attendance",
    "agreement_codebookchange",
    "agreement_comment",
    "agreement_escalation",
    "agreement_meeting",
    "agreement_proposal",
    "agreement_resolution",
    "agreement_roundassignment",
    "agreement_ruling",
    "agreement_standingpassage",
    "coding_coding",
    "coding_codingassignment",
    "coding_gesture",
    "coding_memo",
    "jobs_run",
    "participants_withdrawal",
    "studies_invitation",
    "studies_membership",
    "studies_study",
    "transcripts_transcript",
)
# Tables that the app role only reads: of the migrations, of triggers (histories), of the worker (results).
READ_ONLY = (
    "django_content_type",
    "django_migrations",
    "coding_codingevent",
    "coding_memoevent",
    "agreement_agreementrun",
    "agreement_agreementresult",
    "agreement_discrepancy",
)
# Tables of the libraries that nothing of ours asks.
UNUSED = ("auth_group", "auth_group_permissions", "auth_permission", "pghistory_context")
# What the agreement worker writes, and what it must read for that: nothing else, and of people only names.
WORKER_WRITES = {
    "jobs_run": "UPDATE",
    "agreement_round": "UPDATE",
    "agreement_agreementrun": "INSERT",
    "agreement_agreementresult": "INSERT",
    "agreement_discrepancy": "INSERT",
    "transcripts_transcriptversion": "INSERT",
    "transcripts_turn": "INSERT",
}
# Of what it may not write as a whole: where a text was corrected, and where more batches are counted.
WORKER_CHANGES = (
    ("agreement_roundtranscript", "transcript_version_id"),
    ("agreement_agreementrun", "batches"),
    ("agreement_agreementrun", "computed_at"),
    ("agreement_discrepancy", "agreement_run_id"),
)
# What it adds and need not read: the trail, what people are told, and by a trigger the words of turns.
WORKER_TELLS = ("audit_auditevent", "notices_notice", "transcripts_searchedturn")
WORKER_READS = (
    *WORKER_WRITES,
    "agreement_batch",
    "agreement_roundassignment",
    "agreement_roundtranscript",
    "codebooks_code",
    "codebooks_codebookversion",
    "coding_coding",
    "coding_codingassignment",
    "participants_interview",
    "participants_participant",
    "studies_participantgroup",
    "studies_study",
    "transcripts_correction",
    "transcripts_transcript",
)

# Triggers that write history do so as the owner, so that the app role cannot forge a history row.
HISTORY_FUNCTIONS = """
    SELECT DISTINCT p.proname FROM pg_trigger t
    JOIN pg_proc p ON p.oid = t.tgfoid
    JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'public'
    WHERE p.proname LIKE 'pgtrigger_%' AND p.prosrc LIKE '%_event"%'
"""
# pg_temp comes last: else it is searched first, and a table of the caller would stand in for ours.
HISTORY_AS_OWNER = "ALTER FUNCTION public.{}() SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"


def apply_grants(**kwargs: Any) -> None:
    """Idempotent; does nothing where the process is not the owner of the schema."""
    # In one transaction, so that nothing that is taken away again is ever there.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [settings.DATABASE_OWNER_ROLE])
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        )
        columns = set(cursor.fetchall())
        for statement in _statements({table for table, _column in columns}, columns):
            cursor.execute(statement)
        cursor.execute(HISTORY_FUNCTIONS)
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL(HISTORY_AS_OWNER).format(sql.Identifier(name)))


def _statements(tables: set[str], columns: set[tuple[str, str]]) -> list[sql.Composed]:
    app = sql.Identifier(settings.DATABASE_APP_ROLE)
    worker = sql.Identifier(settings.DATABASE_WORKER_ROLE)
    database = sql.Identifier(connection.settings_dict["NAME"])

    def on_tables(template: str, names: Iterable[str], role: sql.Identifier) -> list[sql.Composed]:
        return [
            sql.SQL(template).format(table=sql.Identifier(name), role=role)
            for name in names
            if name in tables
        ]

    return [
        sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}, {}").format(app, worker),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}, {}").format(app, worker),
        # Identity columns need no right on their sequences, and a sequence tells how much others have done.
        sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}, {}").format(app, worker),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(app),
        *on_tables("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}", APPEND_ONLY, app),
        *on_tables("REVOKE DELETE, TRUNCATE ON {table} FROM {role}", UNDELETABLE, app),
        *on_tables("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {role}", READ_ONLY, app),
        *on_tables("REVOKE ALL ON {table} FROM {role}", UNUSED, app),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(worker),
        *on_tables("GRANT SELECT ON {table} TO {role}", WORKER_READS, worker),
        *(
            statement
            for name, right in WORKER_WRITES.items()
            for statement in on_tables(f"GRANT {right} ON {{table}} TO {{role}}", [name], worker)
        ),
        *on_tables("GRANT INSERT ON {table} TO {role}", WORKER_TELLS, worker),
        *[
            sql.SQL("GRANT UPDATE ({column}) ON {table} TO {role}").format(
                column=sql.Identifier(column), table=sql.Identifier(table), role=worker
            )
            for table, column in WORKER_CHANGES
            if (table, column) in columns
        ],
        *on_tables("GRANT SELECT (id, name) ON {table} TO {role}", ["accounts_user"], worker),
    ]


def models_with_tables() -> list[str]:
    """Every table of an installed model, for the tests that walk them."""
    return [model._meta.db_table for model in installed.get_models(include_auto_created=True)]
