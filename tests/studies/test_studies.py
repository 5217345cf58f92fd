from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from apps.audit.models import AuditEvent
from apps.studies import actions
from apps.studies.actions.studies import MayNotOpenStudies, NameIsTaken, PseudonymsAreMinted, StillInUse
from apps.studies.models import Study
from tests import make


def last_event() -> tuple[str, str, str]:
    event = AuditEvent.objects.latest("created_at")
    return event.verb, event.noun, event.object_name


def test_whoever_opens_a_study_is_its_pi(db: None, now: datetime) -> None:
    amara = make.person("Amara Osei", may_open_studies=True)
    study = actions.open_study(name="Staff support", question="Who calls?", by=amara, now=now)
    assert [(row.user, row.roles) for row in study.memberships.all()] == [(amara, ["pi"])]
    assert last_event() == ("opened", "study", "Staff support")


def test_not_everybody_may_open_studies(db: None, now: datetime) -> None:
    with pytest.raises(MayNotOpenStudies):
        actions.open_study(name="Staff support", by=make.person(), now=now)
    assert Study.objects.count() == 0


def test_a_change_records_what_was_different_and_nothing_else(cast: make.Cast, now: datetime) -> None:
    changed = actions.change_study(
        cast.study,
        name="Staff support",
        question="Who calls?",
        are_sites_hidden_from_coders=True,
        transcripts_late_after_days=14,
        by=cast.pi,
        now=now,
    )
    assert (changed.question, changed.are_sites_hidden_from_coders) == ("Who calls?", True)
    event = AuditEvent.objects.latest("created_at")
    assert event.detail == {
        "changes": {
            "question": {"from": "", "to": "Who calls?"},
            "are_sites_hidden_from_coders": {"from": False, "to": True},
            "transcripts_late_after_days": {"from": 28, "to": 14},
        }
    }


def test_no_change_leaves_no_event(cast: make.Cast, now: datetime) -> None:
    before = AuditEvent.objects.count()
    study = cast.study
    actions.change_study(
        study, name=study.name, question="", are_sites_hidden_from_coders=False, by=cast.pi, now=now
    )
    assert AuditEvent.objects.count() == before


def test_sites_are_added_in_order_and_renamed(cast: make.Cast, now: datetime) -> None:
    cast.study.sites.update(position=0)
    eastgate = actions.add_site(cast.study, name="Eastgate", by=cast.pi, now=now)
    actions.rename_site(eastgate, name="Easton", by=cast.pi, now=now)
    assert list(cast.study.sites.values_list("name", "position")) == [("Northmoor", 0), ("Easton", 1)]
    assert last_event() == ("renamed", "site", "Easton")


def test_two_sites_cannot_have_one_name(cast: make.Cast, now: datetime) -> None:
    with pytest.raises(NameIsTaken) as refused:
        actions.add_site(cast.study, name="Northmoor", by=cast.pi, now=now)
    assert str(refused.value) == "This study has “Northmoor” already."


def test_only_a_site_that_nobody_belongs_to_can_be_removed(cast: make.Cast, now: datetime) -> None:
    with pytest.raises(StillInUse):
        actions.remove_site(cast.site, by=cast.pi, now=now)
    empty = actions.add_site(cast.study, name="Eastgate", by=cast.pi, now=now)
    actions.remove_site(empty, by=cast.pi, now=now)
    assert list(cast.study.sites.values_list("name", flat=True)) == ["Northmoor"]
    assert last_event() == ("removed", "site", "Eastgate")


def test_a_group_keeps_its_stem_once_pseudonyms_are_given(cast: make.Cast, now: datetime) -> None:
    make.participant(cast.study, group=cast.group, site=cast.site)
    group = actions.change_group(
        cast.group, name="Clients of the Hub", stem="Hub client", target=19, by=cast.pi, now=now
    )
    assert (group.name, group.target) == ("Clients of the Hub", 19)
    with pytest.raises(PseudonymsAreMinted):
        actions.change_group(cast.group, name=group.name, stem="Client", target=19, by=cast.pi, now=now)


def test_two_groups_cannot_share_a_stem(cast: make.Cast, now: datetime) -> None:
    with pytest.raises(NameIsTaken):
        actions.add_group(cast.study, name="Others", stem="Hub client", by=cast.pi, now=now)


def test_only_a_group_that_never_had_anybody_can_be_removed(cast: make.Cast, now: datetime) -> None:
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    person.delete()
    with pytest.raises(StillInUse):
        actions.remove_group(cast.group, by=cast.pi, now=now)
    empty = actions.add_group(cast.study, name="Staff", stem="Staff", by=cast.pi, now=now)
    actions.remove_group(empty, by=cast.pi, now=now)
    assert list(cast.study.groups.all()) == [cast.group]


def test_a_transcript_is_not_late_at_once(cast: make.Cast) -> None:
    cast.study.transcripts_late_after_days = 0
    with (
        pytest.raises(IntegrityError, match="study_transcripts_are_late_after_believable_days"),
        transaction.atomic(),
    ):
        cast.study.save()
