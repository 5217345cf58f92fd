"""An independent coding is opened only by its batch: held, waited for, complete, and under the round's lock.

What was computed says nothing of a text that the reader codes blind, and hides nothing else.
"""

from importlib import import_module

from django.db import migrations

OF_A_ROUND = import_module("apps.agreement.migrations.0011_release_is_guarded").GUARD.split("CREATE TRIGGER")[0]

GUARD = """
CREATE OR REPLACE FUNCTION concord_guard_release() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS
$$
DECLARE
    its_round agreement_round%ROWTYPE;
    its_batch agreement_batch%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.released_at IS NOT NULL OR NEW.unblinded_at IS NOT NULL THEN
            RAISE EXCEPTION 'codingassignment_begins_blind';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.released_at IS NOT NULL AND (
        (NEW.voided_at, NEW.codebook_version_id, NEW.unblinded_at)
        IS DISTINCT FROM (OLD.voided_at, OLD.codebook_version_id, OLD.unblinded_at)
    ) THEN
        RAISE EXCEPTION 'codingassignment_release_is_final';
    END IF;
    IF NEW.unblinded_at IS DISTINCT FROM OLD.unblinded_at AND (
        OLD.unblinded_at IS NOT NULL
        OR NOT EXISTS (
            SELECT 1 FROM agreement_roundassignment part
            JOIN agreement_roundtranscript member ON member.id = part.round_transcript_id
            WHERE part.assignment_id = NEW.id AND member.unblinded_at IS NOT NULL
        )
    ) THEN
        RAISE EXCEPTION 'codingassignment_unblinding_has_a_reason';
    END IF;
    IF NEW.released_at IS NULL OR OLD.released_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    SELECT round.* INTO its_round
    FROM agreement_roundassignment part
    JOIN agreement_roundtranscript member ON member.id = part.round_transcript_id
    JOIN agreement_round round ON round.id = member.round_id
    WHERE part.assignment_id = NEW.id
    FOR UPDATE OF round;
    IF NOT FOUND THEN
        RETURN NEW;
    END IF;
    SELECT batch.* INTO STRICT its_batch
    FROM agreement_roundassignment part
    JOIN agreement_roundtranscript member ON member.id = part.round_transcript_id
    JOIN agreement_batch batch ON batch.id = member.batch_id AND batch.round_id = member.round_id
    WHERE part.assignment_id = NEW.id;
    IF its_round.state IN ('planned', 'closed', 'void')
        OR its_batch.held_since IS NULL OR its_batch.released_at IS NOT NULL OR NEW.voided_at IS NOT NULL
        OR EXISTS (
            SELECT 1 FROM agreement_roundassignment part
            JOIN agreement_roundtranscript member ON member.id = part.round_transcript_id
            JOIN coding_codingassignment work ON work.id = part.assignment_id
            WHERE member.batch_id = its_batch.id AND work.voided_at IS NULL AND work.state <> 'submitted'
        )
    THEN
        RAISE EXCEPTION 'codingassignment_release_waits_for_its_batch';
    END IF;
    IF its_batch.hold_waived_by_id IS NULL
        AND NEW.released_at < its_batch.held_since + make_interval(mins => its_round.hold_minutes) THEN
        RAISE EXCEPTION 'codingassignment_release_waits_for_the_hold';
    END IF;
    RETURN NEW;
END
$$;
"""

BLIND_RUNS = """
CREATE OR REPLACE FUNCTION concord_blind_runs() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
    SELECT run.id FROM agreement_agreementrun run
    JOIN agreement_roundtranscript member ON member.round_id = run.round_id
    WHERE {counted}member.id IN (SELECT concord_blind_members())
$$;
"""

STAYS = """
CREATE TRIGGER concord_stays_once_drawn BEFORE DELETE ON agreement_batch
    FOR EACH ROW EXECUTE FUNCTION concord_stays_once_drawn();
"""


class Migration(migrations.Migration):
    dependencies = [("agreement", "0017_release_is_of_a_batch")]

    operations = [
        migrations.RunSQL(GUARD, OF_A_ROUND.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
        migrations.RunSQL(
            BLIND_RUNS.format(counted="member.batch_id = ANY(run.batches) AND "), BLIND_RUNS.format(counted="")
        ),
        migrations.RunSQL(STAYS, "DROP TRIGGER concord_stays_once_drawn ON agreement_batch"),
    ]
