"""Files go after their days also where nobody asks for another."""

from django.db import migrations

FORGET = """
-- Nobody is signed in when the days of a file are over.
CREATE FUNCTION concord_forget_files(before timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ DELETE FROM exports_export WHERE created_at < before $$;
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0011_narrowed_to")]

    operations = [migrations.RunSQL(FORGET, "DROP FUNCTION concord_forget_files(timestamptz)")]
