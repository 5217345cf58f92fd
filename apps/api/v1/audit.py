from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.audit.models import AuditEvent
from apps.audit.queries import events
from apps.studies.permissions import Permission


class TrailIn(serializers.Serializer[Any]):
    """Narrows the trail; both days are included."""

    person = serializers.UUIDField(required=False)
    verb = serializers.CharField(required=False)
    noun = serializers.CharField(required=False)
    object_id = serializers.UUIDField(required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class EventOut(serializers.ModelSerializer[AuditEvent]):
    class Meta:
        model = AuditEvent
        fields = [
            "id",
            "occurred_at",
            "actor_id",
            "actor_name",
            "verb",
            "noun",
            "object_id",
            "object_name",
            "detail",
            "address",
        ]


class Events(StudyView):
    access = Permission.AUDIT_VIEW
    serializer_class = EventOut

    @extend_schema(
        operation_id="audit_events_list",
        summary="Who did what, the oldest first",
        parameters=[TrailIn],
        responses=EventOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        wanted = TrailIn(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        return self.page(events(self.study.id, **wanted.validated_data))
