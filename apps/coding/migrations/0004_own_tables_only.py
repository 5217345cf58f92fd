"""The functions behind the row-level policies read our tables, never a temporary one of the caller's."""

from django.db import migrations

# Where pg_temp is not named, it is searched first, and the functions run with the owner's rights.
FUNCTIONS = ("concord_readable_assignments", "concord_writable_assignments")


def _search_path(schemas: str) -> str:
    return "".join(f"ALTER FUNCTION {name}() SET search_path = {schemas};" for name in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [("coding", "0003_joined_codings")]

    operations = [
        migrations.RunSQL(_search_path("pg_catalog, public, pg_temp"), _search_path("pg_catalog, public"))
    ]
