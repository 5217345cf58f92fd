from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.agreement import actions, queries
from apps.agreement.models import Meeting, Round
from apps.api.v1.discrepancies import CaseOut, DecisionIn, DiscrepancyView, RoundView
from apps.studies.permissions import Permission


class MeetingOut(serializers.ModelSerializer[Meeting]):
    present = serializers.SerializerMethodField()

    class Meta:
        model = Meeting
        fields = ["id", "driver", "begun_at", "ended_at", "present"]

    def get_present(self, meeting: Meeting) -> list[str]:
        return [str(each.id) for each in queries.present(meeting=meeting)]


class Meetings(RoundView):
    access = {"GET": Permission.DISCREPANCIES_CONFER, "POST": Permission.DISCREPANCIES_CONFER}
    serializer_class = MeetingOut

    @extend_schema(
        operation_id="meetings_list", summary="Meetings under way", responses=MeetingOut(many=True)
    )
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        return Response(
            self.get_serializer(queries.meetings_under_way(round=self.round(round_id)), many=True).data
        )

    @extend_schema(
        operation_id="meeting_begin", summary="Begin a meeting", request=None, responses={201: MeetingOut}
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        made = actions.begin_meeting(round=self.round(round_id), by=self.person, now=timezone.now())
        return self.made(made)


class MeetingAct(RoundView):
    """One verb of a meeting; a subclass names the action."""

    access = Permission.DISCREPANCIES_CONFER
    serializer_class = MeetingOut
    verb: Any

    def post(self, request: Request, study_id: UUID, round_id: UUID, meeting_id: UUID) -> Response:
        meeting = get_object_or_404(Meeting.objects.filter(round=self.round(round_id)), id=meeting_id)
        type(self).verb(meeting=meeting, by=self.person, now=timezone.now())
        meeting.refresh_from_db()
        return Response(self.get_serializer(meeting).data)


@extend_schema_view(
    post=extend_schema(operation_id="meeting_join", summary="Come into a meeting", request=None)
)
class Join(MeetingAct):
    verb = actions.join_meeting


@extend_schema_view(post=extend_schema(operation_id="meeting_leave", summary="Leave a meeting", request=None))
class Leave(MeetingAct):
    verb = actions.leave_meeting


@extend_schema_view(
    post=extend_schema(operation_id="meeting_end", summary="End a meeting for all", request=None)
)
class End(MeetingAct):
    verb = actions.end_meeting


@extend_schema_view(
    post=extend_schema(operation_id="meeting_drive", summary="Take over the driving", request=None)
)
class Drive(MeetingAct):
    verb = actions.drive


class RecordOutcome(DiscrepancyView):
    access = Permission.DISCREPANCIES_CONFER
    serializer_class = CaseOut

    @extend_schema(
        operation_id="outcome_record",
        summary="Record what the pair agreed on in the meeting; the other confirms",
        request=DecisionIn,
        responses={201: CaseOut},
    )
    def post(
        self, request: Request, study_id: UUID, round_id: UUID, discrepancy_id: UUID, meeting_id: UUID
    ) -> Response:
        row = self.discrepancy(round_id, discrepancy_id)
        meeting = get_object_or_404(Meeting.objects.filter(round=self.at_round), id=meeting_id)
        wish = self.wish(row)
        actions.record_outcome(meeting=meeting, discrepancy=row, by=self.person, now=timezone.now(), **wish)
        return self.case(row, status=201)


class ConferringAct(RoundView):
    access = Permission.DISCREPANCIES_CONFER
    verb: Any

    class StateOut(serializers.ModelSerializer[Round]):
        class Meta:
            model = Round
            fields = ["id", "state"]
            ref_name = "ConferringState"

    serializer_class = StateOut

    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        moved = type(self).verb(round=self.round(round_id), by=self.person, now=timezone.now())
        return Response(self.get_serializer(moved).data)


@extend_schema_view(
    post=extend_schema(
        operation_id="conferring_end", summary="Hand what is open to the adjudicator", request=None
    )
)
class EndConferring(ConferringAct):
    verb = actions.end_conferring


@extend_schema_view(
    post=extend_schema(
        operation_id="conferring_again", summary="Let the pairs go on conferring", request=None
    )
)
class ConferAgain(ConferringAct):
    verb = actions.confer_again
