"""Sessions lie beside their person; who is signed in stays so."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TAKE_OVER = """
DO $$
BEGIN
    IF to_regclass('django_session') IS NULL THEN
        RETURN;
    END IF;
    LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE;
    INSERT INTO accounts_session (session_key, session_data, expire_date, person_id)
    SELECT s.session_key, s.session_data, s.expire_date, u.user_id
    FROM django_session s LEFT JOIN usersessions_usersession u USING (session_key)
    WHERE s.expire_date > now();
    DROP TABLE django_session;
END
$$
"""
# Where Django's own migration never ran it will, and make the table by itself.
GIVE_BACK = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM django_migrations WHERE app = 'sessions') THEN
        RETURN;
    END IF;
    CREATE TABLE django_session (
        session_key varchar(40) PRIMARY KEY,
        session_data text NOT NULL,
        expire_date timestamp with time zone NOT NULL
    );
    CREATE INDEX django_session_expire_date_a5c62663 ON django_session (expire_date);
    INSERT INTO django_session SELECT session_key, session_data, expire_date FROM accounts_session;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_api_token"), ("usersessions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunSQL(TAKE_OVER, GIVE_BACK),
    ]
