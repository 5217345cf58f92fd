"""The pages on which a round is planned, drawn and looked after."""

import re

import pytest
from django.urls import reverse

from apps.agreement import actions
from apps.agreement.models import Round, Ruling
from apps.participants.models import Tie
from apps.web.forms.own_numbers import field_name
from tests import make
from tests.agreement.stage import in_batches, open_round, rolling_round, submit, submit_in, work_in, work_of
from tests.web.asking import signed_in

pytestmark = pytest.mark.django_db


def plan_of(cast: make.Cast, **fields: object) -> dict[str, object]:
    version = make.codebook(cast.study)
    return {
        "kind": "main",
        "codebook_version": str(version.id),
        "coders": [str(cast.ruth.id), str(cast.jin.id)],
        "coders_per_transcript": 2,
        "adjudicator": str(cast.adjudicator.id),
        "if_interviewed": "allow",
        "strata": ["group", "site"],
        "at_least": 2,
        "percent": 20,
        "per_group": 1,
        "per_site": 1,
        "per_interviewer": 1,
        "seed": 7,
        "tolerance": 0.5,
        "tolerance_unit": "share",
        "levels": ["answer", "sentence"],
        "thresholds": "0.667 0,8",
        "hold_minutes": 15,
        "has_coefficients": "on",
        **fields,
    }


def test_a_plan_is_written_previewed_and_drawn(cast: make.Cast) -> None:
    for _ in range(3):
        make.transcript(cast.study)
    pi = signed_in(cast.pi)
    assert pi.get(reverse("round_plan", args=[cast.study.id])).status_code == 200
    answer = pi.post(reverse("round_plan", args=[cast.study.id]), plan_of(cast))
    round = Round.objects.get()
    assert answer.url == reverse("round", args=[cast.study.id, round.id])
    assert (round.thresholds, round.levels) == ([0.667, 0.8], ["answer", "sentence"])
    page = pi.get(f"{answer.url}?width=1").content.decode()
    assert "What would be drawn" in page
    assert "2 of 3 interviews are wanted" in page
    (shown,) = re.findall(r'name="shown" value="(\w+)"', page)
    pi.post(reverse("round_draw", args=[cast.study.id, round.id]), {"shown": shown})
    round.refresh_from_db()
    assert (round.state, round.transcripts.count()) == (Round.State.CODING, 2)
    coding = pi.get(answer.url).content.decode()
    assert "Ruth Hale" in coding
    assert "0.667, 0.8, set before coding" in coding


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"thresholds": "much"}, "Write numbers such as 0.667 0.800."),
        ({"coders": []}, "This field is required."),
        ({"batches": "First week\nSecond week"}, "a colon and a number of transcripts on each line"),
        ({"batches": "First week: 2"}, "Name two batches or more"),
        ({"batches": "First week: 1\nThe rest"}, "First week must have at least 2 transcripts."),
    ],
)
def test_a_plan_that_cannot_be_is_said_in_place(
    cast: make.Cast, change: dict[str, object], sentence: str
) -> None:
    answer = signed_in(cast.pi).post(reverse("round_plan", args=[cast.study.id]), plan_of(cast, **change))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_batches_are_planned_shown_and_released_on_the_page_of_the_round(cast: make.Cast) -> None:
    for _ in range(4):
        make.transcript(cast.study)
    pi = signed_in(cast.pi)
    named = "Week 1: the <b>first</b>: 2\n\nWeek 2"
    answer = pi.post(reverse("round_plan", args=[cast.study.id]), plan_of(cast, at_least=3, batches=named))
    round = Round.objects.get()
    first, second = round.batches.all()
    assert [(first.name, first.size), (second.name, second.size)] == [
        ("Week 1: the <b>first</b>", 2),
        ("Week 2", None),
    ]
    again = pi.get(reverse("round_plan_change", args=[cast.study.id, round.id])).content.decode()
    assert "Week 1: the &lt;b&gt;first&lt;/b&gt;: 2\nWeek 2</textarea>" in again
    page = pi.get(answer.url).content.decode()
    assert page.count("<td><bdi>Week 1: the &lt;b&gt;first&lt;/b&gt;</bdi></td>") == 2
    pi.post(reverse("round_draw", args=[cast.study.id, round.id]))
    submit_in(first, cast.ruth, cast.jin)
    page = pi.get(answer.url).content.decode()
    assert f'name="batch" value="{first.id}"' in page
    assert f'name="batch" value="{second.id}"' not in page
    release = reverse("round_release", args=[cast.study.id, round.id])
    assert pi.post(release, {"batch": str(cast.study.id)}).status_code == 404
    page = pi.post(release, {"batch": str(first.id)}, follow=True).content.decode()
    assert "Week 1: the &lt;b&gt;first&lt;/b&gt; is released." in page
    assert signed_in(cast.ruth).post(release, {"batch": str(second.id)}).status_code == 403
    page = pi.post(release, {"batch": str(second.id)}, follow=True).content.decode()
    assert "Week 2 cannot be released: not everything is drawn and submitted." in page


