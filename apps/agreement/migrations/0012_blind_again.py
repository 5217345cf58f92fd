"""Who codes a text blind again sees nothing that an earlier round has computed on it: no figure, no discrepancy."""

from django.conf import settings
from django.db import migrations

FUNCTIONS = """
-- Transcripts of rounds whose text the person codes blind at present. Computed once per query.
CREATE FUNCTION concord_blind_members() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
    SELECT member.id
    FROM coding_codingassignment mine
    JOIN transcripts_transcriptversion mine_v ON mine_v.id = mine.transcript_version_id
    JOIN transcripts_transcriptversion v ON v.transcript_id = mine_v.transcript_id
    JOIN agreement_roundtranscript member ON member.transcript_version_id = v.id
    WHERE mine.coder_id = concord_me() AND mine.kind = 'independent'
    AND mine.released_at IS NULL AND mine.voided_at IS NULL
$$;
CREATE FUNCTION concord_blind_runs() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
    SELECT run.id FROM agreement_agreementrun run
    JOIN agreement_roundtranscript member ON member.round_id = run.round_id
    WHERE member.id IN (SELECT concord_blind_members())
$$;
"""

NO_FUNCTIONS = "DROP FUNCTION concord_blind_runs(); DROP FUNCTION concord_blind_members();"

SEEN = {
    "agreement_discrepancy": "round_transcript_id NOT IN (SELECT concord_blind_members())",
    "agreement_agreementrun": "id NOT IN (SELECT concord_blind_runs())",
    "agreement_agreementresult": "agreement_run_id NOT IN (SELECT concord_blind_runs())",
}


def _policies(table: str) -> str:
    app, worker, owner = (
        f'"{role}"'
        for role in (settings.DATABASE_APP_ROLE, settings.DATABASE_WORKER_ROLE, settings.DATABASE_OWNER_ROLE)
    )
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner_all ON {table} TO {owner} USING (true) WITH CHECK (true);
        CREATE POLICY worker_all ON {table} TO {worker} USING (true) WITH CHECK (true);
        CREATE POLICY app_reads ON {table} FOR SELECT TO {app} USING ({SEEN[table]});
    """


def _no_policies(table: str) -> str:
    return f"""
        DROP POLICY app_reads ON {table}; DROP POLICY worker_all ON {table}; DROP POLICY owner_all ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
    """


class Migration(migrations.Migration):
    dependencies = [("agreement", "0011_release_is_guarded")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        *[migrations.RunSQL(_policies(table), _no_policies(table)) for table in SEEN],
    ]
