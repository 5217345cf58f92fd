"""What people answered who wished to see words of theirs before they are quoted."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.studies.permissions import Permission
from apps.transcripts import actions
from apps.transcripts.models import QuotationCheck, Transcript, TranscriptVersion


class QuotationCheckOut(serializers.ModelSerializer[QuotationCheck]):
    class Meta:
        model = QuotationCheck
        fields = [
            "id",
            "created_at",
            "version",
            "start",
            "end",
            "outcome",
            "happened_on",
            "wording",
            "note",
            "recorded_by",
        ]


class CheckIn(serializers.Serializer[Any]):
    """A passage of the present text, in Unicode code points, half-open; `wording` where it is `reworded`."""

    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)
    outcome = serializers.ChoiceField(choices=QuotationCheck.Outcome.choices)
    happened_on = serializers.DateField()
    wording = serializers.CharField(max_length=4000, allow_blank=True, default="")
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class QuotationChecks(StudyView):
    access = {"GET": Permission.TRANSCRIPTS_VIEW, "POST": Permission.PARTICIPANTS_EDIT}
    serializer_class = QuotationCheckOut

    @extend_schema(
        operation_id="quotation_checks_list",
        summary="What the person was shown of a transcript, and answered; the last of a passage counts",
        responses=QuotationCheckOut(many=True),
    )
    def get(self, request: Request, study_id: UUID, transcript_id: UUID) -> Response:
        return self.page(QuotationCheck.objects.filter(version__transcript=self.found(transcript_id)))

    @extend_schema(
        operation_id="quotation_check_record",
        summary="Record that words were shown, or what was answered; sending it twice changes nothing",
        request=CheckIn,
        responses={201: QuotationCheckOut},
    )
    def post(self, request: Request, study_id: UUID, transcript_id: UUID) -> Response:
        version = TranscriptVersion.objects.newest().get(transcript=self.found(transcript_id))
        given = self.given(CheckIn)
        check = actions.record_check(version=version, **given, by=self.person, now=timezone.now())
        return Response(self.get_serializer(check).data, status=201)

    def found(self, transcript_id: UUID) -> Transcript:
        return get_object_or_404(Transcript.objects.visible_to(self.membership), id=transcript_id)


class OneQuotationCheck(StudyView):
    access = Permission.PARTICIPANTS_EDIT

    @extend_schema(
        operation_id="quotation_check_undo",
        summary="Take back what was recorded last of a passage",
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, study_id: UUID, transcript_id: UUID, check_id: UUID) -> Response:
        seen = Transcript.objects.visible_to(self.membership)
        checks = QuotationCheck.objects.filter(
            version__transcript=transcript_id, version__transcript__in=seen
        )
        check = get_object_or_404(checks.select_related("version__transcript"), id=check_id)
        actions.undo_check(check=check, by=self.person, now=timezone.now())
        return Response(status=204)
