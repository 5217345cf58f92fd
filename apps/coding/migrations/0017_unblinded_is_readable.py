"""What was unblinded in an emergency is read like what was released; the pair still code it blind."""

from django.db import migrations

READABLE = """
CREATE OR REPLACE FUNCTION concord_readable_assignments() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
    SELECT a.id
    FROM coding_codingassignment a
    JOIN transcripts_transcriptversion v ON v.id = a.transcript_version_id
    WHERE (a.coder_id = concord_me() AND a.kind <> 'consensus')
    OR (
        {open}
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

OPEN = "(a.released_at IS NOT NULL OR (a.is_open AND a.kind = 'primary' AND a.voided_at IS NULL))"
OR_UNBLINDED = f"({OPEN} OR a.unblinded_at IS NOT NULL)"


class Migration(migrations.Migration):
    dependencies = [("coding", "0016_unblinded")]

    operations = [
        migrations.RunSQL(READABLE.replace("{open}", OR_UNBLINDED), READABLE.replace("{open}", OPEN))
    ]
