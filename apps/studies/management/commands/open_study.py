from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from apps.accounts import actions as accounts
from apps.accounts.models import User
from apps.studies import actions
from apps.studies.models import Study
from apps.studies.permissions import Role


class Command(BaseCommand):
    help = "Opens a study for somebody, and prints the link with which this PI makes an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="the study's name")
        parser.add_argument("--email", required=True, help="the PI's e-mail address")
        parser.add_argument("--name", required=True, help="the PI's name")
        parser.add_argument(
            "--address", default="http://127.0.0.1:8000", help="where people reach this server"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        now, address = timezone.now(), options["address"].rstrip("/")
        pi = accounts.add_person(email=options["email"], name=options["name"], may_open_studies=True, now=now)
        study = self._study(options["study"], pi, now)
        if pi.has_usable_password():
            self.stdout.write(f"“{study}” is open. {pi.name} signs in as usual: {address}/")
            return
        for lost in study.invitations.unanswered().filter(email=pi.email):
            actions.withdraw_invitation(lost, by=pi, now=now)
        invited = actions.invite(
            study,
            email=pi.email,
            name=pi.name,
            roles=[Role.PI],
            links_begin=f"{address}/invitations/",
            by=pi,
            now=now,
        )
        self.stdout.write(f"“{study}” is open. With this link, once and for seven days, {pi.name} joins:")
        self.stdout.write(f"{address}/invitations/{invited.secret}/")

    def _study(self, name: str, pi: User, now: datetime) -> Study:
        """The study, or, when the command is run again because the link was lost, the one opened then."""
        opened_before = Study.objects.filter(name=name, opened_by=pi).first()
        return opened_before or actions.open_study(name=name, by=pi, now=now)
