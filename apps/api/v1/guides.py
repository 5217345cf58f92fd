"""Topic guides, version by version, and what people from outside said of them."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.participants import actions
from apps.participants.models import GuideReview, TopicGuide, TopicQuestion
from apps.studies.models import ParticipantGroup
from apps.studies.permissions import Permission

_VIEW_OR_EDIT = {
    "GET": Permission.PARTICIPANTS_VIEW,
    "POST": Permission.PARTICIPANTS_EDIT,
    "PUT": Permission.PARTICIPANTS_EDIT,
}


class QuestionIn(serializers.Serializer[Any]):
    """A question and the lineages of the codes that it asks about."""

    text = serializers.CharField(max_length=2000)
    constructs = serializers.ListField(child=serializers.UUIDField(), default=list)


class GuideIn(serializers.Serializer[Any]):
    used_from = serializers.DateField(allow_null=True, default=None)
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")
    questions = QuestionIn(many=True)

    def validate_questions(self, value: list[dict[str, Any]]) -> list[actions.Question]:
        return [actions.Question(each["text"], tuple(each["constructs"])) for each in value]


class NewGuideIn(GuideIn):
    group = serializers.PrimaryKeyRelatedField(queryset=ParticipantGroup.objects.none())

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            fields["group"].queryset = study.groups.all()
        return fields


class ReviewIn(serializers.Serializer[Any]):
    reviewed_on = serializers.DateField()
    reviewers = serializers.CharField(max_length=200)
    note = serializers.CharField()
    changed = serializers.CharField(allow_blank=True, default="")


class QuestionOut(serializers.ModelSerializer[TopicQuestion]):
    class Meta:
        model = TopicQuestion
        fields = ["position", "text", "constructs"]


class ReviewOut(serializers.ModelSerializer[GuideReview]):
    class Meta:
        model = GuideReview
        fields = ["id", "reviewed_on", "reviewers", "note", "changed"]


class GuideOut(serializers.ModelSerializer[TopicGuide]):
    questions = QuestionOut(many=True)
    reviews = ReviewOut(many=True)

    class Meta:
        model = TopicGuide
        fields = ["id", "created_at", "group", "number", "used_from", "note", "questions", "reviews"]


class Guides(StudyView):
    access = _VIEW_OR_EDIT
    serializer_class = GuideOut

    @extend_schema(
        operation_id="guides_list", summary="Topic guides with their questions", responses=GuideOut(many=True)
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.topic_guides.prefetch_related("questions", "reviews"))

    @extend_schema(
        operation_id="guide_begin",
        summary="Begin the next version of a group's guide",
        request=NewGuideIn,
        responses={201: GuideOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(NewGuideIn)
        return self.made(actions.begin_guide(study=self.study, **given, by=self.person, now=timezone.now()))


class OneGuide(StudyView):
    access = _VIEW_OR_EDIT
    serializer_class = GuideOut

    @extend_schema(operation_id="guide", summary="One version of a guide")
    def get(self, request: Request, study_id: UUID, guide_id: UUID) -> Response:
        return Response(self.get_serializer(self._guide(guide_id)).data)

    @extend_schema(
        operation_id="guide_change",
        summary="Put a version right; its questions only before an interview followed it",
        request=GuideIn,
    )
    def put(self, request: Request, study_id: UUID, guide_id: UUID) -> Response:
        guide, given = self._guide(guide_id), self.given(GuideIn)
        changed = actions.change_guide(guide=guide, **given, by=self.person, now=timezone.now())
        return Response(self.get_serializer(changed).data)

    def _guide(self, key: UUID) -> TopicGuide:
        return get_object_or_404(self.study.topic_guides, id=key)


class Reviews(StudyView):
    access = {"POST": Permission.PARTICIPANTS_EDIT}
    serializer_class = ReviewOut

    @extend_schema(
        operation_id="guide_review",
        summary="Write down what people from outside said of a guide",
        request=ReviewIn,
        responses={201: ReviewOut},
    )
    def post(self, request: Request, study_id: UUID, guide_id: UUID) -> Response:
        guide, given = get_object_or_404(self.study.topic_guides, id=guide_id), self.given(ReviewIn)
        return self.made(actions.review_guide(guide=guide, **given, by=self.person, now=timezone.now()))
