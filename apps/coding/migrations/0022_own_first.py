"""A coder's own work is looked up first: what others may have opened to them is asked only beyond it.

A coder reads and writes hardly anything else, and a save asks a policy ten times. What may be read and written
stays as it was: both functions hold these assignments too. In them, who asks is read once, and no longer once
for each assignment there is.
"""

from importlib import import_module

from django.conf import settings
from django.db import migrations

APP = f'"{settings.DATABASE_APP_ROLE}"'

UNBLINDED = import_module("apps.coding.migrations.0017_unblinded_is_readable")
FUNCTIONS = f"""
{UNBLINDED.READABLE.replace("{open}", UNBLINDED.OR_UNBLINDED)}
CREATE OR REPLACE FUNCTION concord_writable_assignments() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
    SELECT a.id
    FROM coding_codingassignment a
    WHERE a.state <> 'submitted' AND a.voided_at IS NULL
    AND (
        a.coder_id = concord_me()
        OR (
            a.kind = 'consensus'
            AND a.study_id IN (
                SELECT m.study_id FROM studies_membership m
                WHERE m.user_id = concord_me() AND m.left_at IS NULL
                AND m.roles && ARRAY['pi']::varchar[]
            )
        )
    )
$$;
"""

READABLE = "assignment_id IN (SELECT concord_readable_assignments())"
WRITABLE = "assignment_id IN (SELECT concord_writable_assignments())"
OWN = """assignment_id IN (
    SELECT id FROM coding_codingassignment WHERE coder_id = (SELECT concord_me()) AND kind <> 'consensus'
)"""
OWN_UNFINISHED = """assignment_id IN (
    SELECT id FROM coding_codingassignment
    WHERE coder_id = (SELECT concord_me()) AND state <> 'submitted' AND voided_at IS NULL
)"""


def _policies(readable: str, writable: str) -> str:
    reading = [
        f"ALTER POLICY app_reads ON {table} TO {APP} USING ({readable});"
        for table in ("coding_coding", "coding_memo", "coding_codingevent", "coding_memoevent")
    ]
    writing = [
        f"ALTER POLICY app_adds ON {table} TO {APP} WITH CHECK ({writable});"
        f"ALTER POLICY app_changes ON {table} TO {APP} USING ({writable}) WITH CHECK ({writable});"
        for table in ("coding_coding", "coding_memo", "coding_gesture")
    ]
    return "\n".join(reading + writing)


class Migration(migrations.Migration):
    dependencies = [("coding", "0021_pins_are_ones_own")]

    operations = [
        migrations.RunSQL(FUNCTIONS.replace("concord_me()", "(SELECT concord_me())"), FUNCTIONS),
        migrations.RunSQL(
            _policies(f"{OWN} OR {READABLE}", f"{OWN_UNFINISHED} OR {WRITABLE}"),
            _policies(READABLE, WRITABLE),
        ),
    ]
