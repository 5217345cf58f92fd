"""An independent coding is opened only by its round: held, waited for, complete, and under the round's lock."""

from django.db import migrations

GUARD = """
CREATE FUNCTION concord_guard_release() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS
$$
DECLARE
    its_round agreement_round%ROWTYPE;
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
    IF its_round.state <> 'held' OR its_round.held_since IS NULL OR NEW.voided_at IS NOT NULL OR EXISTS (
        SELECT 1 FROM agreement_roundassignment part
        JOIN agreement_roundtranscript member ON member.id = part.round_transcript_id
        JOIN coding_codingassignment work ON work.id = part.assignment_id
        WHERE member.round_id = its_round.id AND work.voided_at IS NULL AND work.state <> 'submitted'
    ) THEN
        RAISE EXCEPTION 'codingassignment_release_waits_for_its_round';
    END IF;
    IF its_round.hold_waived_by_id IS NULL
        AND NEW.released_at < its_round.held_since + make_interval(mins => its_round.hold_minutes) THEN
        RAISE EXCEPTION 'codingassignment_release_waits_for_the_hold';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER concord_guard_release BEFORE INSERT OR UPDATE ON coding_codingassignment
    FOR EACH ROW WHEN (NEW.kind = 'independent') EXECUTE FUNCTION concord_guard_release();
"""

NO_GUARD = """
DROP TRIGGER concord_guard_release ON coding_codingassignment;
DROP FUNCTION concord_guard_release();
"""

# Else an assignment could be taken out of its round, and released as one that is in none.
STAYS = """
CREATE FUNCTION concord_stays_once_drawn() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS
$$
DECLARE
    its_state text;
BEGIN
    IF TG_TABLE_NAME = 'agreement_round' THEN
        its_state := OLD.state;
    ELSE
        SELECT state INTO its_state FROM agreement_round WHERE id = OLD.round_id;
    END IF;
    IF its_state = 'planned' OR current_user = (
        SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'round_stays_once_drawn';
END
$$;
CREATE TRIGGER concord_stays_once_drawn BEFORE DELETE ON agreement_round
    FOR EACH ROW EXECUTE FUNCTION concord_stays_once_drawn();
CREATE TRIGGER concord_stays_once_drawn BEFORE DELETE ON agreement_roundtranscript
    FOR EACH ROW EXECUTE FUNCTION concord_stays_once_drawn();
CREATE TRIGGER concord_stays_once_drawn BEFORE DELETE ON agreement_roundcoder
    FOR EACH ROW EXECUTE FUNCTION concord_stays_once_drawn();

CREATE FUNCTION concord_stays_in_its_round() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS
$$ BEGIN RAISE EXCEPTION 'roundassignment_stays'; END $$;
CREATE TRIGGER concord_stays_in_its_round BEFORE UPDATE ON agreement_roundassignment
    FOR EACH ROW EXECUTE FUNCTION concord_stays_in_its_round();
"""

MOVES = """
DROP TRIGGER concord_stays_in_its_round ON agreement_roundassignment;
DROP FUNCTION concord_stays_in_its_round();
DROP TRIGGER concord_stays_once_drawn ON agreement_roundcoder;
DROP TRIGGER concord_stays_once_drawn ON agreement_roundtranscript;
DROP TRIGGER concord_stays_once_drawn ON agreement_round;
DROP FUNCTION concord_stays_once_drawn();
"""


class Migration(migrations.Migration):
    dependencies = [("agreement", "0010_plan_stays"), ("coding", "0017_unblinded_is_readable")]

    operations = [migrations.RunSQL(GUARD, NO_GUARD), migrations.RunSQL(STAYS, MOVES)]
