"""How far somebody has read is for them alone: a row-level policy, which no release lifts."""

from django.conf import settings
from django.db import migrations

APP, OWNER = (f'"{role}"' for role in (settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER_ROLE))

OWN = "assignment_id IN (SELECT id FROM coding_codingassignment WHERE coder_id = (SELECT concord_me()))"

POLICIES = f"""
    ALTER TABLE coding_reading ENABLE ROW LEVEL SECURITY;
    ALTER TABLE coding_reading FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner_all ON coding_reading TO {OWNER} USING (true) WITH CHECK (true);
    CREATE POLICY app_own ON coding_reading TO {APP} USING ({OWN}) WITH CHECK ({OWN});
"""

NO_POLICIES = """
    DROP POLICY app_own ON coding_reading;
    DROP POLICY owner_all ON coding_reading;
    ALTER TABLE coding_reading NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE coding_reading DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("coding", "0007_reading")]

    operations = [migrations.RunSQL(POLICIES, NO_POLICIES)]
