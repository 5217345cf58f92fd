"""What a coder keeps at hand is for them alone: a row-level policy, which no release lifts."""

from django.conf import settings
from django.db import migrations

APP, OWNER = (f'"{role}"' for role in (settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER_ROLE))

OWN = "coder_id = (SELECT concord_me())"

POLICIES = f"""
    ALTER TABLE coding_pinnedcode ENABLE ROW LEVEL SECURITY;
    ALTER TABLE coding_pinnedcode FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner_all ON coding_pinnedcode TO {OWNER} USING (true) WITH CHECK (true);
    CREATE POLICY app_own ON coding_pinnedcode TO {APP} USING ({OWN}) WITH CHECK ({OWN});
"""

NO_POLICIES = """
    DROP POLICY app_own ON coding_pinnedcode;
    DROP POLICY owner_all ON coding_pinnedcode;
    ALTER TABLE coding_pinnedcode NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE coding_pinnedcode DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("coding", "0020_pinned_codes")]

    operations = [migrations.RunSQL(POLICIES, NO_POLICIES)]
