"""The one exception to "nothing of a coding or a text is changed": the words of somebody who has withdrawn.

Every character but white space becomes a block, so that lengths and offsets stay; the file that the text came
from and the coders' memos, with their history, are emptied. It asks for itself whether the person wished it,
and whether whoever calls is PI or administrator of the study.
"""

from django.db import migrations

BLACK_OUT = """
CREATE FUNCTION concord_black_out(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
BEGIN
    PERFORM FROM transcripts_transcript t
    JOIN participants_interview i ON i.id = t.interview_id
    JOIN participants_withdrawal w ON w.participant_id = i.participant_id AND w.transcript = 'erase'
    JOIN studies_membership m ON m.study_id = t.study_id
    WHERE t.id = which AND m.user_id = concord_me() AND m.left_at IS NULL
    AND m.roles && ARRAY['pi', 'administrator']::varchar[];
    IF NOT FOUND THEN
        RETURN false;
    END IF;

    UPDATE transcripts_sourcefile f SET content = '', name = '-'
    FROM transcripts_transcriptversion v WHERE v.source_file_id = f.id AND v.transcript_id = which;

    UPDATE transcripts_transcriptversion v
    SET text = blocks, sha256 = encode(sha256(convert_to(blocks, 'UTF8')), 'hex')
    FROM (
        SELECT id, regexp_replace(text, '\\S', '█', 'g') AS blocks
        FROM transcripts_transcriptversion WHERE transcript_id = which
    ) blackened WHERE v.id = blackened.id;

    UPDATE coding_memo SET text = '' WHERE assignment_id IN (SELECT concord_work_on(which));
    UPDATE coding_memoevent SET text = '' WHERE assignment_id IN (SELECT concord_work_on(which));
    RETURN true;
END
$$;
"""

WORK_ON = """
CREATE FUNCTION concord_work_on(which uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$
    SELECT a.id FROM coding_codingassignment a
    JOIN transcripts_transcriptversion v ON v.id = a.transcript_version_id
    WHERE v.transcript_id = which
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("coding", "0010_gestures_are_ones_own"),
        ("participants", "0005_withdrawal"),
        ("transcripts", "0003_owner_may_black_out"),
    ]

    operations = [
        migrations.RunSQL(WORK_ON, "DROP FUNCTION concord_work_on(uuid)"),
        migrations.RunSQL(BLACK_OUT, "DROP FUNCTION concord_black_out(uuid)"),
    ]
