"""What ends blindness or a round for good: only with the password of whoever asks, and with the reason."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.agreement import actions
from apps.api.v1.agreement import RoundView
from apps.api.v1.plans import PlanOut
from apps.api.v1.rounds import ReasonIn, RoundMemberOut
from apps.studies.permissions import Permission


class GraveIn(ReasonIn):
    """A token alone does not do: the password is asked for, as it is on the page."""

    password = serializers.CharField(write_only=True, trim_whitespace=False, max_length=1000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # Counts failures as the page does, and refuses after too many of them.
        if not get_adapter().reauthenticate(self.context["request"].user, attrs.pop("password")):
            raise serializers.ValidationError({"password": "This is not your password."})
        return attrs


class Void(RoundView):
    access = Permission.ROUNDS_PLAN
    serializer_class = PlanOut

    @extend_schema(operation_id="round_void", summary="End a round without a result", request=GraveIn)
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        round = self.round(round_id)
        ended = actions.void(round=round, **self.given(GraveIn), by=self.person, now=timezone.now())
        return Response(self.get_serializer(ended).data)


class Unblind(RoundView):
    access = Permission.ROUNDS_PLAN
    serializer_class = RoundMemberOut

    @extend_schema(
        operation_id="round_transcript_unblind",
        summary="Open blind work in an emergency: it is no longer independent, and is not counted",
        request=GraveIn,
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID, member_id: UUID) -> Response:
        member = get_object_or_404(self.round(round_id).transcripts, id=member_id)
        opened = actions.unblind(member=member, **self.given(GraveIn), by=self.person, now=timezone.now())
        return Response(self.get_serializer(opened).data)
