from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.agreement import queries
from apps.api.v1.agreement import RoundView
from apps.api.v1.codebook_changes import CodebookChangeOut
from apps.studies.permissions import Permission


class HappeningOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    verb = serializers.CharField()
    person = serializers.CharField(help_text="Empty where nobody did it but time.")
    words = serializers.CharField()


class ComputedOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="run.id")
    computed_at = serializers.DateTimeField(source="run.computed_at")
    input_hash = serializers.CharField(source="run.input_hash")
    level = serializers.CharField()
    discrepancies = serializers.IntegerField()
    alpha = serializers.FloatField(source="pooled.alpha", default=None)
    alpha_low = serializers.FloatField(source="pooled.alpha_low", default=None)
    alpha_high = serializers.FloatField(source="pooled.alpha_high", default=None)


class SettledKindOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    total = serializers.IntegerField()
    by_pair = serializers.IntegerField()
    by_one = serializers.IntegerField()
    open = serializers.IntegerField()


class TranscriptConsensusOut(serializers.Serializer[Any]):
    round_transcript = serializers.UUIDField(source="round_transcript_id")
    transcript = serializers.CharField()
    codings = serializers.IntegerField()
    left_open = serializers.IntegerField()


class TrailOut(serializers.Serializer[Any]):
    happenings = HappeningOut(many=True)
    runs = ComputedOut(many=True)
    kinds = SettledKindOut(many=True, source="settling.kinds", default=list)
    changes = CodebookChangeOut(many=True)
    consensus = TranscriptConsensusOut(many=True)
    methods = serializers.CharField(help_text="A sentence for the methods section.")


class RoundTrail(RoundView):
    access = Permission.ROUNDS_VIEW
    serializer_class = TrailOut

    @extend_schema(
        operation_id="round_trail", summary="The audit trail of a round, as far as one may know it"
    )
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        found = queries.trail(round=self.round(round_id), membership=self.membership)
        return Response(self.get_serializer(found).data)
