"""A list of contact details is seen by whoever brought it, and by nobody else."""

from django.conf import settings
from django.db import migrations

POLICIES = f"""
ALTER TABLE contacts_contactlist ENABLE ROW LEVEL SECURITY;
ALTER TABLE contacts_contactlist FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON contacts_contactlist TO "{settings.DATABASE_OWNER_ROLE}" USING (true) WITH CHECK (true);
CREATE POLICY app_own ON contacts_contactlist TO "{settings.DATABASE_APP_ROLE}"
    USING (begun_by_id = (SELECT concord_me())) WITH CHECK (begun_by_id = (SELECT concord_me()));

-- Nobody is signed in when the hour of a list is over.
CREATE FUNCTION concord_forget_contact_lists(before timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ DELETE FROM contacts_contactlist WHERE begun_at < before $$;
"""

NO_POLICIES = """
DROP FUNCTION concord_forget_contact_lists(timestamptz);
DROP POLICY app_own ON contacts_contactlist;
DROP POLICY owner_all ON contacts_contactlist;
ALTER TABLE contacts_contactlist NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contacts_contactlist DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_lists"), ("coding", "0002_blinding")]

    operations = [migrations.RunSQL(POLICIES, NO_POLICIES)]
