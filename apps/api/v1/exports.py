"""Codings as files: asked for, made by a worker, fetched; each person's own only."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.codebooks.models import Code
from apps.exports import actions
from apps.exports.models import Export
from apps.studies.permissions import Permission
from apps.transcripts.models import Transcript


class ExportIn(serializers.Serializer[Any]):
    subject = serializers.ChoiceField(choices=Export.Subject.choices)
    object_id = serializers.UUIDField(help_text="Of the code or of the transcript.")
    format = serializers.ChoiceField(choices=Export.Format.choices)


class ExportOut(serializers.ModelSerializer[Export]):
    state = serializers.CharField(source="run.state")

    class Meta:
        model = Export
        fields = [
            "id",
            "created_at",
            "subject",
            "object_id",
            "format",
            "title",
            "narrowed_to",
            "state",
            "passages",
            "made_at",
            "blacked_out_at",
        ]


class Exports(StudyView):
    access = Permission.CODINGS_VIEW
    serializer_class = ExportOut

    def get(self, request: Request, study_id: UUID) -> Response:
        """The files that one has asked for."""
        return self.page(self._mine())

    @extend_schema(request=ExportIn, responses={201: ExportOut})
    def post(self, request: Request, study_id: UUID) -> Response:
        """Asks for a file; it is there when `state` is done."""
        given = self.given(ExportIn)
        wanted: dict[str, Any] = {"format": given["format"], "by": self.person, "now": timezone.now()}
        if given["subject"] == Export.Subject.CODE:
            codes = Code.objects.filter(version__codebook__study=self.study)
            code = get_object_or_404(codes.select_related("version__codebook"), id=given["object_id"])
            return self.made(actions.request_code(study=self.study, code=code, filters={}, **wanted))
        rows = Transcript.objects.visible_to(self.membership)
        rows = rows.select_related("interview__participant", "study")
        transcript = get_object_or_404(rows, id=given["object_id"])
        return self.made(actions.request_transcript(transcript=transcript, **wanted))

    def _mine(self) -> Any:
        mine = Export.objects.filter(study=self.study, requested_by=self.person)
        return mine.select_related("run").defer("content")


class ExportFile(StudyView):
    access = Permission.CODINGS_VIEW
    serializer_class = ExportOut

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, study_id: UUID, export_id: UUID) -> HttpResponse:
        """The file itself; the trail keeps that it left."""
        mine = Export.objects.filter(study=self.study, requested_by=self.person, made_at__isnull=False)
        export = get_object_or_404(mine.select_related("requested_by"), id=export_id)
        actions.note_fetched(export=export, now=timezone.now())
        answer = HttpResponse(bytes(export.content), content_type="application/octet-stream")
        name = f"{export.file_stem}.{export.format}"
        answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return answer
