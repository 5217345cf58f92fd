"""Where a text is blacked out, files that may hold its words lose their content, in the same transaction.

A text changes in no other way: by a correction that hides somebody, or where somebody's words are erased. A file
that is being written meanwhile is waited for, and one that begins meanwhile waits for the text.
"""

from django.db import migrations

FUNCTIONS = """
-- The key of the lock between files that are being written and texts that are being blacked out.
CREATE FUNCTION concord_files_of(study uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS
$$
    SELECT hashtextextended('files of ' || study, 0)
$$;

CREATE FUNCTION concord_files_follow() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
DECLARE
    whole uuid;
BEGIN
    SELECT study_id INTO STRICT whole FROM transcripts_transcript WHERE id = NEW.transcript_id;
    PERFORM pg_advisory_xact_lock(concord_files_of(whole));
    -- A statement of its own: it sees what was written while the lock was waited for.
    UPDATE exports_export SET content = '', passages = 0, made_at = NULL, blacked_out_at = statement_timestamp()
    WHERE study_id = whole AND made_at IS NOT NULL AND NEW.transcript_id = ANY(transcripts);
    RETURN NULL;
END
$$;

CREATE TRIGGER files_follow_the_text AFTER UPDATE OF text ON transcripts_transcriptversion
FOR EACH ROW WHEN (OLD.text IS DISTINCT FROM NEW.text) EXECUTE FUNCTION concord_files_follow();
"""

NO_FUNCTIONS = """
DROP TRIGGER files_follow_the_text ON transcripts_transcriptversion;
DROP FUNCTION concord_files_follow();
DROP FUNCTION concord_files_of(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0008_blacked_out"), ("transcripts", "0008_words_of_turns")]

    operations = [migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS)]
