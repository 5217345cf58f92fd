from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.demo import team
from apps.studies.models import Study

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demonstration")]


def printed(*options: str) -> str:
    output = StringIO()
    call_command("demo", *options, stdout=output)
    return output.getvalue()


def test_once_does_nothing_where_it_is_there(demonstration: Study) -> None:
    assert printed("--once") == ""
    assert Study.objects.count() == 1


def test_a_second_one_is_refused(demonstration: Study) -> None:
    with pytest.raises(CommandError, match=r"^The demonstration study is in this database already\.$"):
        printed()


def test_the_sign_ins_name_everybody_and_the_password(demonstration: Study) -> None:
    lines = printed("--sign-ins").splitlines()
    assert len(lines) == len(team.TEAM) + 2
    assert lines[1].split() == ["Lead", "researcher", "(PI)", "amara@demo.example", "Amara", "Osei"]
    assert lines[-1].endswith(f'"{team.PASSWORD}".')
