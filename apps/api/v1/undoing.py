"""Undo and redo of what a coder did in an assignment, on whichever device and however long ago."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.v1.coding import ONCE, CodingView, Conflict
from apps.coding import actions, queries
from apps.coding.models import Gesture
from apps.studies.permissions import Permission


class TurnIn(serializers.Serializer[Any]):
    client_id = serializers.UUIDField(help_text=ONCE)
    of = serializers.UUIDField(
        required=False, help_text="The gesture that the client takes for the next; another one is left alone."
    )


class GestureOut(serializers.ModelSerializer[Gesture]):
    class Meta:
        model = Gesture
        fields = ["id", "created_at", "assignment", "number", "kind", "state", "coding", "of"]


class LedgerOut(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Of the last gesture.")
    to_undo = GestureOut(allow_null=True)
    to_redo = GestureOut(allow_null=True)


ANSWERS = {
    200: GestureOut,
    409: OpenApiResponse(description="Something else was done meanwhile; nothing was changed."),
}


class Ledger(CodingView):
    access = Permission.CODING_CODE

    @extend_schema(
        operation_id="ledger", summary="What would be undone and done again next", responses=LedgerOut
    )
    def get(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        return Response(LedgerOut(queries.ledger(self.own(assignment_id))).data)


class Undo(CodingView):
    access = Permission.CODING_CODE
    serializer_class: Any = GestureOut
    turn = staticmethod(actions.undo)

    @extend_schema(operation_id="undo", summary="Undo what was done last", request=TurnIn, responses=ANSWERS)
    def post(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        assignment = self.own(assignment_id)
        try:
            turned = self.turn(
                assignment=assignment, **self.given(TurnIn), by=self.person, now=timezone.now()
            )
        except actions.Changed as changed:
            raise Conflict(str(changed)) from changed
        return Response(self.get_serializer(turned).data, status=HTTPStatus.OK)


class Redo(Undo):
    turn = staticmethod(actions.redo)

    @extend_schema(
        operation_id="redo", summary="Do again what was undone last", request=TurnIn, responses=ANSWERS
    )
    def post(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        return super().post(request, study_id, assignment_id)
