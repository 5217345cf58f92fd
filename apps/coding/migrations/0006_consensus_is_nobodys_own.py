"""A consensus is nobody's own: whoever decided in a round and now codes its texts blind does not read it."""

from django.db import migrations

READABLE = """
CREATE OR REPLACE FUNCTION concord_readable_assignments() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
    SELECT a.id
    FROM coding_codingassignment a
    JOIN transcripts_transcriptversion v ON v.id = a.transcript_version_id
    WHERE {own}
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
"""

EVERY_ONE = "a.coder_id = concord_me()"
BUT_A_CONSENSUS = "(a.coder_id = concord_me() AND a.kind <> 'consensus')"


class Migration(migrations.Migration):
    dependencies = [("coding", "0005_release_is_final")]

    operations = [
        migrations.RunSQL(READABLE.replace("{own}", BUT_A_CONSENSUS), READABLE.replace("{own}", EVERY_ONE))
    ]
