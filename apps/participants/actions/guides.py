from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from apps.accounts.models import User
from apps.audit.actions import record
from apps.core.refusal import Refusal, gettext_noop
from apps.participants.actions.people import OfAnotherStudy
from apps.participants.models import GuideReview, Interview, TopicGuide, TopicQuestion
from apps.studies.models import ParticipantGroup, Study


class GuideIsUsed(Refusal):
    template = gettext_noop(
        "%(interviews)d interviews followed this version, so its questions stay; begin a new version instead."
    )


class NoQuestion(Refusal):
    template = gettext_noop("A topic guide asks at least one question.")


class ReviewedInTheFuture(Refusal):
    template = gettext_noop("Nobody can have reviewed the guide on %(day)s, which is still to come.")


@dataclass(frozen=True)
class Question:
    """A question and the lineages of the codes that it asks about."""

    text: str
    constructs: tuple[UUID, ...] = ()


@transaction.atomic
def begin_guide(
    *,
    study: Study,
    group: ParticipantGroup,
    questions: Sequence[Question],
    used_from: date | None = None,
    note: str = "",
    by: User,
    now: datetime,
) -> TopicGuide:
    """The next version of a group's guide."""
    if group.study_id != study.id:
        raise OfAnotherStudy(name=group.name)
    ParticipantGroup.objects.select_for_update(no_key=True).get(id=group.id)
    last = group.topic_guides.order_by("-number").first()
    guide = TopicGuide.objects.create(
        study=study, group=group, number=last.number + 1 if last else 1, used_from=used_from, note=note
    )
    _ask(guide, questions)
    _record("began", guide, by=by, now=now, questions=len(questions))
    return guide


@transaction.atomic
def change_guide(
    *,
    guide: TopicGuide,
    questions: Sequence[Question],
    used_from: date | None,
    note: str,
    by: User,
    now: datetime,
) -> TopicGuide:
    """Puts a version right; what its questions ask about always, the questions only before an interview."""
    guide = TopicGuide.objects.select_for_update(no_key=True).get(id=guide.id)
    asked = list(guide.questions.all())
    followed = Interview.objects.filter(topic_guide=guide).count()
    if followed and [each.text for each in asked] != [each.text for each in questions]:
        raise GuideIsUsed(interviews=followed)
    guide.questions.all().delete()
    _ask(guide, questions)
    guide.used_from, guide.note = used_from, note
    guide.save(update_fields=["used_from", "note"])
    _record("changed", guide, by=by, now=now, questions=len(questions))
    return guide


@transaction.atomic
def review_guide(
    *,
    guide: TopicGuide,
    reviewed_on: date,
    reviewers: str,
    note: str,
    changed: str = "",
    by: User,
    now: datetime,
) -> GuideReview:
    """Writes down what people from outside said of a guide."""
    if reviewed_on > localdate(now):
        raise ReviewedInTheFuture(day=reviewed_on.isoformat())
    review = GuideReview.objects.create(
        guide=guide, reviewed_on=reviewed_on, reviewers=reviewers, note=note, changed=changed
    )
    _record("reviewed", guide, by=by, now=now, led_to_a_change=bool(changed))
    return review


def _ask(guide: TopicGuide, questions: Sequence[Question]) -> None:
    if not questions:
        raise NoQuestion
    TopicQuestion.objects.bulk_create(
        TopicQuestion(guide=guide, position=position, text=each.text, constructs=list(each.constructs))
        for position, each in enumerate(questions)
    )


def _record(verb: str, guide: TopicGuide, *, by: User, now: datetime, **detail: Any) -> None:
    record(
        verb,
        "topic guide",
        by=by,
        now=now,
        study_id=guide.study_id,
        object_id=guide.id,
        object_name=str(guide),
        **detail,
    )
