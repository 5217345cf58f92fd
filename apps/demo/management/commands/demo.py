from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.demo import team
from apps.demo.build import build, is_there


class Command(BaseCommand):
    help = "Builds the demonstration study, in which all people and interviews are invented."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing where it is there already")
        parser.add_argument(
            "--full", action="store_true", help="all transcripts at full length, for benchmarks"
        )
        parser.add_argument("--sign-ins", action="store_true", help="only print who can sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            if is_there():
                self.stdout.write(team.sign_ins())
            return
        if is_there():
            if not options["once"]:
                raise CommandError("The demonstration study is in this database already.")
            return
        build(now=timezone.now(), is_full=options["full"])
        self.stdout.write(team.sign_ins())
