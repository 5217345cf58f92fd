"""The codes that a coder keeps at hand: theirs alone, and the same on every device."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from apps.audit.models import AuditEvent
from apps.codebooks.models import Code
from apps.coding import actions, queries
from apps.coding.models import CodingAssignment, PinnedCode
from apps.core.identity import acting_as
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)


def code(work: CodingAssignment, label: str) -> Code:
    return Code.objects.get(version=work.codebook_version, label=label)


def pin(work: CodingAssignment, *labels: str) -> None:
    with acting_as(work.coder_id):
        for label in labels:
            actions.pin(assignment=work, code=code(work, label), by=work.coder)


def at_hand(work: CodingAssignment) -> tuple[list[str], list[str]]:
    """Labels of the pinned and of the recent codes."""
    label_of = dict(Code.objects.filter(version=work.codebook_version).values_list("id", "label"))
    with acting_as(work.coder_id):
        found = queries.at_hand(work)
    return [label_of[each] for each in found.pinned], [label_of[each] for each in found.recent]


def test_pins_stand_in_the_order_in_which_they_were_made_in_every_text(
    cast: make.Cast, work: CodingAssignment
) -> None:
    pin(work, "b1", "a1", "b1")
    other = make.assignment(cast.study, cast.ruth, codebook=work.codebook_version)
    assert at_hand(work) == at_hand(other) == (["b1", "a1"], [])
    with acting_as(cast.ruth.id):
        actions.unpin(assignment=other, code=code(work, "b1"), by=cast.ruth)
    assert at_hand(work) == (["a1"], [])


def test_the_recent_codes_are_those_of_the_codings_made_last(work: CodingAssignment) -> None:
    for place, label in enumerate(["a1", "a2", "a1", "b1"]):
        with acting_as(work.coder_id):
            actions.add(
                assignment=work,
                code=code(work, label),
                start=42 + 3 * place,
                end=44 + 3 * place,
                by=work.coder,
                now=make.NOW,
            )
    assert at_hand(work) == ([], ["b1", "a1", "a2"])
    with acting_as(work.coder_id):
        actions.undo(assignment=work, by=work.coder, now=make.NOW)
    assert at_hand(work) == ([], ["a1", "a2"])


def test_nobody_pins_for_another(cast: make.Cast, work: CodingAssignment) -> None:
    for act in (actions.pin, actions.unpin):
        with pytest.raises(actions.NotYours):
            act(assignment=work, code=code(work, "a1"), by=cast.jin)


def test_the_database_shows_pins_to_their_coder_only(cast: make.Cast, work: CodingAssignment) -> None:
    pin(work, "a1")
    codebook = work.codebook_version.codebook
    for person in (cast.jin, cast.pi, cast.administrator, cast.adjudicator):
        with acting_as(person.id):
            assert list(PinnedCode.objects.all()) == []
            assert (queries.at_hand(work).pinned, queries.at_hand(work).recent) == ([], [])
            assert PinnedCode.objects.all().delete() == (0, {})
            with pytest.raises(ProgrammingError), transaction.atomic():
                PinnedCode.objects.create(
                    coder=cast.ruth, codebook=codebook, lineage=code(work, "a2").lineage
                )
    assert at_hand(work) == (["a1"], [])


def test_a_pin_leaves_no_event_that_others_could_read(work: CodingAssignment) -> None:
    before = AuditEvent.objects.count()
    pin(work, "a1")
    assert AuditEvent.objects.count() == before


def test_pinnedcode_is_pinned_once(work: CodingAssignment) -> None:
    pin(work, "a1")
    with acting_as(work.coder_id), pytest.raises(IntegrityError, match="pinnedcode_is_pinned_once"):
        PinnedCode.objects.create(
            coder=work.coder, codebook=work.codebook_version.codebook, lineage=code(work, "a1").lineage
        )
