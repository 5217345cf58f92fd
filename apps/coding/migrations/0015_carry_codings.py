"""A correction of a text moves everybody's codings, and nobody sees them: functions of the owner, for the worker.

`apps/transcripts/engine/correcting.py` holds the same rule; tests/coding/test_corrections.py holds both together.
"""

from importlib import import_module

from django.conf import settings
from django.db import migrations

WORKER = f'"{settings.DATABASE_WORKER_ROLE}"'

FUNCTIONS = """
CREATE FUNCTION concord_moved(changes jsonb, place integer, is_end boolean) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS
$$
    SELECT coalesce((
        SELECT CASE
            WHEN place > old_end THEN place + new_end - old_end
            WHEN old_start = old_end THEN CASE WHEN is_end THEN new_start ELSE new_end END
            WHEN place = old_start THEN new_start
            WHEN place = old_end THEN new_end
            WHEN place - old_start <= same_before THEN new_start + place - old_start
            WHEN old_end - place <= same_after THEN new_end - (old_end - place)
            ELSE least(new_start + place - old_start, new_end - same_after)
        END
        FROM (
            SELECT (change->>0)::int AS old_start, (change->>1)::int AS old_end,
                (change->>2)::int AS new_start, (change->>3)::int AS new_end,
                (change->>4)::int AS same_before, (change->>5)::int AS same_after
            FROM jsonb_array_elements(changes) AS change
        ) parts
        WHERE old_start <= place ORDER BY old_start DESC LIMIT 1
    ), place)
$$;

-- The letters of what was changed, in the old text and in those before it; every place stays.
CREATE FUNCTION concord_take_out(correction uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS
$$
DECLARE
    step transcripts_correction;
    stretches jsonb;
    stretch jsonb;
    words text;
    begins integer;
    size integer;
BEGIN
    SELECT * INTO STRICT step FROM transcripts_correction WHERE id = correction;
    SELECT jsonb_agg(jsonb_build_array(change->0, change->1)) INTO stretches
    FROM jsonb_array_elements(step.changes) AS change;
    LOOP
        SELECT text INTO STRICT words FROM transcripts_transcriptversion WHERE id = step.before_id;
        FOR stretch IN SELECT jsonb_array_elements(stretches) LOOP
            begins := (stretch->>0)::int;
            size := (stretch->>1)::int - begins;
            words := overlay(words PLACING
                regexp_replace(substr(words, begins + 1, size), '[[:alnum:]]', 'X', 'g')
                FROM begins + 1 FOR size);
        END LOOP;
        UPDATE transcripts_transcriptversion
        SET text = words, sha256 = encode(sha256(convert_to(words, 'UTF8')), 'hex') WHERE id = step.before_id;
        SELECT * INTO step FROM transcripts_correction WHERE after_id = step.before_id;
        EXIT WHEN NOT FOUND;
        -- Back into the text before: the same changes, read the other way, and rather too wide than too narrow.
        SELECT jsonb_agg(jsonb_build_array(
            concord_moved(back, (each->>0)::int, true), concord_moved(back, (each->>1)::int, false)
        )) INTO stretches
        FROM jsonb_array_elements(stretches) AS each, (
            SELECT jsonb_agg(jsonb_build_array(
                change->2, change->3, change->0, change->1, change->4, change->5
            )) AS back
            FROM jsonb_array_elements(step.changes) AS change
        ) turned;
    END LOOP;
END
$$;

-- Moves all that is coded and may still change to the corrected text. It answers nothing, not even a number.
CREATE FUNCTION concord_carry(correction uuid, corrected uuid, moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
DECLARE
    fix transcripts_correction;
    newer transcripts_transcriptversion;
    carried uuid[];
BEGIN
    SELECT * INTO STRICT fix FROM transcripts_correction
    WHERE id = correction AND carried_at IS NULL FOR UPDATE;
    SELECT after.* INTO STRICT newer
    FROM transcripts_transcriptversion after
    JOIN transcripts_transcriptversion before ON before.transcript_id = after.transcript_id
    WHERE after.id = corrected AND before.id = fix.before_id AND after.number = before.number + 1;
    -- Giving the transcript to somebody takes the same lock.
    PERFORM 1 FROM transcripts_transcript WHERE id = newer.transcript_id FOR NO KEY UPDATE;
    UPDATE transcripts_correction SET after_id = corrected, carried_at = moment WHERE id = correction;

    WITH moved AS (
        UPDATE coding_codingassignment SET transcript_version_id = corrected
        WHERE transcript_version_id = fix.before_id AND voided_at IS NULL
        AND (kind = 'primary' OR (kind = 'independent' AND released_at IS NULL))
        RETURNING id
    )
    SELECT array_agg(id) INTO carried FROM moved;

    WITH placed AS (
        SELECT id, concord_moved(fix.changes, start, false) AS first,
            concord_moved(fix.changes, "end", true) AS last
        FROM coding_coding WHERE assignment_id = ANY(carried)
    )
    UPDATE coding_coding coding SET
        start = CASE WHEN first < last THEN first ELSE nearest.start END,
        "end" = CASE WHEN first < last THEN last ELSE nearest.end END,
        version = version + 1,
        removed_at = CASE WHEN first < last THEN removed_at ELSE coalesce(removed_at, moment) END,
        lost_words_at = CASE WHEN first < last OR removed_at IS NOT NULL THEN lost_words_at ELSE moment END
    FROM placed
    -- A coding without words waits at the sentence where they stood.
    LEFT JOIN LATERAL (
        SELECT sentence.start, sentence.end
        FROM unnest(newer.sentence_starts, newer.sentence_ends) AS sentence (start, "end")
        WHERE placed.first >= placed.last
        ORDER BY sentence.end > placed.last DESC, abs(sentence.end - placed.last) LIMIT 1
    ) nearest ON true
    WHERE coding.id = placed.id
    AND (first >= last OR (coding.start, coding.end) IS DISTINCT FROM (first, last));

    UPDATE coding_reading SET
        position = concord_moved(fix.changes, position, false),
        seen_starts = ARRAY(
            SELECT concord_moved(fix.changes, at, true) FROM unnest(seen_starts) WITH ORDINALITY AS seen (at, n)
            ORDER BY n
        ),
        seen_ends = ARRAY(
            SELECT concord_moved(fix.changes, at, false) FROM unnest(seen_ends) WITH ORDINALITY AS seen (at, n)
            ORDER BY n
        )
    WHERE assignment_id = ANY(carried);

    IF fix.hides_somebody THEN
        PERFORM concord_take_out(correction);
    END IF;
END
$$;

REVOKE ALL ON FUNCTION concord_carry(uuid, uuid, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION concord_take_out(uuid) FROM PUBLIC;
"""

NO_FUNCTIONS = """
DROP FUNCTION concord_carry(uuid, uuid, timestamptz);
DROP FUNCTION concord_take_out(uuid);
DROP FUNCTION concord_moved(jsonb, integer, boolean);
"""

# Erasing somebody's words reaches the words that a correction holds as well.
BLACK_OUT: str = import_module("apps.coding.migrations.0011_black_out").BLACK_OUT
REACHES_CORRECTIONS = BLACK_OUT.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    "    UPDATE coding_memo SET",
    """    UPDATE transcripts_correction SET words = '{}' WHERE before_id IN (
        SELECT id FROM transcripts_transcriptversion WHERE transcript_id = which
    );

    UPDATE coding_memo SET""",
)


class Migration(migrations.Migration):
    dependencies = [("coding", "0014_lost_words"), ("transcripts", "0006_correction")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(
            REACHES_CORRECTIONS, BLACK_OUT.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        ),
        migrations.RunSQL(
            f"GRANT EXECUTE ON FUNCTION concord_carry(uuid, uuid, timestamptz) TO {WORKER}",
            migrations.RunSQL.noop,
        ),
    ]
