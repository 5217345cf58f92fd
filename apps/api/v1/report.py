from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.agreement import engine, queries
from apps.agreement.models import AgreementRun
from apps.api.v1.agreement import RoundView
from apps.studies.permissions import Permission

SPEAKERS = {
    "participants": "tables",
    "all but interviewers": "tables_with_others",
    "everybody": "tables_of_everybody",
}


class ChoiceIn(serializers.Serializer[Any]):
    level = serializers.ChoiceField(choices=engine.LEVELS, required=False)
    group = serializers.UUIDField(required=False)
    site = serializers.UUIDField(required=False, help_text="Only for those who may see sites.")
    interviewer = serializers.CharField(required=False, help_text="An id, or a name where there is none.")
    first_coder = serializers.UUIDField(required=False)
    second_coder = serializers.UUIDField(required=False)
    construct = serializers.UUIDField(required=False)
    speakers = serializers.ChoiceField(choices=list(SPEAKERS), default="participants")
    interviewed_by_coder = serializers.ChoiceField(
        choices=["yes", "no"], default="", help_text="By one of those who coded the transcript."
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        coders = [asked.get("first_coder"), asked.get("second_coder")]
        if coders.count(None) == 1:
            raise serializers.ValidationError({"second_coder": "A pair is two coders."})
        run: AgreementRun = self.context["run"]
        if asked.get("level", "transcript") not in (*run.round.levels, "transcript"):
            raise serializers.ValidationError({"level": "This level was not planned."})
        if SPEAKERS[asked["speakers"]] not in queries.speakers_counted(run=run):
            raise serializers.ValidationError({"speakers": "There is no count of these speakers."})
        if None not in coders:
            pair = sorted(coders, key=str)
            known = {
                coder
                for each in run.scopes
                if each["by"] in ("all", "pair")
                for coder in each["pooled"]["coders"]
            }
            if pair[0] == pair[1] or not {str(coder) for coder in pair} <= known:
                raise serializers.ValidationError({"second_coder": "These two have not coded together."})
        return asked

    def choice(self) -> queries.Choice:
        asked = self.validated_data
        pair = sorted((id for id in (asked.get("first_coder"), asked.get("second_coder")) if id), key=str)
        return queries.Choice(
            level=asked.get("level", self.context["run"].round.levels[0]),
            group=asked.get("group"),
            site=asked.get("site") if self.context["with_sites"] else None,
            interviewer=asked.get("interviewer", ""),
            pair=(pair[0], pair[1]) if pair else None,
            construct=asked.get("construct"),
            speakers=SPEAKERS[asked["speakers"]],
            interviewed_by_coder=asked["interviewed_by_coder"],
        )


def _coded_together(run: AgreementRun, coders: set[str]) -> bool:
    pairs = [set(each["pooled"]["coders"]) for each in run.scopes if each["by"] in ("all", "pair")]
    return len(coders) == 2 and coders in pairs


class EstimateOut(serializers.Serializer[Any]):
    value = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_null=True, help_text="Why there is no value.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    interval_reason = serializers.CharField(allow_null=True, help_text="Why there is no interval.")


class FigureOut(serializers.Serializer[Any]):
    code = serializers.UUIDField(allow_null=True)
    level = serializers.CharField()
    kind = serializers.CharField()
    status = serializers.CharField()
    transcripts = serializers.IntegerField()
    units = serializers.IntegerField()
    coded_by = serializers.DictField(child=serializers.IntegerField())
    coded_by_any = serializers.IntegerField()
    both = serializers.IntegerField(source="counts.both", default=None)
    only_first = serializers.IntegerField(source="counts.only_first", default=None)
    only_second = serializers.IntegerField(source="counts.only_second", default=None)
    neither = serializers.IntegerField(source="counts.neither", default=None)
    by_number = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    estimates = serializers.DictField(child=EstimateOut())


class KindOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    number = serializers.IntegerField()


class PartOut(serializers.Serializer[Any]):
    by = serializers.CharField()
    value = serializers.CharField()
    name = serializers.CharField()
    transcripts = serializers.IntegerField()
    discrepancies = serializers.IntegerField()
    median_alpha = serializers.FloatField(source="spread.median", default=None)
    pooled = FigureOut()


class AgreementOut(serializers.Serializer[Any]):
    algorithm = serializers.CharField()
    input_hash = serializers.CharField()
    computed_at = serializers.DateTimeField()
    level = serializers.CharField()
    coders = serializers.ListField(
        child=serializers.UUIDField(), help_text="“First” and “second” mean this order."
    )
    transcripts = serializers.IntegerField()
    discrepancies = serializers.IntegerField()
    kinds = KindOut(many=True)
    results = FigureOut(many=True)
    discrepancies_by_code = serializers.DictField(child=serializers.IntegerField())
    parts = PartOut(many=True)
    confusions = serializers.SerializerMethodField()
    influences = serializers.SerializerMethodField()
    parameters = serializers.SerializerMethodField()
    left_out = serializers.SerializerMethodField()
    sentences = serializers.ListField(child=serializers.CharField())
    methods = serializers.CharField()
    batches_to_come = serializers.ListField(
        child=serializers.CharField(), help_text="In none of the figures: they are still blind."
    )

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_confusions(self, facts: dict[str, Any]) -> Any:
        return engine.to_plain(facts["computed"].confusions)

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_influences(self, facts: dict[str, Any]) -> Any:
        return engine.to_plain(facts["influences"])

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_parameters(self, facts: dict[str, Any]) -> Any:
        return engine.to_plain(facts["computed"].parameters)

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_left_out(self, facts: dict[str, Any]) -> Any:
        return engine.to_plain(facts["computed"].left_out)


class Agreement(RoundView):
    access = Permission.AGREEMENT_VIEW
    serializer_class = AgreementOut

    @extend_schema(
        operation_id="agreement_read",
        summary="The agreement of a round, for some transcripts or coders, from what is stored",
        parameters=[ChoiceIn],
    )
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        round = self.round(round_id)
        run = queries.latest_run(round=round)
        if run is None or queries.is_blind_again(round=round, user=self.person):
            raise Http404
        with_sites = queries.may_see_sites(membership=self.membership)
        asked = ChoiceIn(data=request.query_params, context={"run": run, "with_sites": with_sites})
        asked.is_valid(raise_exception=True)
        table = queries.report(run=run, choice=asked.choice())
        parts = queries.breakdown(run=run, level=table.choice.level)
        if not with_sites:
            parts.pop("site", None)
        return Response(self.get_serializer(_facts(table, parts)).data)


def _facts(table: queries.ReportTable, parts: dict[str, list[queries.ScopeLine]]) -> dict[str, Any]:
    lines = [*table.lines, *table.constructs]
    return {
        "algorithm": table.run.algorithm,
        "input_hash": table.run.input_hash,
        "computed_at": table.run.computed_at,
        "level": table.choice.level,
        "coders": [coder.id for coder in table.coders],
        "transcripts": table.transcripts,
        "discrepancies": table.discrepancies,
        "kinds": [{"kind": kind, "number": number} for kind, _label, number in table.kinds],
        "results": [line.figure for line in lines] + [each for each in (table.pooled,) if each],
        "discrepancies_by_code": {str(line.code.id): line.discrepancies for line in lines},
        "parts": [line for lines_of in parts.values() for line in lines_of],
        "computed": table.computed,
        "influences": table.influences,
        "sentences": queries.sentences(table),
        "methods": queries.methods_sentences(table),
        "batches_to_come": queries.to_come(run=table.run),
    }
