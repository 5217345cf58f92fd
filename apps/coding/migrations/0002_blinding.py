"""Row-level policies: a coding and its memo are seen by their coder, and by others only when released.

`CodingAssignment.objects.open_to(...)` says the same in Python; tests/coding/test_blinding.py holds both together.
"""

from django.conf import settings
from django.db import migrations

BLINDED = ("coding_coding", "coding_memo", "coding_codingevent", "coding_memoevent")
WRITTEN = ("coding_coding", "coding_memo")

FUNCTIONS = """
CREATE FUNCTION concord_me() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS
$$ SELECT NULLIF(current_setting('concord.user', true), '')::uuid $$;

-- Assignments whose codings the person may read. The set is computed once per query, not once per row.
CREATE FUNCTION concord_readable_assignments() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
$$
    SELECT a.id
    FROM coding_codingassignment a
    JOIN transcripts_transcriptversion v ON v.id = a.transcript_version_id
    WHERE a.coder_id = concord_me()
    OR (
        a.released_at IS NOT NULL
        AND a.study_id IN (
            SELECT m.study_id FROM studies_membership m
            WHERE m.user_id = concord_me() AND m.left_at IS NULL
            AND m.roles && ARRAY['pi', 'coder', 'adjudicator']::varchar[]
        )
        AND v.transcript_id NOT IN (
            SELECT mine_v.transcript_id
            FROM coding_codingassignment mine
            JOIN transcripts_transcriptversion mine_v ON mine_v.id = mine.transcript_version_id
            WHERE mine.coder_id = concord_me() AND mine.kind = 'independent'
            AND mine.released_at IS NULL AND mine.voided_at IS NULL
        )
    )
$$;

-- Assignments in which the person may write: their own until they submit, and the consensus of their study.
CREATE FUNCTION concord_writable_assignments() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
$$
    SELECT a.id
    FROM coding_codingassignment a
    WHERE a.state <> 'submitted' AND a.voided_at IS NULL
    AND (
        a.coder_id = concord_me()
        OR (
            a.kind = 'consensus'
            AND a.study_id IN (
                SELECT m.study_id FROM studies_membership m
                WHERE m.user_id = concord_me() AND m.left_at IS NULL
                AND m.roles && ARRAY['pi']::varchar[]
            )
        )
    )
$$;
"""

NO_FUNCTIONS = """
DROP FUNCTION concord_writable_assignments();
DROP FUNCTION concord_readable_assignments();
DROP FUNCTION concord_me();
"""


def _policies(table: str) -> str:
    app, worker, owner = (
        f'"{role}"'
        for role in (settings.DATABASE_APP_ROLE, settings.DATABASE_WORKER_ROLE, settings.DATABASE_OWNER_ROLE)
    )
    statements = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner_all ON {table} TO {owner} USING (true) WITH CHECK (true);
        CREATE POLICY app_reads ON {table} FOR SELECT TO {app}
            USING (assignment_id IN (SELECT concord_readable_assignments()));
        CREATE POLICY worker_reads ON {table} FOR SELECT TO {worker}
            USING (assignment_id IN (
                SELECT id FROM coding_codingassignment WHERE released_at IS NOT NULL
            ));
    """
    if table in WRITTEN:
        statements += f"""
            CREATE POLICY app_adds ON {table} FOR INSERT TO {app}
                WITH CHECK (assignment_id IN (SELECT concord_writable_assignments()));
            CREATE POLICY app_changes ON {table} FOR UPDATE TO {app}
                USING (assignment_id IN (SELECT concord_writable_assignments()))
                WITH CHECK (assignment_id IN (SELECT concord_writable_assignments()));
        """
    return statements


def _no_policies(table: str) -> str:
    written = "DROP POLICY app_adds ON {0}; DROP POLICY app_changes ON {0};".format(table)
    return f"""
        {written if table in WRITTEN else ""}
        DROP POLICY app_reads ON {table}; DROP POLICY worker_reads ON {table}; DROP POLICY owner_all ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
    """


class Migration(migrations.Migration):
    dependencies = [("coding", "0001_first"), ("studies", "0001_first"), ("transcripts", "0001_first")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        *[migrations.RunSQL(_policies(table), _no_policies(table)) for table in BLINDED],
    ]
