from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.coding import actions, queries
from apps.coding.models import SecondLook
from apps.studies.permissions import Permission


class LookOut(serializers.ModelSerializer[SecondLook]):
    looked_by = serializers.CharField(source="looked_by.name")

    class Meta:
        model = SecondLook
        fields = ["outcome", "code", "reason", "looked_by", "looked_at"]


class ToLookOut(serializers.Serializer[Any]):
    coding = serializers.UUIDField(source="coding.id")
    code = serializers.UUIDField(source="coding.code_id")
    label = serializers.CharField(source="coding.code.label")  # type: ignore[assignment]
    start = serializers.IntegerField(source="coding.start")
    end = serializers.IntegerField(source="coding.end")
    is_retired = serializers.BooleanField(source="definition.is_retired")
    look = LookOut(allow_null=True)


class TranscriptToLookOut(serializers.Serializer[Any]):
    assignment = serializers.UUIDField(source="assignment.id")
    transcript = serializers.CharField(source="assignment.transcript_version.transcript")
    kind = serializers.CharField(source="assignment.kind")
    codebook_version = serializers.UUIDField(source="assignment.codebook_version_id")
    is_complete = serializers.BooleanField()
    codings = ToLookOut(many=True, source="items")


class RelookOut(serializers.Serializer[Any]):
    version = serializers.UUIDField(source="version.id")
    number = serializers.IntegerField(source="version.number")
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    transcripts = TranscriptToLookOut(many=True)


class LookIn(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=SecondLook.Outcome.choices)
    code = serializers.UUIDField(
        allow_null=True, default=None, help_text="With `another`: of the new version."
    )
    reason = serializers.CharField(allow_blank=True, max_length=500, default="")


class TakeOverIn(serializers.Serializer[Any]):
    assignment = serializers.UUIDField()


class RelookView(StudyView):
    """An endpoint of the codings that are to be looked at again."""

    access = Permission.CODING_CODE
    serializer_class = RelookOut

    def relook(self) -> queries.Relook:
        found = queries.relook(
            study=self.study,
            reader=self.person,
            with_consensus=self.membership.may(Permission.ROUNDS_PLAN),
        )
        if found is None:
            raise Http404
        return found

    def item(self, found: queries.Relook, coding_id: UUID) -> queries.ToLook:
        item = next((each for each in found.items if each.coding.id == coding_id), None)
        if item is None:
            raise Http404
        return item


class SecondLooks(RelookView):
    @extend_schema(
        operation_id="second_looks", summary="Codings under definitions that the version in use changed"
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return Response(self.get_serializer(self.relook()).data)


class OneSecondLook(RelookView):
    serializer_class = LookOut  # type: ignore[assignment]

    @extend_schema(operation_id="second_look", summary="Say whether it still fits", request=LookIn)
    def post(self, request: Request, study_id: UUID, coding_id: UUID) -> Response:
        found, given = self.relook(), self.given(LookIn)
        coding, asked = self.item(found, coding_id).coding, given.pop("code")
        code = get_object_or_404(found.version.codes, id=asked) if asked else None
        given["outcome"] = SecondLook.Outcome(given["outcome"])
        made = actions.look(
            coding=coding, version=found.version, code=code, **given, by=self.person, now=timezone.now()
        )
        return self.made(made)

    @extend_schema(operation_id="second_look_undo", summary="Let it wait again")
    def delete(self, request: Request, study_id: UUID, coding_id: UUID) -> Response:
        found = self.relook()
        coding = self.item(found, coding_id).coding
        actions.undo_look(coding=coding, version=found.version, by=self.person, now=timezone.now())
        return Response(status=204)


class TakeOver(RelookView):
    @extend_schema(
        operation_id="second_looks_take_over",
        summary="Bring a transcript that is looked through into the version in use",
        request=TakeOverIn,
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        found, asked = self.relook(), self.given(TakeOverIn)["assignment"]
        work = next((each.assignment for each in found.transcripts if each.assignment.id == asked), None)
        if work is None:
            raise Http404
        actions.take_over(assignment=work, version=found.version, by=self.person, now=timezone.now())
        return Response(self.get_serializer(self.relook()).data)
