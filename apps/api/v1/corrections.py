"""Other words in a text that people may be coding."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.agreement import actions
from apps.api.access import StudyView
from apps.coding.queries import preview_correction
from apps.jobs.models import Run
from apps.studies.permissions import Permission
from apps.transcripts.models import Transcript, TranscriptVersion


class TurnWordsIn(serializers.Serializer[Any]):
    position = serializers.IntegerField(min_value=0)
    words = serializers.CharField(trim_whitespace=False)


class CorrectionIn(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Of the version that was read; another one is left alone.")
    turns = TurnWordsIn(many=True, allow_empty=False)
    hides_somebody = serializers.BooleanField(
        default=False, help_text="Blacks the replaced words out in all earlier versions, for good."
    )


class TextPartOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["same", "gone", "new"])
    words = serializers.CharField()


class ChangedTurnOut(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    words = serializers.CharField()
    parts = TextPartOut(many=True)


class ChangedCodingOut(serializers.Serializer[Any]):
    coding = serializers.UUIDField(source="coding.id")
    coder = serializers.UUIDField(source="coder.id")
    code = serializers.UUIDField(source="code.id")
    before = serializers.CharField()
    after = serializers.CharField(help_text="Empty where none of its words is left.")


class PreviewOut(serializers.Serializer[Any]):
    turns = ChangedTurnOut(many=True)
    codings = ChangedCodingOut(many=True, help_text="Only those that you may see.")


class CorrectionRunOut(serializers.ModelSerializer[Run]):
    class Meta:
        model = Run
        fields = ["id", "created_at", "state", "done_share", "finished_at"]


class CorrectionView(StudyView):
    access = Permission.TRANSCRIPTS_EDIT

    def asked(self, transcript_id: UUID) -> tuple[TranscriptVersion, dict[int, str], dict[str, Any]]:
        given = self.given(CorrectionIn)
        transcripts = Transcript.objects.visible_to(self.membership).filter(id=transcript_id)
        versions = TranscriptVersion.objects.filter(transcript__in=transcripts)
        version = get_object_or_404(versions.select_related("transcript__study"), number=given.pop("number"))
        return version, {turn["position"]: turn["words"] for turn in given.pop("turns")}, given


class Corrections(CorrectionView):
    serializer_class = CorrectionRunOut

    @extend_schema(
        operation_id="corrections_add",
        summary="Correct some turns; a worker makes the next version and moves all codings",
        request=CorrectionIn,
        responses={202: CorrectionRunOut},
    )
    def post(self, request: Request, study_id: UUID, transcript_id: UUID) -> Response:
        version, words, given = self.asked(transcript_id)
        run = actions.correct_text(version=version, words=words, **given, by=self.person, now=timezone.now())
        return Response(self.get_serializer(run).data, status=HTTPStatus.ACCEPTED)


class CorrectionPreview(CorrectionView):
    serializer_class = PreviewOut

    @extend_schema(
        operation_id="corrections_preview",
        summary="What a correction would change; nothing is stored",
        request=CorrectionIn,
        responses=PreviewOut,
    )
    def post(self, request: Request, study_id: UUID, transcript_id: UUID) -> Response:
        version, words, _ = self.asked(transcript_id)
        preview = preview_correction(version=version, words=words, viewer=self.person)
        return Response(self.get_serializer(preview).data)
