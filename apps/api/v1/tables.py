from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.exports import actions
from apps.exports.models import TableRelease
from apps.participants import actions as participants
from apps.participants.models import Characteristic
from apps.participants.queries.tables import (
    PaperTables,
    TableOptions,
    default_options,
    paper_tables,
)
from apps.studies.models import ParticipantGroup
from apps.studies.permissions import Permission


class TableOptionsIn(serializers.Serializer[Any]):
    """What the tables show; without `columns` all characteristics but those that identify somebody."""

    columns = serializers.ListField(child=serializers.UUIDField(), required=False)
    banded = serializers.ListField(child=serializers.UUIDField(), default=list)
    told = serializers.ListField(child=serializers.UUIDField(), default=list)
    named = serializers.BooleanField(default=True)
    threshold = serializers.IntegerField(min_value=2, max_value=1000, default=5)


class TableReleaseIn(TableOptionsIn):
    seen = serializers.CharField(max_length=64)
    reason = serializers.CharField(allow_blank=True, default="")


class TableReleaseOut(serializers.ModelSerializer[TableRelease]):
    class Meta:
        model = TableRelease
        fields = [
            "id", "options", "digest", "people_count", "at_risk_count", "unknown_count", "reason",
            "released_at", "released_by",
        ]  # fmt: skip


class PopulationIn(serializers.Serializer[Any]):
    """How many people a group was drawn from, or how many of them have a value; null takes it back."""

    group = serializers.PrimaryKeyRelatedField(queryset=ParticipantGroup.objects.none())
    characteristic = serializers.PrimaryKeyRelatedField(
        queryset=Characteristic.objects.none(), allow_null=True, default=None
    )
    value = serializers.CharField(max_length=300, allow_blank=True, default="")
    size = serializers.IntegerField(min_value=1, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if study := self.context.get("study"):
            fields["group"].queryset = study.groups.all()  # type: ignore[attr-defined]
            fields["characteristic"].queryset = study.characteristics.all()  # type: ignore[attr-defined]
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs["characteristic"]) != bool(attrs["value"]):
            raise serializers.ValidationError("A value and its characteristic go together.")
        return attrs


class TableRowOut(serializers.Serializer[Any]):
    group = serializers.CharField()
    pseudonym = serializers.CharField(allow_blank=True)
    cells = serializers.ListField(child=serializers.CharField())
    risk = serializers.ChoiceField(choices=["low", "high", "unknown"])
    matching = serializers.FloatField(allow_null=True)


class TablesOut(serializers.Serializer[Any]):
    """Rows with how many people of the population fit each; `digest` is what a sign-off names."""

    columns = serializers.ListField(child=serializers.CharField())
    rows = TableRowOut(many=True)
    footnotes = serializers.ListField(child=serializers.CharField())
    digest = serializers.CharField()

    def to_representation(self, instance: PaperTables) -> dict[str, Any]:
        return {
            "columns": [each.name for each in instance.columns],
            "rows": [
                {
                    "group": block.group.name,
                    "pseudonym": row.pseudonym,
                    "cells": list(row.cells),
                    "risk": judged.risk,
                    "matching": judged.matching,
                }
                for block in instance.by_person
                for row, judged in block.rows
            ],
            "footnotes": list(instance.footnotes),
            "digest": instance.digest,
        }


class Tables(StudyView):
    access = Permission.PARTICIPANTS_EDIT
    serializer_class = TablesOut

    @extend_schema(operation_id="tables_show", summary="Tables as they stand", request=TableOptionsIn)
    def post(self, request: Request, study_id: UUID) -> Response:
        options = _options(self, self.given(TableOptionsIn))
        return Response(self.get_serializer(paper_tables(self.membership, options)).data)


class Releases(StudyView):
    access = Permission.PARTICIPANTS_EDIT
    serializer_class = TableReleaseOut

    @extend_schema(
        operation_id="table_releases_list",
        summary="Tables that were signed off",
        responses=TableReleaseOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.table_releases.all())

    @extend_schema(
        operation_id="tables_release",
        summary="Sign off that tables may leave as they were seen",
        request=TableReleaseIn,
        responses={201: TableReleaseOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(TableReleaseIn)
        seen, reason = given.pop("seen"), given.pop("reason")
        made = actions.release_tables(
            membership=self.membership,
            options=_options(self, given),
            seen=seen,
            reason=reason,
            by=self.person,
            now=timezone.now(),
        )
        return self.made(made)


class Populations(StudyView):
    access = Permission.PARTICIPANTS_EDIT
    serializer_class = PopulationIn

    @extend_schema(operation_id="population_state", summary="State the size of a population")
    def put(self, request: Request, study_id: UUID) -> Response:
        given = self.given(PopulationIn)
        part = (given["group"], given["characteristic"], given["value"])
        participants.state_populations(
            study=self.study, sizes={part: given["size"]}, by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(given).data)


def _options(view: StudyView, given: dict[str, Any]) -> TableOptions:
    default = default_options(view.study)
    return TableOptions(
        columns=tuple(given["columns"]) if "columns" in given else default.columns,
        banded=frozenset(given["banded"]),
        told=frozenset(given["told"]),
        named=given["named"],
        threshold=given["threshold"],
    )
