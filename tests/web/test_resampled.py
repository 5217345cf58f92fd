"""What is answered by resampling: widths to expect, and influence in some of the transcripts."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.agreement import actions, queries
from apps.agreement.models import Round
from apps.coding import actions as coding
from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from tests import make
from tests.agreement import stage
from tests.agreement.test_plans import planned

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND = (41, 80), (278, 305)  # in the first answer, and in the second


@pytest.fixture
def ten(cast: make.Cast) -> Round:
    """Nine staff members and one partner, coded by Ruth and Jin, who differ in one and in one influence."""
    partner = make.participant(cast.study, group=make.group(cast.study, "Partner"))
    versions = [make.transcript(cast.study) for _ in range(9)]
    versions.append(make.transcript(cast.study, interview=make.interview(cast.study, participant=partner)))
    round = actions.open_round(
        study=cast.study,
        transcript_versions=versions,
        coders=[cast.ruth, cast.jin],
        adjudicator=cast.adjudicator,
        codebook_version=make.codebook(cast.study, is_frozen=False),
        by=cast.pi,
        now=make.NOW,
    )
    rows = CodingAssignment.objects.filter(in_round__round_transcript__round=round).select_related("coder")
    for work in rows.order_by("in_round__round_transcript__position"):
        place = work.in_round.round_transcript.position
        says = "hinders" if (place, work.coder) == (0, cast.jin) else "helps"
        with acting_as(work.coder_id):
            for label, (start, end) in {"a1": FIRST, "b1": SECOND}.items():
                if (place, label, work.coder) != (3, "b1", cast.jin):
                    code = round.codebook_version.codes.get(label=label)
                    span = {"start": start, "end": end, "influence": says}
                    coding.add(assignment=work, code=code, **span, by=work.coder, now=make.NOW)
            actions.submit(assignment=work, by=work.coder, now=make.NOW)
    actions.release_now(round=round, by=cast.pi, now=make.NOW)
    stage.compute(round)
    return round


def test_the_widths_to_expect_from_an_earlier_round(cast: make.Cast, ten: Round) -> None:
    for _ in range(12):
        make.transcript(cast.study)
    following = planned(cast, kind=Round.Kind.TOP_UP, at_least=12)
    client = Client()
    client.force_login(cast.pi)
    address = reverse("round", args=[cast.study.id, following.id])
    assert client.get(address).context["widths"] is None
    answer = client.get(address, {"width": 1})
    table = answer.context["widths"]
    assert (table.earlier, table.coded) == (ten, 10)
    assert [(line.transcripts, line.is_planned) for line in table.lines] == [
        (8, False),
        (12, True),
        (13, False),
        (20, False),
        (40, False),
    ]
    # Everybody agreed on a1 in every first answer; on b1 they differed once.
    assert all(line.typical < line.widest for line in table.lines)
    for name in ("widest", "often", "seldom"):
        wide = [getattr(line, name) for line in table.lines]
        assert wide[0] > wide[-1] > 0, name
    assert "by resampling the 10 transcripts of Round 1" in answer.text
    actions.void(round=ten, reason="c1 changed its meaning.", by=cast.pi, now=make.NOW)
    without = queries.widths(round=following, planned=5, user=cast.pi)
    assert without.earlier is None
    assert (without.lines[0].transcripts, without.lines[0].often, without.lines[0].typical) == (5, None, None)


def test_influence_is_answered_for_some_of_the_transcripts(cast: make.Cast, ten: Round) -> None:
    run = queries.latest_run(round=ten)
    assert run is not None
    partners = ten.transcripts.get(position=9).transcript_version.transcript.interview.participant.group_id
    staff = ten.transcripts.get(position=0).transcript_version.transcript.interview.participant.group_id

    def whole(**choice: Any) -> tuple[int, Any]:
        found = queries.report(run=run, choice=queries.Choice(**choice)).influences[0]
        return found.matched, found.percent.value

    assert whole() == (19, pytest.approx(17 / 19))
    assert whole(group=staff) == (17, pytest.approx(15 / 17))
    assert whole(group=partners) == (2, None)
    assert whole(speakers="tables_of_everybody") == (19, pytest.approx(17 / 19))
    client = Client()
    client.force_login(cast.pi)
    page = client.get(reverse("agreement_more", args=[cast.study.id, ten.id]), {"group": str(staff)}).text
    assert re.search(
        r"All codes together.*?<td class=\"number\">17</td><td class=\"number\">15</td>", page, re.S
    )
