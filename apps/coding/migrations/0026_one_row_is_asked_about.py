"""Whether somebody may add to an assignment is asked about that one, by a function that is planned once.

A policy over sets is set up anew with each row that is added, also those of its sets that nobody comes to ask;
for a save, which adds two, that took longer than to write them. Who may add stays as it was.
"""

from django.conf import settings
from django.db import migrations

APP = f'"{settings.DATABASE_APP_ROLE}"'
TABLES = ("coding_coding", "coding_memo", "coding_gesture")

FUNCTION = """
CREATE FUNCTION concord_may_add(assignment uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
BEGIN
    IF EXISTS (
        SELECT FROM coding_codingassignment
        WHERE id = assignment AND coder_id = concord_me() AND state <> 'submitted' AND voided_at IS NULL
    ) THEN
        RETURN true;
    END IF;
    -- As in concord_writable_assignments: the consensus of one's own study.
    RETURN EXISTS (
        SELECT FROM coding_codingassignment a
        JOIN studies_membership m ON m.study_id = a.study_id
        WHERE a.id = assignment AND a.state <> 'submitted' AND a.voided_at IS NULL AND a.kind = 'consensus'
        AND m.user_id = concord_me() AND m.left_at IS NULL AND m.roles && ARRAY['pi']::varchar[]
    );
END
$$;
"""
NO_FUNCTION = "DROP FUNCTION concord_may_add(uuid);"

BEFORE = """assignment_id IN (
    SELECT id FROM coding_codingassignment
    WHERE coder_id = (SELECT concord_me()) AND state <> 'submitted' AND voided_at IS NULL
) OR assignment_id IN (SELECT concord_writable_assignments())"""


def _policies(allowed: str) -> str:
    return "\n".join(f"ALTER POLICY app_adds ON {table} TO {APP} WITH CHECK ({allowed});" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("coding", "0025_as_it_is_read")]

    operations = [
        migrations.RunSQL(FUNCTION, NO_FUNCTION),
        migrations.RunSQL(_policies("concord_may_add(assignment_id)"), _policies(BEFORE)),
    ]
