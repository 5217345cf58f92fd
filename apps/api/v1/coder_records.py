from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.agreement import queries
from apps.api.access import StudyView
from apps.api.v1.codebook_changes import ChangeCodeOut
from apps.studies.permissions import Permission


class PartnerOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    transcripts = serializers.IntegerField()
    discrepancies = serializers.IntegerField()
    alpha = serializers.FloatField(source="alpha.value", default=None)


class RoundOfCoderOut(serializers.Serializer[Any]):
    round = serializers.UUIDField(source="round.id")
    number = serializers.IntegerField(source="round.number")
    partners = PartnerOut(many=True)
    upheld = serializers.IntegerField()
    in_part = serializers.IntegerField()
    against = serializers.IntegerField()
    codebook = serializers.IntegerField()
    open = serializers.IntegerField()


class AgainstOut(serializers.Serializer[Any]):
    discrepancy = serializers.UUIDField(source="discrepancy_id")
    round = serializers.UUIDField(source="round.id")
    transcript = serializers.CharField()
    kind = serializers.CharField()
    passage = serializers.CharField()
    mine = ChangeCodeOut(many=True)
    standing = ChangeCodeOut(many=True)
    decision = serializers.CharField(source="words")
    result = serializers.ChoiceField(choices=["in_part", "against"])
    cause = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class CoderRecordOut(serializers.Serializer[Any]):
    coder = serializers.UUIDField(source="record.coder.id")
    name = serializers.CharField(source="record.coder.name")
    rounds = RoundOfCoderOut(many=True, source="record.rounds")
    decisions = AgainstOut(many=True)


class CoderRecord(StudyView):
    access = Permission.DISCREPANCIES_VIEW
    serializer_class = CoderRecordOut

    @extend_schema(
        operation_id="coder_record",
        summary="A coder's record: for that coder, and for whoever plans the rounds",
    )
    def get(self, request: Request, study_id: UUID, coder_id: UUID) -> Response:
        if coder_id != self.person.id and not self.membership.may(Permission.ROUNDS_PLAN):
            raise PermissionDenied
        coder = get_object_or_404(User, id__in=self.study.memberships.filter(user=coder_id).values("user"))
        found = queries.coder_record(study=self.study, coder=coder, reader=self.person)
        decisions = queries.decisions_against(ids=found.against, coder=coder, reader=self.person)
        return Response(self.get_serializer({"record": found, "decisions": decisions}).data)
