"""Thousands of rows in one statement, held to the same rules as one row."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from apps.core import bulk
from apps.participants.models import Interview, Participant
from tests import make

pytestmark = pytest.mark.django_db


def test_rows_come_in_with_the_defaults_of_what_was_not_named(cast: make.Cast) -> None:
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    key = uuid4()
    names = ["id", "created_at", "study_id", "participant_id", "held_on", "notes"]
    notes = "a tab\t, a line\nand \\N are only text"
    bulk.insert(Interview, names, [(key, make.NOW, cast.study.id, person.id, make.NOW.date(), notes)])
    made = Interview.objects.get(id=key)
    assert (made.held_on, made.notes, made.status, made.mode) == (make.NOW.date(), notes, "held", "video")
    assert (made.minutes, made.place, made.topic_guide) == (None, "", None)


def test_a_rule_of_the_database_refuses_all_rows(cast: make.Cast) -> None:
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    names = ["id", "created_at", "study_id", "participant_id", "held_on", "minutes"]
    rows = [(uuid4(), make.NOW, cast.study.id, person.id, make.NOW.date(), minutes) for minutes in (60, 60_0)]
    rows.append((uuid4(), make.NOW, cast.study.id, person.id, make.NOW.date(), 6000))
    with pytest.raises(IntegrityError, match="interview_minutes_are_believable"), transaction.atomic():
        bulk.insert(Interview, names, rows)
    assert Interview.objects.count() == 0


def test_rows_are_changed_in_what_is_named_only(cast: make.Cast) -> None:
    people = [make.participant(cast.study, group=cast.group, site=cast.site) for _ in range(3)]
    bulk.update(
        Participant, ["reference", "note"], [(each.id, f"R-{each.number}", "") for each in people[:2]]
    )
    bulk.update(Participant, ["note"], [(people[1].id, "called twice")])
    bulk.update(Participant, ["note"], [])
    rows = Participant.objects.order_by("number").values_list("pseudonym", "reference", "note")
    assert list(rows) == [
        (people[0].pseudonym, f"R-{people[0].number}", ""),
        (people[1].pseudonym, f"R-{people[1].number}", "called twice"),
        (people[2].pseudonym, people[2].reference, people[2].note),
    ]


def test_nothing_and_odd_texts_are_written_as_they_are_read_back(cast: make.Cast) -> None:
    person = make.participant(cast.study, group=cast.group, site=cast.site)
    said = {
        "created_at": make.NOW.isoformat(),
        "study_id": str(cast.study.id),
        "participant_id": str(person.id),
        "held_on": "2026-03-02",
        "mode": "video",
        "status": "held",
    }
    texts = [each.attname for each in Interview._meta.concrete_fields if not each.null]
    said |= dict.fromkeys(set(texts) - {*said, "id", "minutes", "place"}, "")
    odd = "the {office}, \"2\" 'b'"
    rows = [(minutes, place, *said.values()) for minutes, place in (("60", odd), (bulk.NOTHING, ""))]
    bulk.insert_selected(Interview, ["minutes", "place", *said], rows)
    bulk.insert_selected(Interview, ["minutes", "place", *said], [])
    assert list(Interview.objects.order_by("place").values_list("minutes", "place")) == [
        (None, ""),
        (60, odd),
    ]
