"""Boundary differences, many at once."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.agreement import actions
from apps.api.v1.discrepancies import RoundView
from apps.studies.permissions import Permission


class UniteIn(serializers.Serializer[Any]):
    words = serializers.IntegerField(min_value=1, max_value=200)


class BulkOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    settled = serializers.IntegerField()
    proposed = serializers.IntegerField()


class Boundaries(RoundView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = BulkOut

    @extend_schema(
        operation_id="boundaries_unite",
        summary="Take the union of all boundary differences of fewer than so many words",
        request=UniteIn,
        responses={201: BulkOut},
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        words = self.given(UniteIn)["words"]
        done = actions.unite_boundaries(
            round=self.round(round_id), words=words, by=self.person, now=timezone.now()
        )
        return self.made(done)


class UndoneOut(serializers.Serializer[Any]):
    undone = serializers.IntegerField()


class BoundariesUndo(RoundView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = UndoneOut

    @extend_schema(operation_id="boundaries_undo", summary="Undo one act on many boundaries", request=None)
    def post(self, request: Request, study_id: UUID, round_id: UUID, bulk_id: UUID) -> Response:
        count = actions.undo_bulk(
            round=self.round(round_id), bulk=bulk_id, by=self.person, now=timezone.now()
        )
        return Response({"undone": count})
