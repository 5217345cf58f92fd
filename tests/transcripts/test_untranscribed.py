"""Interviews of which the written form is still to come."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.studies.models import Membership
from apps.transcripts.models import Transcript
from apps.transcripts.queries import untranscribed
from tests import make
from tests.web.asking import at

pytestmark = pytest.mark.django_db
TODAY = make.NOW.date()


def test_missing_and_unfinished_transcripts_wait_the_oldest_first(cast: make.Cast) -> None:
    old, new, typed, ready, _booked = (
        make.interview(
            cast.study,
            participant=make.participant(cast.study, group=cast.group, site=cast.site),
            held_on=TODAY - timedelta(days=days),
            status=status,
            minutes=None,
        )
        for days, status in ((29, "held"), (28, "held"), (10, "held"), (9, "held"), (0, "booked"))
    )
    make.transcript(cast.study, interview=typed)
    make.transcript(cast.study, interview=ready)
    Transcript.objects.filter(interview=typed).update(ready_at=None, ready_by=None)
    membership = Membership.objects.get(study=cast.study, user=cast.administrator)
    found = untranscribed(membership, today=TODAY)
    assert [(each.interview, each.transcript is None, each.is_late) for each in found] == [
        (old.id, True, True),
        (new.id, True, False),
        (typed.id, False, False),
    ]
    membership.study.transcripts_late_after_days = 10
    assert [each.is_late for each in untranscribed(membership, today=TODAY)] == [True, True, False]
    membership.study.transcripts_late_after_days = 9
    assert [each.is_late for each in untranscribed(membership, today=TODAY)] == [True, True, True]


def test_the_day_list_shows_them_to_whoever_brings_transcripts_in(client: Client, cast: make.Cast) -> None:
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    make.interview(cast.study, participant=person, held_on=timezone.localdate() - timedelta(days=40))
    client.force_login(cast.administrator)
    page = client.get(at("recruitment_day", cast)).content.decode()
    assert ("Transcripts to come" in page, "late" in page) == (True, True)
    client.force_login(cast.recruiter)
    assert "Transcripts to come" not in client.get(at("recruitment_day", cast)).content.decode()
