"""Row-level policies: contact details are seen by the study's administrators and its recruiters of that site.

`Contact.objects.visible_to(...)` says the same in Python; tests/contacts/test_vault.py holds both together.
"""

from django.conf import settings
from django.db import migrations

FUNCTIONS = """
-- Participants whose contact details the person may open. The set is computed once per query.
CREATE FUNCTION concord_reachable_participants() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
    SELECT p.id
    FROM participants_participant p
    JOIN studies_membership m ON m.study_id = p.study_id
    WHERE m.user_id = concord_me() AND m.left_at IS NULL
    AND (
        m.roles && ARRAY['administrator']::varchar[]
        OR (m.roles && ARRAY['recruiter']::varchar[] AND m.site_id = p.site_id)
    )
$$;

-- Destroying must be possible for those who end a participation, also where they may not read.
CREATE FUNCTION concord_destroy_contact(whose uuid) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
    WITH gone AS (
        DELETE FROM contacts_contact c
        USING participants_participant p, studies_membership m
        WHERE c.participant_id = whose AND p.id = whose AND m.study_id = p.study_id
        AND m.user_id = concord_me() AND m.left_at IS NULL
        AND m.roles && ARRAY['pi', 'administrator']::varchar[]
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM gone)
$$;

CREATE FUNCTION concord_contact_is_kept(whose uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM contacts_contact WHERE participant_id = whose) $$;
"""

NO_FUNCTIONS = """
DROP FUNCTION concord_contact_is_kept(uuid);
DROP FUNCTION concord_destroy_contact(uuid);
DROP FUNCTION concord_reachable_participants();
"""

POLICIES = f"""
ALTER TABLE contacts_contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE contacts_contact FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON contacts_contact TO "{settings.DATABASE_OWNER_ROLE}" USING (true) WITH CHECK (true);
CREATE POLICY app_own_site ON contacts_contact TO "{settings.DATABASE_APP_ROLE}"
    USING (participant_id IN (SELECT concord_reachable_participants()))
    WITH CHECK (participant_id IN (SELECT concord_reachable_participants()));
"""

NO_POLICIES = """
DROP POLICY app_own_site ON contacts_contact;
DROP POLICY owner_all ON contacts_contact;
ALTER TABLE contacts_contact NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contacts_contact DISABLE ROW LEVEL SECURITY;
"""

# The database takes the row away with the person, whoever removes the person.
GOES_WITH_THE_PERSON = """
ALTER TABLE contacts_contact ADD CONSTRAINT contact_goes_with_its_person
FOREIGN KEY (participant_id) REFERENCES participants_participant (id) ON DELETE CASCADE
DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0001_first"),
        ("coding", "0002_blinding"),
        ("participants", "0001_first"),
        ("studies", "0001_first"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(POLICIES, NO_POLICIES),
        migrations.RunSQL(
            GOES_WITH_THE_PERSON, "ALTER TABLE contacts_contact DROP CONSTRAINT contact_goes_with_its_person"
        ),
    ]
