"""What a coder did and undid is seen by that coder alone, before and after release."""

from django.conf import settings
from django.db import migrations

OWNER, APP = settings.DATABASE_OWNER_ROLE, settings.DATABASE_APP_ROLE

POLICIES = f"""
    ALTER TABLE coding_gesture ENABLE ROW LEVEL SECURITY;
    ALTER TABLE coding_gesture FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner_all ON coding_gesture TO "{OWNER}" USING (true) WITH CHECK (true);
    CREATE POLICY app_reads ON coding_gesture FOR SELECT TO "{APP}"
        USING (assignment_id IN (SELECT id FROM coding_codingassignment WHERE coder_id = concord_me()));
    CREATE POLICY app_adds ON coding_gesture FOR INSERT TO "{APP}"
        WITH CHECK (assignment_id IN (SELECT concord_writable_assignments()));
    CREATE POLICY app_changes ON coding_gesture FOR UPDATE TO "{APP}"
        USING (assignment_id IN (SELECT concord_writable_assignments()))
        WITH CHECK (assignment_id IN (SELECT concord_writable_assignments()));
"""
NO_POLICIES = """
    DROP POLICY app_changes ON coding_gesture;
    DROP POLICY app_adds ON coding_gesture;
    DROP POLICY app_reads ON coding_gesture;
    DROP POLICY owner_all ON coding_gesture;
    ALTER TABLE coding_gesture NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE coding_gesture DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("coding", "0009_gestures")]

    operations = [migrations.RunSQL(POLICIES, NO_POLICIES)]
