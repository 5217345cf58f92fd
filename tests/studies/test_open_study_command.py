from io import StringIO

from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import User
from apps.studies import actions
from apps.studies.models import Study

PI = {"email": "Amara@Example.org", "name": "Amara Osei"}


def run(study: str, **options: str) -> list[str]:
    out = StringIO()
    call_command("open_study", study, stdout=out, **PI, **options)
    return out.getvalue().splitlines()


def secret_in(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_the_first_study_of_a_bare_server(db: None) -> None:
    link = run("Staff support", address="https://concord.example.org/")[-1]
    assert link.startswith("https://concord.example.org/invitations/")
    joined = actions.accept_as_new_person(
        secret=secret_in(link), name="Amara Osei", password="a sentence of my own", now=timezone.now()
    )
    assert (joined.study.name, joined.roles, joined.user.email) == (
        "Staff support",
        ["pi"],
        "amara@example.org",
    )
    assert joined.user.may_open_studies


def test_a_lost_link_is_replaced_by_running_it_again(db: None) -> None:
    lost, found = run("Staff support")[-1], run("Staff support")[-1]
    assert Study.objects.count() == 1
    assert actions.find_invitation(secret=secret_in(found), now=timezone.now()).email == "amara@example.org"
    assert lost != found
    assert Study.objects.get().invitations.unanswered().count() == 1


def test_a_pi_who_has_an_account_needs_no_link(db: None) -> None:
    User.objects.create_user("amara@example.org", "a sentence of my own", name="Amara Osei")
    assert run("Staff support") == [
        "“Staff support” is open. Amara Osei signs in as usual: http://127.0.0.1:8000/"
    ]
    assert Study.objects.get().memberships.get().user.email == "amara@example.org"
