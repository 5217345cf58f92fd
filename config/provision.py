"""Make the roles and the database on a separately installed PostgreSQL: `python -m config.provision`."""

import os
import subprocess
import sys

from psycopg.conninfo import conninfo_to_dict

from config.embedded.place import postgres_programs
from config.roles import Role, role_sql

_URLS: dict[Role, str] = {
    "owner": "DATABASE_OWNER_URL",
    "app": "DATABASE_URL",
    "worker": "DATABASE_WORKER_URL",
    "backup": "DATABASE_BACKUP_URL",
}


def main() -> int:
    """Run the script as the superuser of ADMIN_DATABASE_URL; passwords come from the roles' own URLs."""
    parts = {role: conninfo_to_dict(os.environ[name]) for role, name in _URLS.items() if name in os.environ}
    passwords = {role: str(part["password"]) for role, part in parts.items() if part.get("password")}
    script = role_sql(str(parts["app"]["dbname"]), passwords=passwords)
    psql = str(postgres_programs(None) / "psql")
    command = [psql, "-X", "-q", "-d", os.environ["ADMIN_DATABASE_URL"], "-f", "-"]
    return subprocess.run(command, input=script, text=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
