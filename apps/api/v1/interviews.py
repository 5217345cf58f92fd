from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.api.access import StudyView
from apps.participants import actions
from apps.participants.models import Interview, Participant
from apps.studies.permissions import Permission

_VIEW_OR_EDIT = {
    "GET": Permission.PARTICIPANTS_VIEW,
    "POST": Permission.PARTICIPANTS_EDIT,
    "PUT": Permission.PARTICIPANTS_EDIT,
    "DELETE": Permission.PARTICIPANTS_EDIT,
}


class InterviewChangeIn(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=Interview.Status.choices, default="held")
    held_on = serializers.DateField(allow_null=True, default=None)
    mode = serializers.ChoiceField(choices=Interview.Mode.choices, default="video")
    minutes = serializers.IntegerField(min_value=1, max_value=600, allow_null=True, default=None)
    interviewer = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.none(), allow_null=True, default=None
    )
    interviewer_name = serializers.CharField(max_length=120, allow_blank=True, default="")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if study := self.context.get("study"):
            team = User.objects.filter(memberships__study=study)
            fields["interviewer"].queryset = team  # type: ignore[attr-defined]
        return fields


class InterviewIn(InterviewChangeIn):
    participant = serializers.UUIDField()


class InterviewOut(serializers.ModelSerializer[Interview]):
    class Meta:
        model = Interview
        fields = [
            "id",
            "created_at",
            "participant",
            "status",
            "held_on",
            "mode",
            "minutes",
            "interviewer",
            "interviewer_name",
        ]


class InterviewsView(StudyView):
    """An endpoint of interviews of people whom the member may see."""

    access = _VIEW_OR_EDIT
    serializer_class = InterviewOut

    @property
    def people(self) -> QuerySet[Participant]:
        return Participant.objects.visible_to(self.membership)

    def found(self, interview_id: UUID) -> Interview:
        interviews = self.study.interviews.filter(participant__in=self.people)
        return get_object_or_404(interviews.select_related("participant", "study"), id=interview_id)


class Interviews(InterviewsView):
    @extend_schema(operation_id="interviews_list", summary="Interviews", responses=InterviewOut(many=True))
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.interviews.filter(participant__in=self.people))

    @extend_schema(
        operation_id="interview_write",
        summary="Book an interview, or record one that was held",
        request=InterviewIn,
        responses={201: InterviewOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(InterviewIn)
        person = get_object_or_404(self.people, id=given.pop("participant"))
        made = actions.write_interview(participant=person, **given, by=self.person, now=timezone.now())
        return self.made(made)


class OneInterview(InterviewsView):
    @extend_schema(operation_id="interview", summary="An interview")
    def get(self, request: Request, study_id: UUID, interview_id: UUID) -> Response:
        return Response(self.get_serializer(self.found(interview_id)).data)

    @extend_schema(operation_id="interview_change", summary="Change an interview", request=InterviewChangeIn)
    def put(self, request: Request, study_id: UUID, interview_id: UUID) -> Response:
        changed = actions.change_interview(
            interview=self.found(interview_id),
            **self.given(InterviewChangeIn),
            by=self.person,
            now=timezone.now(),
        )
        return Response(self.get_serializer(changed).data)

    @extend_schema(operation_id="interview_remove", summary="Remove one that was written down by mistake")
    def delete(self, request: Request, study_id: UUID, interview_id: UUID) -> Response:
        actions.remove_interview(interview=self.found(interview_id), by=self.person, now=timezone.now())
        return Response(status=204)
