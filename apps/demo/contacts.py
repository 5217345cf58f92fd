"""Contact details of the invented people; the telephone numbers are of the range kept free for drama."""

from datetime import datetime

from apps.accounts.models import User
from apps.contacts import actions
from apps.contacts.engine.details import Details
from apps.core.identity import acting_as
from apps.studies.models import Membership, Study

GIVEN = (
    "Alice",
    "Brandon",
    "Chidi",
    "Dora",
    "Elif",
    "Farhan",
    "Grace",
    "Hugo",
    "Ines",
    "Jonah",
    "Keira",
    "Liam",
)
FAMILY = (
    "Ashdown",
    "Birchall",
    "Castell",
    "Dunmore",
    "Ellery",
    "Fairburn",
    "Goodwin",
    "Harkness",
    "Iveson",
    "Joyce",
)


def make_contacts(study: Study, *, by: User, now: datetime) -> None:
    """Details of everybody, sealed as the administrator's own page would seal them."""
    membership = Membership.objects.get(study=study, user=by)
    with acting_as(by.id):
        for number, person in enumerate(study.participants.order_by("pseudonym")):
            given, family = GIVEN[number % len(GIVEN)], FAMILY[number % len(FAMILY)]
            details = Details(
                name=f"{given} {family}",
                email=f"{given}.{family}.{number}@example.org".lower(),
                telephone=f"0161 496 0{number:03d}",
                employer="Westmere Health and Care" if number % 3 else "Westmere Council",
            )
            actions.write(participant=person, details=details, membership=membership, by=by, now=now)