def test_a_round_that_is_submitted_but_not_drawn_to_the_end_says_what_it_waits_for(cast: make.Cast) -> None:
    round = rolling_round(cast)
    here = reverse("round", args=[cast.study.id, round.id])
    sentence = "All that was drawn is submitted, and nobody else sees it yet"
    submit(round, cast.ruth)
    assert sentence not in signed_in(cast.pi).get(here).text
    submit(round, cast.jin)
    assert round.state == Round.State.CODING
    for reader in (cast.pi, cast.ruth, cast.adjudicator):
        page = signed_in(reader).get(here).text
        assert sentence in page
        assert "Until everybody has submitted" not in page
    end, again = (reverse(f"round_draw_{act}", args=[cast.study.id, round.id]) for act in ("end", "again"))
    for reader, status in ((cast.ruth, 403), (cast.adjudicator, 403), (cast.outsider, 404)):
        assert end not in signed_in(reader).get(here).text
        assert [signed_in(reader).post(act).status_code for act in (end, again)] == [status, status]
    pi = signed_in(cast.pi)
    assert pi.get(here).text.count(end) == 1
    pi.post(end)
    page = pi.get(here).text
    assert sentence not in page
    assert "All have submitted." in page
    assert again not in signed_in(cast.ruth).get(here).text
    assert sentence in pi.post(again, follow=True).text
    refused = pi.post(again, follow=True).text
    assert f"The draw of {round} cannot be taken up again." in refused


def test_what_comes_between_is_said_on_the_page_of_the_round(cast: make.Cast) -> None:
    round = open_round(cast)
    member = round.transcripts.get()
    pi = signed_in(cast.pi)
    ids = [cast.study.id, round.id]
    assert (
        pi.post(reverse("round_transcript_withdraw", args=[*ids, member.id]), {"reason": ""}).status_code
        == 422
    )
    said = {"reason": "Consent was withdrawn."}
    pi.post(reverse("round_transcript_withdraw", args=[*ids, member.id]), said)
    assert "taken out: Consent was withdrawn." in pi.get(reverse("round", args=ids)).content.decode()


def test_a_plan_that_was_drawn_is_not_offered_for_change(cast: make.Cast) -> None:
    round = open_round(cast)
    answer = signed_in(cast.pi).get(reverse("round_plan_change", args=[cast.study.id, round.id]), follow=True)
    assert answer.redirect_chain == [(reverse("round", args=[cast.study.id, round.id]), 302)]
    assert "The plan stays as it is once the round has been drawn." in answer.text


def test_unblinding_asks_for_the_password_first(cast: make.Cast) -> None:
    round = open_round(cast)
    member = round.transcripts.get()
    url = reverse("round_transcript_unblind", args=[cast.study.id, round.id, member.id])
    pi = signed_in(cast.pi)
    assert "reauthenticate" in pi.post(url, {"reason": "Somebody is at risk."}).url
    member.refresh_from_db()
    assert member.unblinded_at is None
    assert signed_in(cast.administrator).post(url, {"reason": "I want to see it."}).status_code == 403


def test_a_ruling_stands_beside_the_definition_and_all_are_told(cast: make.Cast) -> None:
    round = open_round(cast)
    code = round.codebook_version.codes.get(label="a1")
    url = reverse("ruling_give", args=[cast.study.id, round.id])
    signed_in(cast.pi).post(url, {"code": str(code.id), "text": "Only what was said aloud."})
    assert Ruling.objects.get().text == "Only what was said aloud."
    for coder in (cast.ruth, cast.jin):
        work = work_of(round, coder)
        page = signed_in(coder).get(reverse("assignment", args=[cast.study.id, work.id]))
        assert "Only what was said aloud." in page.content.decode()
        assert coder.notices.filter(kind="ruling").count() == 1
    assert cast.adjudicator.notices.filter(kind="ruling").count() == 1


def test_a_round_that_is_over_gets_no_ruling(cast: make.Cast) -> None:
    round = open_round(cast)
    Round.objects.filter(id=round.id).update(state="released", released_at=make.NOW)
    code = round.codebook_version.codes.get(label="a1")
    with pytest.raises(actions.RulingTooLate):
        actions.give_ruling(round=round, code=code, text="Late.", by=cast.pi, now=make.NOW)


