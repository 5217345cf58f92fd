"""The four database roles of Concord, and the SQL that makes them on any PostgreSQL 15 or later."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

Role = Literal["owner", "app", "worker", "backup"]

ROLE_NAMES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        "owner": "concord_owner",
        "app": "concord_app",
        "worker": "concord_worker",
        "backup": "concord_backup",
    }
)

EXTENSIONS: Final = ("pg_trgm", "btree_gist", "citext", "unaccent")

_ATTRIBUTES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        "owner": "CREATEDB NOBYPASSRLS",
        "app": "NOCREATEDB NOBYPASSRLS",
        "worker": "NOCREATEDB NOBYPASSRLS",
        "backup": "NOCREATEDB BYPASSRLS",
    }
)


def role_sql(database: str = "concord", *, passwords: Mapping[Role, str] | None = None) -> str:
    """Return the psql script, safe to run again, that a superuser runs once before the first migration."""
    passwords = passwords or {}
    parts = ["\\set ON_ERROR_STOP on", "SET client_min_messages = warning;"]
    parts += [_role(role, passwords.get(role)) for role in ROLE_NAMES]
    parts += [_database(database), _extensions(database)]
    return "\n\n".join(parts) + "\n"


def _role(role: Role, password: str | None) -> str:
    name = ROLE_NAMES[role]
    lines = [
        _unless(f"SELECT FROM pg_roles WHERE rolname = {_literal(name)}", f"CREATE ROLE {name}"),
        f"ALTER ROLE {name} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION {_ATTRIBUTES[role]};",
    ]
    if role == "backup":
        lines.append(f"GRANT pg_read_all_data TO {name};")
        lines.append(f"ALTER ROLE {name} SET default_transaction_read_only = on;")
    if password is not None:
        lines.append(f"ALTER ROLE {name} PASSWORD {_literal(password)};")
    return "\n".join(lines)


def _database(database: str) -> str:
    create = (
        f"CREATE DATABASE {_identifier(database)} OWNER {ROLE_NAMES['owner']}"
        " TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
    )
    others = ", ".join(name for role, name in ROLE_NAMES.items() if role != "owner")
    return "\n".join(
        [
            _unless(f"SELECT FROM pg_database WHERE datname = {_literal(database)}", create),
            f"REVOKE CONNECT ON DATABASE {_identifier(database)} FROM PUBLIC;",
            f"GRANT CONNECT ON DATABASE {_identifier(database)} TO {others};",
        ]
    )


def _extensions(database: str) -> str:
    lines = [f"\\connect {_identifier(database)}", "SET client_min_messages = warning;"]
    lines += [f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS]
    return "\n".join(lines)


def _unless(found: str, statement: str) -> str:
    # psql's \gexec, because CREATE DATABASE may stand neither in a DO block nor in a transaction.
    return f"SELECT {_literal(statement)} WHERE NOT EXISTS ({found}) \\gexec"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    # The E form reads a backslash the same way whatever standard_conforming_strings says.
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
