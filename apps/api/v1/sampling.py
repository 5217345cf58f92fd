from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.participants import actions
from apps.participants.models import Characteristic, RecruitmentRound, SamplingTarget
from apps.participants.queries.sampling import board, standing_targets
from apps.studies.models import ParticipantGroup, Site
from apps.studies.permissions import Permission

_VIEW_OR_EDIT = {"GET": Permission.PARTICIPANTS_VIEW} | dict.fromkeys(
    ("POST", "PUT"), Permission.PARTICIPANTS_EDIT
)


class CellIn(serializers.Serializer[Any]):
    """A group, and what narrows it."""

    group = serializers.PrimaryKeyRelatedField(queryset=ParticipantGroup.objects.none())
    site = serializers.PrimaryKeyRelatedField(queryset=Site.objects.none(), allow_null=True, default=None)
    characteristic = serializers.PrimaryKeyRelatedField(
        queryset=Characteristic.objects.none(), allow_null=True, default=None
    )
    value = serializers.CharField(max_length=300, allow_blank=True, default="")
    second_characteristic = serializers.PrimaryKeyRelatedField(
        queryset=Characteristic.objects.none(), allow_null=True, default=None
    )
    second_value = serializers.CharField(max_length=300, allow_blank=True, default="")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if study := self.context.get("study"):
            fields["group"].queryset = study.groups.all()  # type: ignore[attr-defined]
            fields["site"].queryset = study.sites.all()  # type: ignore[attr-defined]
            for name in ("characteristic", "second_characteristic"):
                fields[name].queryset = study.characteristics.all()  # type: ignore[attr-defined]
        return fields


class TargetIn(CellIn):
    minimum = serializers.IntegerField(min_value=0, max_value=9999, allow_null=True, default=None)
    maximum = serializers.IntegerField(min_value=0, max_value=9999, allow_null=True, default=None)
    reason = serializers.CharField()


class TargetOut(serializers.ModelSerializer[SamplingTarget]):
    class Meta:
        model = SamplingTarget
        fields = [
            "id", "group", "site", "characteristic", "value", "second_characteristic", "second_value",
            "minimum", "maximum", "reason", "set_at", "set_by",
        ]  # fmt: skip


class StandingsOut(serializers.Serializer[Any]):
    """How many people of a cell stand where; no group or no site means all."""

    group = serializers.UUIDField(allow_null=True, source="group.id", default=None)
    site = serializers.UUIDField(allow_null=True, source="site.id", default=None)
    minimum = serializers.IntegerField(allow_null=True, source="standings.target.minimum")
    maximum = serializers.IntegerField(allow_null=True, source="standings.target.maximum")
    interviewed = serializers.IntegerField(source="standings.interviewed")
    booked = serializers.IntegerField(source="standings.booked")
    invited = serializers.IntegerField(source="standings.invited")
    to_find = serializers.IntegerField(source="standings.to_find")
    state = serializers.CharField(source="standings.state")


class BoardOut(serializers.Serializer[Any]):
    cells = StandingsOut(many=True)
    totals = StandingsOut(many=True)
    to_find = serializers.IntegerField()


class RecruitmentRoundIn(CellIn):
    group = serializers.PrimaryKeyRelatedField(
        queryset=ParticipantGroup.objects.none(), allow_null=True, default=None
    )
    title = serializers.CharField(max_length=160)
    origin = serializers.ChoiceField(choices=RecruitmentRound.Origin.choices)
    rationale = serializers.CharField()
    finding = serializers.CharField(allow_blank=True, default="")
    query = serializers.CharField(max_length=500, allow_blank=True, default="")
    profile = serializers.CharField(allow_blank=True, default="")
    wanted = serializers.IntegerField(min_value=0, max_value=9999, allow_null=True, default=None)
    opened_on = serializers.DateField(required=False)
    planned_until = serializers.DateField(allow_null=True, default=None)


class CloseRecruitmentIn(serializers.Serializer[Any]):
    on = serializers.DateField(required=False)
    outcome = serializers.CharField(allow_blank=True, default="")


class RecruitmentRoundOut(serializers.ModelSerializer[RecruitmentRound]):
    class Meta:
        model = RecruitmentRound
        fields = [
            "id", "number", "title", "origin", "rationale", "finding", "query", "group", "site",
            "characteristic", "value", "second_characteristic", "second_value", "profile", "wanted",
            "opened_on", "opened_by", "planned_until", "closed_on", "closed_by", "outcome",
        ]  # fmt: skip


class SamplingBoard(StudyView):
    access = Permission.PARTICIPANTS_VIEW
    serializer_class = BoardOut

    @extend_schema(operation_id="sampling_board", summary="Groups by sites against their targets")
    def get(self, request: Request, study_id: UUID) -> Response:
        found = board(self.membership)
        facts = {
            "cells": [cell for row in found.rows for cell in row.cells],
            "totals": [row.total for row in found.rows],
            "to_find": found.to_find,
        }
        return Response(self.get_serializer(facts).data)


class Targets(StudyView):
    access = _VIEW_OR_EDIT
    serializer_class = TargetOut

    @extend_schema(
        operation_id="targets_list",
        summary="Targets that hold now, of groups, sites and characteristics",
        responses=TargetOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return Response(self.get_serializer(standing_targets(self.study), many=True).data)

    @extend_schema(
        operation_id="target_set",
        summary="Set the target of a cell; 200 where it was so already",
        request=TargetIn,
        responses={201: TargetOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(TargetIn)
        numbers = {name: given.pop(name) for name in ("minimum", "maximum", "reason")}
        made = actions.set_target(
            study=self.study, cell=actions.CellOf(**given), **numbers, by=self.person, now=timezone.now()
        )
        return self.made(made) if made else Response({})


class RecruitmentRounds(StudyView):
    access = _VIEW_OR_EDIT
    serializer_class = RecruitmentRoundOut

    @extend_schema(
        operation_id="recruitment_rounds_list",
        summary="Returns to the field",
        responses=RecruitmentRoundOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.recruitment_rounds.all())

    @extend_schema(
        operation_id="recruitment_round_open",
        summary="Open a recruitment round",
        request=RecruitmentRoundIn,
        responses={201: RecruitmentRoundOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(RecruitmentRoundIn)
        return self.made(actions.open_round(study=self.study, **given, by=self.person, now=timezone.now()))


class CloseRecruitmentRound(StudyView):
    access = Permission.PARTICIPANTS_EDIT
    serializer_class = RecruitmentRoundOut

    @extend_schema(
        operation_id="recruitment_round_close",
        summary="Close a recruitment round",
        request=CloseRecruitmentIn,
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        round = get_object_or_404(self.study.recruitment_rounds, id=round_id)
        closed = actions.close_round(
            round=round, **self.given(CloseRecruitmentIn), by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(closed).data)
