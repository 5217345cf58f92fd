"""A second look is seen where its coding is, and written by whoever looks."""

from django.conf import settings
from django.db import migrations

APP, OWNER = (f'"{role}"' for role in (settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER_ROLE))

SEEN = "assignment_id IN (SELECT concord_readable_assignments())"

POLICIES = f"""
    ALTER TABLE coding_secondlook ENABLE ROW LEVEL SECURITY;
    ALTER TABLE coding_secondlook FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner_all ON coding_secondlook TO {OWNER} USING (true) WITH CHECK (true);
    CREATE POLICY app_reads ON coding_secondlook FOR SELECT TO {APP} USING ({SEEN});
    CREATE POLICY app_adds ON coding_secondlook FOR INSERT TO {APP}
        WITH CHECK ({SEEN} AND looked_by_id = (SELECT concord_me()));
    CREATE POLICY app_changes ON coding_secondlook FOR UPDATE TO {APP} USING ({SEEN}) WITH CHECK ({SEEN});
"""

NO_POLICIES = """
    DROP POLICY app_changes ON coding_secondlook;
    DROP POLICY app_adds ON coding_secondlook;
    DROP POLICY app_reads ON coding_secondlook;
    DROP POLICY owner_all ON coding_secondlook;
    ALTER TABLE coding_secondlook NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE coding_secondlook DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("coding", "0018_second_looks")]

    operations = [migrations.RunSQL(POLICIES, NO_POLICIES)]
