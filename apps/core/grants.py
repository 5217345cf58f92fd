"""What the app and the worker role may do with the tables; applied by the owner after every migration."""

from typing import Any

from django.apps import apps as installed
from django.conf import settings
from django.db import connection
from psycopg import sql

# Tables in which the app role may only add rows.
APPEND_ONLY = ("audit_auditevent",)
# Tables whose rows the app role may never delete: a coding is taken away, not destroyed.
UNDELETABLE = ("coding_coding", "coding_memo")
# Tables that the app role only reads: the migrations' own, and histories that triggers write.
READ_ONLY = ("django_migrations", "coding_codingevent", "coding_memoevent")
# Tables that the agreement worker writes; everything else it may only read.
WORKER_WRITES = (
    "jobs_run",
    "agreement_round",
    "agreement_agreementrun",
    "agreement_agreementresult",
    "agreement_discrepancy",
)
# Tables that say nothing to a worker and would say too much about people.
WORKER_BLIND = (
    "audit_auditevent",
    "django_session",
    "knox_authtoken",
    "mfa_authenticator",
    "usersessions_usersession",
)

# Triggers that write history do so as the owner, so that the app role cannot forge a history row.
HISTORY_FUNCTIONS = """
    SELECT DISTINCT p.proname FROM pg_trigger t
    JOIN pg_proc p ON p.oid = t.tgfoid
    JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'public'
    WHERE p.proname LIKE 'pgtrigger_%' AND p.prosrc LIKE '%_event"%'
"""
HISTORY_AS_OWNER = "ALTER FUNCTION public.{}() SECURITY DEFINER SET search_path = pg_catalog, public"


def apply_grants(**kwargs: Any) -> None:
    """Idempotent; does nothing where the process is not the owner of the schema."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [settings.DATABASE_OWNER_ROLE])
        if not cursor.fetchone()[0]:
            return
        for statement in _statements(set(connection.introspection.table_names(cursor))):
            cursor.execute(statement)
        cursor.execute(HISTORY_FUNCTIONS)
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL(HISTORY_AS_OWNER).format(sql.Identifier(name)))


def _statements(tables: set[str]) -> list[sql.Composed]:
    app = sql.Identifier(settings.DATABASE_APP_ROLE)
    worker = sql.Identifier(settings.DATABASE_WORKER_ROLE)

    def on_tables(template: str, names: tuple[str, ...], role: sql.Identifier) -> list[sql.Composed]:
        return [
            sql.SQL(template).format(table=sql.Identifier(name), role=role)
            for name in names
            if name in tables
        ]

    return [
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}, {}").format(app, worker),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}, {}").format(app, worker),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(app),
        sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(app),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(worker),
        sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(worker),
        *on_tables("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}", APPEND_ONLY, app),
        *on_tables("REVOKE DELETE, TRUNCATE ON {table} FROM {role}", UNDELETABLE, app),
        *on_tables("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {role}", READ_ONLY, app),
        *on_tables("GRANT INSERT, UPDATE, DELETE ON {table} TO {role}", WORKER_WRITES, worker),
        *on_tables("REVOKE ALL ON {table} FROM {role}", WORKER_BLIND, worker),
    ]


def models_with_tables() -> list[str]:
    """Every table of an installed model, for the tests that walk them."""
    return [model._meta.db_table for model in installed.get_models(include_auto_created=True)]
