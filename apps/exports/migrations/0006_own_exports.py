"""A file of codings may hold blinded ones: whoever asked for it sees it, and nobody else."""

from django.conf import settings
from django.db import migrations

APP, OWNER = (f'"{role}"' for role in (settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER_ROLE))
OWN = "requested_by_id = (SELECT concord_me())"

POLICIES = f"""
    ALTER TABLE exports_export ENABLE ROW LEVEL SECURITY;
    ALTER TABLE exports_export FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner_all ON exports_export TO {OWNER} USING (true) WITH CHECK (true);
    CREATE POLICY app_own ON exports_export TO {APP} USING ({OWN}) WITH CHECK ({OWN});
"""

NO_POLICIES = """
    DROP POLICY app_own ON exports_export;
    DROP POLICY owner_all ON exports_export;
    ALTER TABLE exports_export NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE exports_export DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0005_export"), ("coding", "0002_blinding")]

    operations = [migrations.RunSQL(POLICIES, NO_POLICIES)]
