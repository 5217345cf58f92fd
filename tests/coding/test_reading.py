"""Where a coder stands in a text: theirs alone, and the same on every device."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from apps.coding import actions, queries
from apps.coding.models import CodingAssignment, Reading
from apps.core.identity import acting_as
from tests import make

pytestmark = pytest.mark.django_db

LONG_TURN = "Nobody told us anything about it and then it was there all at once. " * 60


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    speech = (("I", "How did it begin?"), ("P", LONG_TURN), ("I", "And then?"), ("P", LONG_TURN))
    return make.assignment(cast.study, cast.ruth, version=make.transcript(cast.study, speech=speech))


def read(work: CodingAssignment, start: int, end: int, *, minutes: int = 0, position: int = 0) -> None:
    with acting_as(work.coder_id):
        actions.keep_place(
            assignment=work,
            position=position,
            start=start,
            end=end,
            by=work.coder,
            now=make.NOW + timedelta(minutes=minutes),
        )


def reading(work: CodingAssignment) -> Reading:
    with acting_as(work.coder_id):
        return Reading.objects.get(assignment=work)


def test_what_was_on_the_screen_is_kept_with_the_place(work: CodingAssignment) -> None:
    read(work, 0, 500, position=20)
    read(work, 400, 900, position=410, minutes=1)
    read(work, 2000, 2100, position=2000, minutes=2)
    found = reading(work)
    assert (found.seen, found.position, found.seconds) == ([(0, 900), (2000, 2100)], 2000, 120)


def test_a_break_is_not_reading(work: CodingAssignment) -> None:
    for minutes in (0, 4, 40, 41):
        read(work, 0, 500, minutes=minutes)
    assert reading(work).seconds == 5 * 60


def test_nothing_beyond_the_text_is_kept(work: CodingAssignment) -> None:
    length = work.transcript_version.length
    read(work, length - 10, length + 500, position=length + 7)
    read(work, length + 1, length + 9, position=length)
    assert (reading(work).seen, reading(work).position) == ([(length - 10, length)], length)


def test_reading_what_is_handed_in_changes_nothing(work: CodingAssignment) -> None:
    read(work, 0, 500)
    with acting_as(work.coder_id):
        actions.submit(assignment=work, by=work.coder, now=make.NOW)
    work.refresh_from_db()
    read(work, 0, 900)
    assert reading(work).seen == [(0, 500)]


def test_nobody_keeps_the_place_of_another(cast: make.Cast, work: CodingAssignment) -> None:
    with pytest.raises(actions.NotYours):
        actions.keep_place(assignment=work, position=0, start=0, end=9, by=cast.jin, now=make.NOW)


def test_the_database_shows_a_place_to_its_coder_only(cast: make.Cast, work: CodingAssignment) -> None:
    read(work, 0, 500)
    for person in (cast.jin, cast.pi, cast.administrator, cast.adjudicator):
        with acting_as(person.id):
            assert list(Reading.objects.all()) == []
            with pytest.raises(ProgrammingError), transaction.atomic():
                Reading.objects.create(assignment=work, reported_at=make.NOW)


def test_reading_starts_and_ends_are_paired(work: CodingAssignment) -> None:
    with acting_as(work.coder_id), pytest.raises(IntegrityError, match="reading_starts_and_ends_are_paired"):
        Reading.objects.create(assignment=work, reported_at=make.NOW, seen_starts=[1])


def test_the_queue_tells_what_was_read_and_guesses_from_the_coders_own_pace(
    cast: make.Cast, work: CodingAssignment
) -> None:
    length = work.transcript_version.length
    for minute in range(11):
        read(work, 0, length // 2, minutes=minute, position=30)
    other = make.assignment(cast.study, cast.ruth, version=work.transcript_version, kind="primary")
    make.assignment(cast.study, cast.jin, version=work.transcript_version)
    with acting_as(cast.ruth.id):
        found = queries.queue(study=cast.study, coder=cast.ruth)
    begun, new = found.open
    assert (begun.assignment, begun.read_percent, begun.turn_number) == (work, 49, 2)
    assert (new.assignment, new.read_percent, new.turn_number) == (other, 0, None)
    assert [each.time_left and each.time_left.minutes_in_all for each in found.open] == [10, 20]
    with acting_as(cast.jin.id):
        (jins,) = queries.queue(study=cast.study, coder=cast.jin).open
    assert (jins.read_percent, jins.time_left) == (0, None)


def test_only_long_passages_that_were_never_on_the_screen_are_named(work: CodingAssignment) -> None:
    turns = list(work.transcript_version.turns.order_by("position").values_list("start", "end"))
    read(work, 0, turns[1][1] - 200)
    read(work, turns[1][1] - 100, turns[1][1])
    with acting_as(work.coder_id):
        (unread,) = queries.long_unread(work)
    assert (unread.first_turn, unread.last_turn) == (3, 4)
    assert unread.begins.startswith("And then? Nobody told us anything")
    read(work, 0, work.transcript_version.length)
    with acting_as(work.coder_id):
        assert queries.long_unread(work) == []
