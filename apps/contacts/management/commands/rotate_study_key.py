from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.contacts import actions
from apps.contacts.engine.sealing import NotOurKeyError


class Command(BaseCommand):
    help = "Wraps every participant's key anew under the first key of CONCORD_STUDY_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = actions.rewrap(now=timezone.now())
        except NotOurKeyError as error:
            raise CommandError(
                "A key was wrapped by a study key that is not in CONCORD_STUDY_KEY; nothing of it was lost. "
                "Add the old study key behind the new one, with a comma, and run this again."
            ) from error
        self.stdout.write(f"{count} keys are wrapped by the first study key; no other is needed.")
