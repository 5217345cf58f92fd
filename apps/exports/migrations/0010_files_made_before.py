"""Of files that were made before, nobody noted whose words they hold: those of a code may hold anybody's.

What was blacked out since they were asked for goes from them as well.
"""

from django.db import migrations

NOTE = """
    UPDATE exports_export SET transcripts = CASE subject
        WHEN 'transcript' THEN ARRAY[object_id]
        ELSE ARRAY(SELECT id FROM transcripts_transcript WHERE study_id = exports_export.study_id)
    END
    WHERE made_at IS NOT NULL;

    UPDATE exports_export SET content = '', passages = 0, made_at = NULL, blacked_out_at = statement_timestamp()
    WHERE made_at IS NOT NULL AND EXISTS (
        SELECT FROM transcripts_correction c
        JOIN transcripts_transcriptversion v ON v.id = c.before_id
        WHERE c.hides_somebody AND c.carried_at >= exports_export.created_at
        AND v.transcript_id = ANY(exports_export.transcripts)
        UNION ALL
        SELECT FROM participants_withdrawal w
        JOIN participants_interview i ON i.participant_id = w.participant_id
        JOIN transcripts_transcript t ON t.interview_id = i.id
        WHERE w.transcript = 'erase' AND w.recorded_at >= exports_export.created_at
        AND t.id = ANY(exports_export.transcripts)
    );
"""


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0009_files_follow_the_text"),
        ("participants", "0005_withdrawal"),
        ("transcripts", "0006_correction"),
    ]

    operations = [migrations.RunSQL(NOTE, migrations.RunSQL.noop)]