def test_the_register_of_ties_is_kept_by_the_administrator(cast: make.Cast) -> None:
    administrator = signed_in(cast.administrator)
    rules = {"interview": "warn", "code": "block", "decide": "allow", "kind": "employed"}
    about = {"member": str(cast.ruth.id), "site": str(cast.site.id), **rules}
    both = {**about, "group": str(cast.group.id)}
    assert administrator.post(reverse("tie_add", args=[cast.study.id]), both).status_code == 422
    administrator.post(reverse("tie_add", args=[cast.study.id]), about)
    tie = Tie.objects.get()
    assert tie.to == "Northmoor"
    page = administrator.get(reverse("ties", args=[cast.study.id])).content.decode()
    assert "is employed by Northmoor" in page
    administrator.post(reverse("tie", args=[cast.study.id, tie.id]), {**rules, "code": "warn"})
    tie.refresh_from_db()
    assert tie.code == "warn"
    administrator.post(reverse("tie_remove", args=[cast.study.id, tie.id]))
    assert not Tie.objects.exists()


def test_who_hands_in_is_told_what_is_released_together(cast: make.Cast) -> None:
    first, _second = in_batches(cast)
    work = work_in(first, cast.ruth)[0]
    page = signed_in(cast.ruth).get(reverse("assignment_submit", args=[cast.study.id, work.id]))
    assert "before all of “First week” is released" in page.text


def test_some_groups_get_another_number_behind_a_fold(cast: make.Cast) -> None:
    first, second = make.group(cast.study, "Client"), make.group(cast.study, "Keyworker")
    for group in (first, first, first, second):
        person = make.participant(cast.study, group=group)
        make.transcript(cast.study, interview=make.interview(cast.study, participant=person))
    pi, here = signed_in(cast.pi), reverse("round_plan", args=[cast.study.id])
    empty = pi.get(here).content.decode()
    assert "Different numbers for some" in empty
    names = {group: field_name("group", str(group.id)) for group in (first, second)}
    wrong = pi.post(here, plan_of(cast, **{names[first]: "many"}))
    assert (
        wrong.status_code,
        "Write a number such as 5, or a share such as 25 %." in wrong.content.decode(),
    ) == (
        422,
        True,
    )
    untaken = pi.post(here, plan_of(cast, strata=["site"], **{names[first]: "2"})).content.decode()
    assert "Clients has a number of its own, but the draw is not from each participant group" in untaken
    answer = pi.post(here, plan_of(cast, strata=["group"], **{names[first]: "70 %", names[second]: "2"}))
    page = pi.get(answer.url).content.decode()
    assert re.search(r"but:\s+<bdi>Clients</bdi> 70 % or more, <bdi>Keyworkers</bdi> 2 or more", page)
    assert re.search(r"<bdi>Keyworkers</bdi>: 1 of 2", page)
    again = pi.get(reverse("round_plan_change", args=[cast.study.id, Round.objects.get().id]))
    assert 'value="70 %"' in again.content.decode()


def test_the_number_of_a_site_is_not_said_to_whom_sites_are_hidden_from(cast: make.Cast) -> None:
    site = make.transcript(cast.study).transcript.interview.participant.site
    cast.study.are_sites_hidden_from_coders = True
    cast.study.save()
    pi = signed_in(cast.pi)
    plan = plan_of(cast, **{field_name("site", str(site.id)): "1"})
    answer = pi.post(reverse("round_plan", args=[cast.study.id]), plan)
    assert f"<bdi>{site.name}</bdi> 1 or more" in pi.get(answer.url).content.decode()
    assert site.name not in signed_in(cast.ruth).get(answer.url).content.decode()


def test_another_adjudicator_is_named_on_a_page_of_the_pi(cast: make.Cast) -> None:
    round = open_round(cast)
    ids = [cast.study.id, round.id]
    here, pi = reverse("round_adjudicator_replace", args=ids), signed_in(cast.pi)
    assert here in pi.get(reverse("round", args=ids)).text
    for reader, status in ((cast.ruth, 403), (cast.adjudicator, 403), (cast.outsider, 404)):
        assert signed_in(reader).post(here, {"instead": str(cast.pi.id)}).status_code == status
    form = pi.get(here).text
    assert (cast.pi.name in form, f">{cast.ruth.name}<" in form) == (True, False)
    page = pi.post(here, {"instead": str(cast.pi.id)}, follow=True).text
    assert f"{cast.pi.name} decides what the coders leave open." in page
    assert pi.post(here, {"instead": str(cast.ruth.id)}).status_code == 422


def test_a_calibration_without_transcripts_says_that_they_are_picked_by_hand(cast: make.Cast) -> None:
    make.transcript(cast.study)
    pi = signed_in(cast.pi)
    answer = pi.post(reverse("round_plan", args=[cast.study.id]), plan_of(cast, kind="calibration"))
    page = pi.get(answer.url).text
    assert "No transcript is picked yet: change the plan and pick two or three by hand." in page
    assert "no transcript is ready and free" not in page


def test_where_nobody_of_the_round_can_take_over_the_form_asks_for_somebody(cast: make.Cast) -> None:
    round = open_round(cast)
    here = reverse("round_coder_replace", args=[cast.study.id, round.id])
    answer = signed_in(cast.pi).post(here, {"leaving": str(cast.jin.id)})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["instead"]
    assert "Hand it over" in answer.text
