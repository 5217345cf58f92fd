import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.codebooks.models import CodebookVersion
from apps.participants.models import Interview, Participant, TopicGuide
from apps.participants.queries.guides import asked_about
from tests import make
from tests.web.asking import at, is_clean, queries_of

TYPED = "How did you hear of it? [a1, a2]\nWhat happened then? 🙂 <b>"


@pytest.fixture
def codebook(cast: make.Cast) -> CodebookVersion:
    return make.codebook(cast.study)


@pytest.fixture
def guide(client: Client, cast: make.Cast, codebook: CodebookVersion) -> TopicGuide:
    client.force_login(cast.administrator)
    asked = {"group": cast.group.id, "questions": TYPED}
    assert client.post(at("guide_add", cast), asked).status_code == 302
    return TopicGuide.objects.get()


def test_a_guide_is_typed_and_shows_what_it_asks_about(
    client: Client, cast: make.Cast, guide: TopicGuide, codebook: CodebookVersion
) -> None:
    first, second = guide.questions.all()
    ideas = [codebook.codes.get(label=label).lineage for label in ("a1", "a2")]
    assert (first.text, first.constructs, second.constructs) == ("How did you hear of it?", ideas, [])
    page = client.get(at("guide", cast, guide.id))
    assert is_clean(page)
    assert "&lt;b&gt;" in page.content.decode()
    assert client.get(at("guide_change", cast, guide.id)).context["form"].initial["questions"] == TYPED


def test_guides_stand_group_by_group_the_newest_first(
    client: Client, cast: make.Cast, guide: TopicGuide
) -> None:
    other = make.group(cast.study)
    for group, number in ((other, 2), (guide.group, 3), (other, 1), (guide.group, 2)):
        TopicGuide.objects.create(study=cast.study, group=group, number=number)
    shown = client.get(at("guides", cast)).context["guides"]
    assert [(each.group, each.number) for each in shown] == [
        *((guide.group, number) for number in (3, 2, 1)),
        *((other, number) for number in (2, 1)),
    ]


def test_an_unknown_label_is_named_and_nothing_is_stored(
    client: Client, cast: make.Cast, guide: TopicGuide
) -> None:
    wrong = client.post(at("guide_add", cast), {"group": cast.group.id, "questions": "And? [zz]"})
    assert (wrong.status_code, wrong.context["form"].errors["questions"]) == (
        422,
        ["The codebook has no code “zz”."],
    )
    assert TopicGuide.objects.count() == 1


def test_a_guide_that_an_interview_followed_keeps_its_questions(
    client: Client, cast: make.Cast, guide: TopicGuide
) -> None:
    held = interview(cast)
    assert client.post(at("interview_note", cast, held.id), {"topic_guide": guide.id}).status_code == 302
    page = at("guide_change", cast, guide.id)
    assert client.post(page, {"questions": TYPED + "\nOne more?"}).status_code == 422
    assert client.post(page, {"questions": TYPED.replace("[a1, a2]", "[b1]")}).status_code == 302
    assert guide.questions.count() == 2
    begun = client.get(f"{at('guide_add', cast)}?from={guide.id}")
    assert begun.context["form"].initial["group"] == cast.group.id
    client.post(at("guide_add", cast), {"group": cast.group.id, "questions": TYPED + "\nOne more?"})
    assert [each.number for each in TopicGuide.objects.all()] == [2, 1]


def test_not_asked_is_told_from_not_said(
    client: Client, cast: make.Cast, guide: TopicGuide, codebook: CodebookVersion
) -> None:
    held, other = interview(cast), interview(cast)
    client.post(at("interview_note", cast, held.id), {"topic_guide": guide.id})
    ideas = {codebook.codes.get(label=label).lineage for label in ("a1", "a2")}
    assert asked_about(Interview.objects.all()) == {held.id: ideas, other.id: None}


def test_notes_on_an_interview_are_kept_and_the_trail_does_not_repeat_them(
    client: Client, cast: make.Cast, guide: TopicGuide
) -> None:
    held = interview(cast)
    noted = {"topic_guide": guide.id, "place": "Teams", "notes": "She wept. 🙂", "incidents": "A break."}
    client.post(at("interview_note", cast, held.id), noted)
    held.refresh_from_db()
    assert (held.place, held.notes, held.topic_guide) == ("Teams", "She wept. 🙂", guide)
    event = AuditEvent.objects.get(verb="noted")
    assert sorted(event.detail["changed"]) == ["incidents", "notes", "place", "topic_guide"]
    client.post(at("interview_note", cast, held.id), noted)
    assert AuditEvent.objects.filter(verb="noted").count() == 1


def test_only_a_guide_of_the_persons_group_can_be_chosen(
    client: Client, cast: make.Cast, guide: TopicGuide
) -> None:
    other = make.participant(cast.study, group=make.group(cast.study), site=cast.site)
    held = make.interview(cast.study, participant=other)
    assert client.post(at("interview_note", cast, held.id), {"topic_guide": guide.id}).status_code == 422


def test_a_review_says_what_was_changed_for_it(client: Client, cast: make.Cast, guide: TopicGuide) -> None:
    said = {"reviewed_on": "2026-02-01", "reviewers": "Public involvement group", "note": "Too long."}
    assert client.post(at("guide_review", cast, guide.id), said).status_code == 302
    assert "Nothing was changed." in client.get(at("guide", cast, guide.id)).content.decode()
    late = client.post(at("guide_review", cast, guide.id), said | {"reviewed_on": "2999-01-01"})
    assert (late.status_code, list(late.context["form"].errors)) == (422, ["reviewed_on"])


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    client: Client, cast: make.Cast, guide: TopicGuide
) -> None:
    once = queries_of(client, at("guides", cast))
    for _ in range(2):
        client.post(at("guide_add", cast), {"group": cast.group.id, "questions": TYPED})
    assert queries_of(client, at("guides", cast)) == once


def interview(cast: make.Cast) -> Interview:
    person: Participant = make.participant(cast.study, group=cast.group, site=cast.site)
    return make.interview(cast.study, participant=person)
