from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import Batch, Round
from apps.api.access import StudyView
from apps.codebooks.models import CodebookVersion
from apps.coding.models import Coding
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion


class RoundIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Round.Kind.choices, default=Round.Kind.MAIN)
    codebook_version = serializers.PrimaryKeyRelatedField(queryset=CodebookVersion.objects.none())
    transcript_versions = serializers.PrimaryKeyRelatedField(
        queryset=TranscriptVersion.objects.none(), many=True
    )
    coders = serializers.PrimaryKeyRelatedField(queryset=User.objects.none(), many=True)
    adjudicator = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())
    rationale = serializers.CharField(required=False, allow_blank=True, default="")
    hold_minutes = serializers.IntegerField(min_value=0, max_value=1440, default=15)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            members = User.objects.filter(memberships__study=study, memberships__left_at=None)
            fields["codebook_version"].queryset = CodebookVersion.objects.filter(codebook__study=study)
            versions = TranscriptVersion.objects.filter(transcript__study=study)
            fields["transcript_versions"].child_relation.queryset = versions
            fields["coders"].child_relation.queryset = members
            fields["adjudicator"].queryset = members
        return fields


class BatchOut(serializers.ModelSerializer[Batch]):
    class Meta:
        model = Batch
        fields = ["id", "name", "size", "held_since", "released_at"]


class RoundOut(serializers.ModelSerializer[Round]):
    batches = BatchOut(
        many=True, read_only=True, help_text="One without a name where all is released together."
    )

    class Meta:
        model = Round
        fields = [
            "id",
            "created_at",
            "number",
            "kind",
            "state",
            "codebook_version",
            "adjudicator",
            "rationale",
            "hold_minutes",
            "tolerance",
            "seed",
            "opened_at",
            "voided_at",
            "voided_reason",
            "batches",
            "released_at",
            "closed_at",
        ]


class ConsensusOut(serializers.ModelSerializer[Coding]):
    transcript_version = serializers.UUIDField(source="assignment.transcript_version_id")

    class Meta:
        model = Coding
        fields = ["id", "created_at", "transcript_version", "code", "start", "end", "influence"]


class RoundView(StudyView):
    """An endpoint below one round of the study."""

    def round(self, round_id: UUID) -> Round:
        return get_object_or_404(self.study.rounds.all(), id=round_id)


class Rounds(StudyView):
    access = {"GET": Permission.ROUNDS_VIEW, "POST": Permission.ROUNDS_PLAN}
    serializer_class = RoundOut

    @extend_schema(operation_id="rounds_list", summary="Rounds", responses=RoundOut(many=True))
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.rounds.prefetch_related("batches"))

    @extend_schema(
        operation_id="round_open", summary="Open a round", request=RoundIn, responses={201: RoundOut}
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        plan = self.given(RoundIn)
        kind = Round.Kind(plan.pop("kind"))
        opened = actions.open_round(study=self.study, kind=kind, **plan, by=self.person, now=timezone.now())
        return Response(self.get_serializer(opened).data, status=201)


class OneRound(RoundView):
    access = Permission.ROUNDS_VIEW
    serializer_class = RoundOut

    @extend_schema(operation_id="round_read", summary="One round")
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        return Response(self.get_serializer(self.round(round_id)).data)


class ReleaseIn(serializers.Serializer[Any]):
    batch = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="All that is held, if it is left out."
    )


class Release(RoundView):
    access = Permission.ROUNDS_PLAN
    serializer_class = RoundOut

    @extend_schema(
        operation_id="round_release",
        summary="Release a held round, or one of its batches, at once",
        request=ReleaseIn,
        responses=RoundOut,
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        round, asked = self.round(round_id), self.given(ReleaseIn)["batch"]
        batch = get_object_or_404(round.batches, id=asked) if asked else None
        released = actions.release_now(round=round, batch=batch, by=self.person, now=timezone.now())
        return Response(self.get_serializer(released).data)


class Close(RoundView):
    access = Permission.ROUNDS_PLAN
    serializer_class = RoundOut

    @extend_schema(
        operation_id="round_close", summary="Write the consensus and freeze the round", request=None
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        closed = actions.close(round=self.round(round_id), by=self.person, now=timezone.now())
        return Response(self.get_serializer(closed).data)


class Consensus(RoundView):
    access = Permission.CODINGS_VIEW
    serializer_class = ConsensusOut

    @extend_schema(
        operation_id="consensus_list",
        summary="What a closed round has agreed on",
        responses=ConsensusOut(many=True),
    )
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        return self.page(queries.consensus(round=self.round(round_id), user=self.person))
