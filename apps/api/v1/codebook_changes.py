from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.agreement import actions, queries
from apps.agreement.models import CodebookChange
from apps.api.access import StudyView
from apps.codebooks.models import CodebookVersion
from apps.studies.permissions import Permission


class ChangeCodeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField()


class CodebookChangeOut(serializers.Serializer[Any]):
    """A proposal to change the codebook, with the discrepancy that it came of."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=["open", "made", "declined", "withdrawn"])
    wording = serializers.CharField()
    proposed_by = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    round = serializers.UUIDField(source="round.id")
    round_number = serializers.IntegerField(source="round.number")
    discrepancy = serializers.UUIDField(source="discrepancy_id")
    transcript = serializers.CharField()
    codes = ChangeCodeOut(many=True)
    made_in = serializers.UUIDField(source="made_in.id", default=None)
    version_number = serializers.IntegerField(source="made_in.number", default=None)
    declined_at = serializers.DateTimeField()
    declined_by = serializers.CharField()
    declined_reason = serializers.CharField()


class TakeInIn(serializers.Serializer[Any]):
    version = serializers.UUIDField(help_text="A draft.")


class DeclineIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class ChangesView(StudyView):
    """An endpoint of the proposals that came of discrepancies."""

    access = Permission.CODEBOOK_EDIT
    serializer_class = CodebookChangeOut

    def change(self, change_id: UUID) -> CodebookChange:
        seen = queries.changes_seen_by(study=self.study, reader=self.person)
        return get_object_or_404(seen, id=change_id)

    def version(self, version_id: UUID | str) -> CodebookVersion:
        return get_object_or_404(CodebookVersion, id=version_id, codebook__study=self.study)

    def shown(self, change_id: UUID) -> Response:
        rows = queries.changes_seen_by(study=self.study, reader=self.person).filter(id=change_id)
        return Response(self.get_serializer(queries.in_full(rows, reader=self.person)[0]).data)


class Changes(ChangesView):
    access = Permission.DISCREPANCIES_VIEW

    @extend_schema(
        operation_id="codebook_changes_list",
        summary="What discrepancies asked the codebook to change, the oldest first",
        parameters=[OpenApiParameter("open", bool, description="Only those that wait.")],
        responses=CodebookChangeOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        found = queries.codebook_changes(
            study=self.study, reader=self.person, is_open=request.query_params.get("open") in {"true", "1"}
        )
        return Response(self.get_serializer(found, many=True).data)


class VersionChanges(ChangesView):
    access = Permission.DISCREPANCIES_VIEW

    @extend_schema(
        operation_id="codebook_version_changes",
        summary="The discrepancies that a version was made for",
        responses=CodebookChangeOut(many=True),
    )
    def get(self, request: Request, study_id: UUID, version_id: UUID) -> Response:
        found = queries.codebook_changes(
            study=self.study, reader=self.person, version=self.version(version_id)
        )
        return Response(self.get_serializer(found, many=True).data)


class TakeIn(ChangesView):
    @extend_schema(
        operation_id="codebook_change_take_in", summary="A draft makes this change", request=TakeInIn
    )
    def post(self, request: Request, study_id: UUID, change_id: UUID) -> Response:
        version, change = self.version(self.given(TakeInIn)["version"]), self.change(change_id)
        actions.take_in(version=version, changes=[change], by=self.person, now=timezone.now())
        return self.shown(change_id)


class Decline(ChangesView):
    @extend_schema(
        operation_id="codebook_change_decline", summary="Leave the codebook as it is", request=DeclineIn
    )
    def post(self, request: Request, study_id: UUID, change_id: UUID) -> Response:
        given = self.given(DeclineIn)
        actions.decline(change=self.change(change_id), **given, by=self.person, now=timezone.now())
        return self.shown(change_id)


class PutBack(ChangesView):
    @extend_schema(operation_id="codebook_change_put_back", summary="Let a proposal wait again", request=None)
    def post(self, request: Request, study_id: UUID, change_id: UUID) -> Response:
        actions.put_back(change=self.change(change_id), by=self.person, now=timezone.now())
        return self.shown(change_id)
