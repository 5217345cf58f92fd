"""Where a study codes openly, drafts of primary coding are read like released ones; those who are blind stay so.

Who is reading is written by the coder of an open assignment only, and read by those who may read its codings.
"""

from django.conf import settings
from django.db import migrations

OWNER, APP = settings.DATABASE_OWNER_ROLE, settings.DATABASE_APP_ROLE

READABLE = """
CREATE OR REPLACE FUNCTION concord_readable_assignments() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
    SELECT a.id
    FROM coding_codingassignment a
    JOIN transcripts_transcriptversion v ON v.id = a.transcript_version_id
    WHERE (a.coder_id = concord_me() AND a.kind <> 'consensus')
    OR (
        {shown}
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
"""
RELEASED = "a.released_at IS NOT NULL"
OR_OPEN = "(a.released_at IS NOT NULL OR (a.is_open AND a.kind = 'primary' AND a.voided_at IS NULL))"

OWN = """assignment_id IN (
    SELECT id FROM coding_codingassignment
    WHERE coder_id = concord_me() AND is_open AND kind = 'primary' AND voided_at IS NULL
)"""
PRESENCE = f"""
    ALTER TABLE coding_presence ENABLE ROW LEVEL SECURITY;
    ALTER TABLE coding_presence FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner_all ON coding_presence TO "{OWNER}" USING (true) WITH CHECK (true);
    CREATE POLICY app_reads ON coding_presence FOR SELECT TO "{APP}"
        USING (assignment_id IN (SELECT concord_readable_assignments()));
    CREATE POLICY app_adds ON coding_presence FOR INSERT TO "{APP}" WITH CHECK ({OWN});
    CREATE POLICY app_changes ON coding_presence FOR UPDATE TO "{APP}" USING ({OWN}) WITH CHECK ({OWN});
"""
NO_PRESENCE = """
    DROP POLICY app_changes ON coding_presence;
    DROP POLICY app_adds ON coding_presence;
    DROP POLICY app_reads ON coding_presence;
    DROP POLICY owner_all ON coding_presence;
    ALTER TABLE coding_presence NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE coding_presence DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("coding", "0012_open_coding")]

    operations = [
        migrations.RunSQL(READABLE.replace("{shown}", OR_OPEN), READABLE.replace("{shown}", RELEASED)),
        migrations.RunSQL(PRESENCE, NO_PRESENCE),
    ]
