"""Codes made from a passage: only where the codebook is open, and never where somebody codes blind."""

from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from apps.audit.models import AuditEvent
from apps.codebooks import actions as codebooks
from apps.codebooks.engine.likeness import alike, are_alike
from apps.codebooks.models import Code
from apps.coding import actions
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from apps.core.refusal import Refused
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: make.Cast) -> Any:
    """Ruth's own primary coding, with a codebook that is in use and open."""
    work = make.assignment(cast.study, cast.ruth, kind=CodingAssignment.Kind.PRIMARY)
    opened(work, True)
    with acting_as(cast.ruth.id):
        yield work


def opened(work: CodingAssignment, may_grow: bool) -> None:
    codebook = work.codebook_version.codebook
    codebooks.take_new_codes(codebook=codebook, may_grow=may_grow, by=work.coder, now=make.NOW)


def made(work: CodingAssignment, name: str = "Night shifts", **facts: Any) -> Code:
    return actions.make_code(assignment=work, name=name, **{"by": work.coder, "now": make.NOW, **facts})


def refusal(work: CodingAssignment, **facts: Any) -> str:
    before = work.codebook_version.codes.count()
    with pytest.raises(Refused) as refused, transaction.atomic():
        made(work, **facts)
    assert work.codebook_version.codes.count() == before
    return refused.value.code


def test_a_new_code_can_be_applied_at_once(work: CodingAssignment) -> None:
    code = made(work, definition="What nights do to people.")
    assert code.version == work.codebook_version
    assert code.is_applicable
    assert code.is_outside_framework
    coding, is_new = actions.add(assignment=work, code=code, start=0, end=5, by=work.coder, now=make.NOW)
    assert (coding.code, is_new) == (code, True)
    event = AuditEvent.objects.filter(verb="added", object_id=code.id).get()
    assert event.actor_id == work.coder_id


def test_under_a_construct_it_has_its_hue_and_label(work: CodingAssignment) -> None:
    above = work.codebook_version.codes.filter(parent=None, hue__gt=0)[0]
    code = made(work, parent=above)
    assert (code.parent, code.hue) == (above, above.hue)
    assert code.label.startswith(above.label)


def test_the_next_version_has_it_too(work: CodingAssignment) -> None:
    code = made(work)
    version = codebooks.new_version(codebook=work.codebook_version.codebook, by=work.coder, now=make.NOW)
    assert version.codes.get(lineage=code.lineage).name == "Night shifts"


def test_a_closed_codebook_stays(work: CodingAssignment) -> None:
    opened(work, False)
    work.refresh_from_db()
    assert refusal(work) == "TakesNoNewCodes"


def test_what_is_coded_independently_gets_no_new_codes(cast: make.Cast) -> None:
    blind = make.assignment(cast.study, cast.ruth)
    opened(blind, True)
    with acting_as(cast.ruth.id):
        assert refusal(blind) == "OnlyInPrimaryCoding"


def test_a_version_of_a_round_stays(cast: make.Cast, work: CodingAssignment) -> None:
    make.assignment(cast.study, cast.jin, codebook=work.codebook_version)
    assert refusal(work) == "UsedInARound"


def test_somebody_elses_work_takes_no_code(cast: make.Cast, work: CodingAssignment) -> None:
    assert refusal(work, by=cast.jin) == "NotYours"


def test_after_submitting_it_is_too_late(work: CodingAssignment) -> None:
    actions.submit(assignment=work, by=work.coder, now=make.NOW)
    assert refusal(work) == "Submitted"


def test_a_name_much_like_another_is_asked_about_once(work: CodingAssignment) -> None:
    made(work)
    assert refusal(work, name="night-shift") == "MuchLike"
    assert made(work, name="night-shift", is_sure=True).name == "night-shift"


def test_the_same_name_is_never_taken_twice(work: CodingAssignment) -> None:
    made(work)
    assert refusal(work, name="NIGHT SHIFTS", is_sure=True) == "NameIsTaken"


def test_the_database_lets_an_open_version_only_grow(work: CodingAssignment) -> None:
    code = made(work)
    for change in (lambda: code.delete(), lambda: Code.objects.filter(id=code.id).update(name="Other")):
        with pytest.raises(ProgrammingError, match="code_of_a_frozen_version_stays"), transaction.atomic():
            change()
    opened(work, False)
    with pytest.raises(ProgrammingError, match="code_of_a_frozen_version_stays"), transaction.atomic():
        Code.objects.create(version=work.codebook_version, name="By the back door", label="zz")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Night shifts", "night-shift", True),
        ("Workload", "Work load", True),
        ("Trust", "Trust in the hub", True),
        ("Fatigue", "Fatígue", True),
        ("Trust", "Distance", False),
        ("Use of time", "Loss of trust", False),
        ("!", "?", True),
        ("夜勤", "昼勤", False),
    ],
)
def test_names_that_say_much_the_same(one: str, other: str, expected: bool) -> None:
    assert are_alike(one, other) is are_alike(other, one) is expected


def test_an_alias_makes_alike_too() -> None:
    assert alike("Exhaustion", [("Burnout", ["exhaustion"]), ("Trust", [])]) == ["Burnout"]
