"""The research team: invented people, at least one for each role."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from apps.accounts.models import User
from apps.audit.actions import record
from apps.demo.keys import key
from apps.studies.models import Membership, Site, Study
from apps.studies.permissions import Role

PASSWORD = "invented people only"  # noqa: S105 - printed for everybody who runs the demonstration


@dataclass(frozen=True)
class Member:
    """Somebody of the team, and what they do in the study."""

    name: str
    email: str
    role: Role
    site: str = ""


PI = "Amara Osei"
ADMINISTRATOR = "Leila Haddad"
ADJUDICATOR = "Tomas Reyes"
FIRST_CODER, SECOND_CODER, THIRD_CODER = "Ruth Hale", "Jin Park", "Callum Reid"

TEAM = (
    Member(PI, "amara@demo.example", Role.PI),
    Member(ADMINISTRATOR, "leila@demo.example", Role.ADMINISTRATOR),
    Member(FIRST_CODER, "ruth@demo.example", Role.CODER),
    Member(SECOND_CODER, "jin@demo.example", Role.CODER),
    Member(THIRD_CODER, "callum@demo.example", Role.CODER),
    Member(ADJUDICATOR, "tomas@demo.example", Role.ADJUDICATOR),
    Member("Sam Adeyemi", "sam@demo.example", Role.RECRUITER, "Northmoor"),
    Member("Bethan Rhys", "bethan@demo.example", Role.RECRUITER, "Eastvale"),
    Member("Nadia Rahman", "nadia@demo.example", Role.RECRUITER, "Southdown"),
    Member("Oliver Trent", "oliver@demo.example", Role.RECRUITER, "Southdown"),
    Member("Nell Byrne", "nell@demo.example", Role.OBSERVER),
)


def make_users() -> dict[str, User]:
    """All accounts, by name; one password for all."""
    password = make_password(PASSWORD)
    users = [
        User(
            id=key("user", member.email),
            email=member.email,
            name=member.name,
            password=password,
            may_open_studies=member.role == Role.PI,
        )
        for member in TEAM
    ]
    return {user.name: user for user in User.objects.bulk_create(users)}


def join(study: Study, users: dict[str, User], sites: Iterable[Site], *, now: datetime) -> None:
    """Makes everybody a member of the study."""
    site_named = {site.name: site for site in sites}
    for member in TEAM:
        membership = Membership.objects.create(
            id=key("membership", member.email),
            study=study,
            user=users[member.name],
            roles=[member.role.value],
            site=site_named.get(member.site),
        )
        record(
            "added",
            "member",
            by=users[PI],
            now=now,
            study_id=study.id,
            object_id=membership.id,
            object_name=member.name,
            roles=membership.roles,
        )


def sign_ins() -> str:
    """A table of who can sign in."""
    lines = [
        "Sign in to the demonstration study (all people in it are invented):",
        *(f"  {member.role.label!s:<22}{member.email:<24}{_who(member)}" for member in TEAM),
        f'The password of all of them is "{PASSWORD}".',
    ]
    return "\n".join(lines)


def _who(member: Member) -> str:
    return f"{member.name}, {member.site}" if member.site else member.name
