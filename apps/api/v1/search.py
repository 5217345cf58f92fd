from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.studies.permissions import Permission
from apps.transcripts import queries
from apps.transcripts.models import Turn

ON_A_PAGE = 50


class FindIn(serializers.Serializer[Any]):
    find = serializers.CharField(
        max_length=200,
        help_text='Words that all stand in a turn; "a phrase" in quotes; begin* of a word.',
    )
    group = serializers.UUIDField(required=False)
    role = serializers.ChoiceField(choices=Turn.Role.choices, required=False)
    name = serializers.CharField(max_length=80, required=False, help_text="Part of the pseudonym.")
    start = serializers.IntegerField(min_value=0, default=0, help_text="How many hits to pass over.")


class PieceOut(serializers.Serializer[Any]):
    words = serializers.CharField()
    is_hit = serializers.BooleanField()


class HitOut(serializers.Serializer[Any]):
    transcript = serializers.UUIDField(source="place.transcript")
    pseudonym = serializers.CharField(source="place.pseudonym")
    version = serializers.UUIDField(source="place.version")
    turn = serializers.IntegerField(source="number", help_text="Counted from 1.")
    start = serializers.IntegerField(source="turn.start")
    end = serializers.IntegerField(source="turn.end")
    role = serializers.CharField(source="turn.role")
    pieces = PieceOut(many=True, help_text="The words around the first hit.")


class FoundOut(serializers.Serializer[Any]):
    turns = serializers.IntegerField()
    transcripts = serializers.IntegerField()
    hits = HitOut(many=True)


class Find(StudyView):
    """Full-text search over the transcripts that one may read, in the order of the transcripts."""

    access = Permission.TRANSCRIPTS_VIEW
    serializer_class = FoundOut

    @extend_schema(parameters=[FindIn])
    def get(self, request: Request, study_id: UUID) -> Response:
        asked = FindIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        words, start = given.pop("find"), given.pop("start")
        found = queries.find(self.membership, words, **given)
        hits = found[start : start + ON_A_PAGE] if found else []
        counted = {"turns": len(found or ()), "transcripts": len(found.positions) if found else 0}
        return Response(FoundOut({**counted, "hits": hits}).data)
