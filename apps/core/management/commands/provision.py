from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.roles import role_sql


class Command(BaseCommand):
    help = "Prints the SQL that makes the database and its roles; feed it to psql as a superuser."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="concord", help="the name of the database")

    def handle(self, *args: Any, **options: Any) -> None:
        """Passwords are left to whoever runs the script: `ALTER ROLE concord_app PASSWORD '...'`."""
        self.stdout.write(role_sql(options["database"]), ending="")
