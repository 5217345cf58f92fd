"""What people were asked, so that "not asked" can be told from "not said"."""

from uuid import UUID

from django.db.models import Count, QuerySet

from apps.participants.models import Interview, TopicGuide
from apps.studies.models import Study


def guides(study: Study) -> QuerySet[TopicGuide]:
    """Every version, group by group, the newest first, with its number of `interviews`."""
    found = study.topic_guides.select_related("group").prefetch_related("questions", "reviews")
    # Said again: Django drops the order of a model where something is counted.
    return found.annotate(interviews=Count("interviews_held", distinct=True)).order_by(
        "group__position", "-number"
    )


def asked_about(interviews: QuerySet[Interview]) -> dict[UUID, set[UUID] | None]:
    """Interview -> lineages that its guide asks about; None where it is not known which guide it followed."""
    asked: dict[UUID, set[UUID]] = {}
    for guide in (
        TopicGuide.objects.filter(interviews_held__in=interviews).distinct().prefetch_related("questions")
    ):
        asked[guide.id] = {each for question in guide.questions.all() for each in question.constructs}
    rows = interviews.values_list("id", "topic_guide_id")
    return {interview: asked.get(guide) if guide else None for interview, guide in rows}
