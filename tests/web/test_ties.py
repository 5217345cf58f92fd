import csv
import io

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.participants.models import Tie
from tests import make
from tests.web.asking import at, is_clean

pytestmark = pytest.mark.django_db


@pytest.fixture
def ties(cast: make.Cast) -> None:
    """Ruth works at the site and has held an interview there; Jin knows a person."""
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    make.interview(cast.study, participant=person, interviewer=cast.ruth)
    make.interview(cast.study, participant=person, interviewer=cast.jin, status="booked")
    about = {"study": cast.study, "recorded_by": cast.pi}
    Tie.objects.create(member=cast.ruth, kind="employed", site=cast.site, note="=nurse there", **about)
    Tie.objects.create(member=cast.jin, participant=person, code="block", **about)


def test_the_register_leaves_without_the_names_of_sites(client: Client, cast: make.Cast, ties: None) -> None:
    client.force_login(cast.administrator)
    page = client.get(at("ties", cast))
    assert is_clean(page)
    assert at("ties_download", cast, "docx") in page.content.decode()
    sent = client.get(at("ties_download", cast, "csv"))
    assert list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig"))))[1:] == [
        ["Jin Park", "knows", "Hub client 01", "", "Warn", "Block", "Warn", "0"],
        ["Ruth Hale", "is employed by", "Site 1", "'=nurse there", "Warn", "Warn", "Warn", "1"],
    ]
    for kind in ("docx", "xlsx"):
        assert client.get(at("ties_download", cast, kind)).content[:2] == b"PK"
    assert client.get(at("ties_download", cast, "exe")).status_code == 404
    assert AuditEvent.objects.filter(verb="downloaded").count() == 3


def test_a_coder_does_not_read_the_register(client: Client, cast: make.Cast, ties: None) -> None:
    client.force_login(cast.ruth)
    assert client.get(at("ties_download", cast, "csv")).status_code == 403
