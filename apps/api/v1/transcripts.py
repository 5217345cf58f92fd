from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.coding import actions as coding
from apps.studies.permissions import Permission
from apps.transcripts import actions, queries
from apps.transcripts.models import Transcript, TranscriptVersion, Turn


class TranscriptOut(serializers.ModelSerializer[TranscriptVersion]):
    """A transcript with the figures of its present version."""

    id = serializers.UUIDField(source="transcript_id")
    created_at = serializers.DateTimeField(source="transcript.created_at")
    interview = serializers.UUIDField(source="transcript.interview_id")
    pseudonym = serializers.CharField(source="transcript.interview.participant.pseudonym")
    group = serializers.UUIDField(source="transcript.interview.participant.group_id")
    is_excerpt = serializers.BooleanField(source="transcript.is_excerpt")
    ready_at = serializers.DateTimeField(source="transcript.ready_at", allow_null=True)
    version = serializers.UUIDField(source="id")
    turn_count = serializers.IntegerField()

    class Meta:
        model = TranscriptVersion
        fields = [
            "id",
            "created_at",
            "interview",
            "pseudonym",
            "group",
            "is_excerpt",
            "ready_at",
            "version",
            "number",
            "word_count",
            "turn_count",
        ]


class TurnOut(serializers.ModelSerializer[Turn]):
    class Meta:
        model = Turn
        fields = ["position", "start", "end", "speaker", "role", "starts_at_ms"]


class TextOut(TranscriptOut):
    """The text itself; all offsets are Unicode code points, half-open."""

    turns = TurnOut(many=True)
    sentences = serializers.SerializerMethodField()

    class Meta(TranscriptOut.Meta):
        fields = [*TranscriptOut.Meta.fields, "length", "sha256", "text", "turns", "sentences"]

    @extend_schema_field(serializers.ListField(child=serializers.ListField(child=serializers.IntegerField())))
    def get_sentences(self, version: TranscriptVersion) -> list[tuple[int, int]]:
        """Start and end of each sentence."""
        return version.sentences


class ReadyIn(serializers.Serializer[Any]):
    is_checked = serializers.BooleanField(help_text="It was checked against the recording.")
    is_deidentified = serializers.BooleanField(help_text="It was de-identified.")


class Transcripts(StudyView):
    access = Permission.TRANSCRIPTS_VIEW
    serializer_class = TranscriptOut

    @extend_schema(
        operation_id="transcripts_list",
        summary="Transcripts; those that are not ready only for who keeps them",
        responses=TranscriptOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(queries.newest_versions(self.membership))


class OneTranscript(StudyView):
    access = Permission.TRANSCRIPTS_VIEW
    serializer_class = TextOut

    @extend_schema(operation_id="transcript_read", summary="The text, its turns and its sentences")
    def get(self, request: Request, study_id: UUID, transcript_id: UUID) -> Response:
        found = queries.newest_versions(self.membership).prefetch_related("turns").defer(None)
        return Response(self.get_serializer(get_object_or_404(found, transcript=transcript_id)).data)


class Ready(StudyView):
    access = Permission.TRANSCRIPTS_EDIT
    serializer_class = TranscriptOut

    @extend_schema(
        operation_id="transcript_mark_ready", summary="Declare it fit to be coded", request=ReadyIn
    )
    def post(self, request: Request, study_id: UUID, transcript_id: UUID) -> Response:
        given = self.given(ReadyIn)
        transcript = actions.mark_ready(
            transcript=self._found(transcript_id), **given, by=self.person, now=timezone.now()
        )
        return self._shown(transcript)

    @extend_schema(
        operation_id="transcript_withdraw_ready",
        summary="Take that back, while nobody codes it",
        responses=TranscriptOut,
    )
    def delete(self, request: Request, study_id: UUID, transcript_id: UUID) -> Response:
        transcript = coding.withdraw_ready(
            transcript=self._found(transcript_id), by=self.person, now=timezone.now()
        )
        return self._shown(transcript)

    def _found(self, transcript_id: UUID) -> Transcript:
        return get_object_or_404(Transcript.objects.visible_to(self.membership), id=transcript_id)

    def _shown(self, transcript: Transcript) -> Response:
        version = queries.newest_versions(self.membership).get(transcript=transcript)
        return Response(self.get_serializer(version).data)
