"""All codings of a code: which, of whom, and what stands around them."""

import pytest

from apps.coding import actions, queries
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(cast: make.Cast) -> list[CodingAssignment]:
    """Ruth has submitted a primary coding; Jin codes another text, blind."""
    codebook = make.codebook(cast.study)
    ruth = make.assignment(cast.study, cast.ruth, codebook=codebook, kind=CodingAssignment.Kind.PRIMARY)
    jin = make.assignment(cast.study, cast.jin, codebook=codebook)
    make.coding(ruth, "a1", 42, 80, influence="helps")
    make.coding(ruth, "a2", 150, 170)
    make.coding(jin, "a1", 42, 60)
    with acting_as(cast.ruth.id):
        actions.submit(assignment=ruth, by=cast.ruth, now=make.NOW)
    return [ruth, jin]


def seen(cast: make.Cast, works: list[CodingAssignment], name: str, label: str = "a1", **filters: object):
    reader = getattr(cast, name)
    code = works[0].codebook_version.codes.get(label=label)
    with acting_as(reader.id):
        found = queries.codings_of(code, study=cast.study, reader=reader, **filters)
        return [(each.assignment.coder.name, each.code.label, each.start) for each in found]


def test_own_blinded_codings_are_seen_by_their_coder_only(
    cast: make.Cast, works: list[CodingAssignment]
) -> None:
    ruths, jins = ("Ruth Hale", "a1", 42), ("Jin Park", "a1", 42)
    assert seen(cast, works, "jin") == [ruths, jins]
    for name in ("ruth", "pi", "adjudicator"):
        assert seen(cast, works, name) == [ruths]
    assert seen(cast, works, "observer") == []
    code = works[0].codebook_version.codes.get(label="a1")
    for name, coders in (("pi", ["Ruth Hale"]), ("jin", ["Jin Park", "Ruth Hale"])):
        reader = getattr(cast, name)
        with acting_as(reader.id):
            found = queries.codings_of(code, study=cast.study, reader=reader)
            assert [each for _, each in queries.coders_of(found)] == coders


def test_a_construct_shows_those_of_its_codes(cast: make.Cast, works: list[CodingAssignment]) -> None:
    assert [label for _, label, _ in seen(cast, works, "pi", "a")] == ["a1", "a2"]


def test_filters(cast: make.Cast, works: list[CodingAssignment]) -> None:
    person = works[0].transcript_version.transcript.interview.participant
    assert len(seen(cast, works, "pi", group=person.group_id, participant=person.id, role="participant")) == 1
    assert len(seen(cast, works, "pi", coder=str(cast.ruth.id), influence="helps")) == 1
    assert seen(cast, works, "pi", group=make.group(cast.study).id) == []
    assert seen(cast, works, "pi", role="other") == []
    assert seen(cast, works, "pi", coder="consensus") == []
    assert seen(cast, works, "pi", coder=str(cast.jin.id)) == []


def test_a_coding_stands_in_its_context(cast: make.Cast, works: list[CodingAssignment]) -> None:
    code = works[0].codebook_version.codes.get(label="a2")
    with acting_as(cast.pi.id):
        found = queries.codings_of(code, study=cast.study, reader=cast.pi)
        (one,) = queries.in_context(found, reader=cast.pi)
    text = works[0].transcript_version.text
    assert one.around.words == text[150:170]
    assert one.around.question == "How did you first hear about the service?"
    assert (one.is_own, one.is_of_newest_text) == (False, True)
