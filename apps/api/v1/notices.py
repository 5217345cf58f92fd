from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import PersonView
from apps.notices import actions
from apps.notices.models import Notice


class NoticeOut(serializers.ModelSerializer[Notice]):
    class Meta:
        model = Notice
        fields = ["id", "study", "kind", "text", "path", "about", "told_at", "read_at"]


class UnreadOut(serializers.Serializer[Any]):
    unread = serializers.IntegerField()


class Notices(PersonView):
    serializer_class = NoticeOut

    @extend_schema(operation_id="notices_list", summary="What you were told", responses=NoticeOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(Notice.objects.visible_to(self.person))


class Unread(PersonView):
    serializer_class = UnreadOut

    @extend_schema(operation_id="notices_unread", summary="How many notices you have not read")
    def get(self, request: Request) -> Response:
        unread = Notice.objects.visible_to(self.person).unread().count()
        return Response(self.get_serializer({"unread": unread}).data)

    @extend_schema(operation_id="notices_read_all", summary="Mark everything as read", request=None)
    def delete(self, request: Request) -> Response:
        actions.read_all(by=self.person, now=timezone.now())
        return Response(status=204)


class Read(PersonView):
    serializer_class = NoticeOut

    @extend_schema(operation_id="notice_read", summary="Mark a notice as read", request=None)
    def post(self, request: Request, notice_id: UUID) -> Response:
        notice = get_object_or_404(Notice.objects.visible_to(self.person), id=notice_id)
        return Response(self.get_serializer(actions.read(notice, now=timezone.now())).data)
