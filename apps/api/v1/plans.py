"""The plan of a round: written down, changed and thrown away before its draw."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.agreement import actions, queries
from apps.agreement.models import OwnNumber, Round
from apps.agreement.models.rounds import default_levels
from apps.api.v1.agreement import RoundOut, RoundView
from apps.codebooks.models import CodebookVersion
from apps.participants.models import Rule
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion

STRATA = list(Round.Stratum.values)


class BatchIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    size = serializers.IntegerField(
        min_value=1,
        max_value=1000,
        required=False,
        allow_null=True,
        default=None,
        help_text="Transcripts, in the order of the draw. The last batch takes the rest.",
    )


class OwnNumberIn(serializers.Serializer[Any]):
    stratum = serializers.ChoiceField(choices=Round.Stratum.choices)
    of = serializers.CharField(
        max_length=120,
        help_text="The id of the group, site or interviewer, or the name of one without an account.",
    )
    number = serializers.IntegerField(
        min_value=0, max_value=1000, required=False, allow_null=True, default=None
    )
    share = serializers.FloatField(
        min_value=0,
        max_value=1,
        required=False,
        allow_null=True,
        default=None,
        help_text="Of the interviews of that group, site or interviewer.",
    )


class PlanIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Round.Kind.choices, default=Round.Kind.MAIN)
    codebook_version = serializers.PrimaryKeyRelatedField(queryset=CodebookVersion.objects.none())
    coders = serializers.PrimaryKeyRelatedField(queryset=User.objects.none(), many=True)
    adjudicator = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())
    picked = serializers.PrimaryKeyRelatedField(
        queryset=TranscriptVersion.objects.none(), many=True, default=list
    )
    rationale = serializers.CharField(allow_blank=True, default="")
    hold_minutes = serializers.IntegerField(min_value=0, max_value=1440, default=15)
    strata = serializers.MultipleChoiceField(choices=Round.Stratum.choices, default=lambda: set(STRATA))
    at_least = serializers.IntegerField(min_value=0, max_value=1000, default=12)
    share = serializers.FloatField(min_value=0, max_value=1, default=0.2)
    per_group = serializers.IntegerField(min_value=0, max_value=100, default=3)
    per_site = serializers.IntegerField(min_value=0, max_value=100, default=1)
    per_interviewer = serializers.IntegerField(min_value=0, max_value=100, default=1)
    own_numbers = OwnNumberIn(
        many=True, default=list, help_text="For some, instead of the number from each: a number or a share."
    )
    coders_per_transcript = serializers.IntegerField(min_value=2, max_value=8, default=2)
    seed = serializers.IntegerField(min_value=0, max_value=2**53, default=1)
    if_interviewed = serializers.ChoiceField(choices=Rule.choices, default=Rule.ALLOW)
    tolerance_unit = serializers.ChoiceField(
        choices=Round.ToleranceUnit.choices, default=Round.ToleranceUnit.SHARE
    )
    tolerance = serializers.FloatField(min_value=0, max_value=1000, default=0.5)
    levels = serializers.MultipleChoiceField(
        choices=Round.Level.choices, default=lambda: set(default_levels())
    )
    thresholds = serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=1), default=list, max_length=5
    )
    has_coefficients = serializers.BooleanField(default=True)
    has_sealed_proposals = serializers.BooleanField(default=False)
    has_unnamed_sides = serializers.BooleanField(default=False)
    batches = BatchIn(many=True, default=list, help_text="Released one by one; none: all together.")

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            members = User.objects.filter(memberships__study=study, memberships__left_at=None)
            fields["codebook_version"].queryset = CodebookVersion.objects.filter(codebook__study=study)
            fields["coders"].child_relation.queryset = members
            fields["adjudicator"].queryset = members
            versions = TranscriptVersion.objects.filter(transcript__study=study)
            fields["picked"].child_relation.queryset = versions
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["tolerance_unit"] == Round.ToleranceUnit.SHARE and not 0 < attrs["tolerance"] <= 1:
            raise serializers.ValidationError({"tolerance": "A share lies above 0 and not above 1."})
        attrs["strata"] = [each for each in STRATA if each in attrs["strata"]]
        attrs["levels"] = [each for each in default_levels() if each in attrs["levels"]]
        attrs["kind"] = Round.Kind(attrs["kind"])
        attrs["own_numbers"] = [OwnNumber(**each) for each in attrs["own_numbers"]]
        attrs["batches"] = [(each["name"], each["size"]) for each in attrs["batches"]]
        return attrs


class OwnNumberOut(serializers.Serializer[Any]):
    stratum = serializers.CharField()
    of = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    share = serializers.FloatField(allow_null=True)


class PlanOut(RoundOut):
    own_numbers = serializers.SerializerMethodField()

    @extend_schema_field(OwnNumberOut(many=True))
    def get_own_numbers(self, round: Round) -> list[dict[str, Any]]:
        """Without those of sites for whoever may not know the sites."""
        with_sites = queries.may_see_sites(membership=self.context["view"].membership)
        lines = queries.own_numbers(round=round, with_sites=with_sites)
        shown = {(line.part.stratum, line.part.of) for line in lines}
        return [each for each in round.own_numbers if (each["stratum"], each["of"]) in shown]

    class Meta(RoundOut.Meta):
        fields = [
            *RoundOut.Meta.fields,
            "strata",
            "at_least",
            "share",
            "per_group",
            "per_site",
            "per_interviewer",
            "own_numbers",
            "coders_per_transcript",
            "if_interviewed",
            "tolerance_unit",
            "levels",
            "thresholds",
            "has_coefficients",
            "has_sealed_proposals",
            "has_unnamed_sides",
            "drawn_at",
        ]


class Plans(RoundView):
    access = {"POST": Permission.ROUNDS_PLAN}
    serializer_class = PlanOut

    @extend_schema(
        operation_id="round_plan", summary="Plan a round", request=PlanIn, responses={201: PlanOut}
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(PlanIn)
        picked = given.pop("picked")
        planned = actions.plan_round(
            study=self.study, plan=actions.Plan(**given), picked=picked, by=self.person, now=timezone.now()
        )
        return self.made(planned)


class OnePlan(RoundView):
    access = {
        "GET": Permission.ROUNDS_VIEW,
        "PUT": Permission.ROUNDS_PLAN,
        "DELETE": Permission.ROUNDS_PLAN,
    }
    serializer_class = PlanOut

    @extend_schema(operation_id="round_plan_read", summary="The plan of a round")
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        return Response(self.get_serializer(self.round(round_id)).data)

    @extend_schema(operation_id="round_plan_change", summary="Change a plan before its draw", request=PlanIn)
    def put(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        round = self.round(round_id)
        given = self.given(PlanIn)
        picked = given.pop("picked")
        plan = actions.Plan(**given)
        changed = actions.change_plan(
            round=round, plan=plan, picked=picked, by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(changed).data)

    @extend_schema(operation_id="round_plan_discard", summary="Throw a plan away before its draw")
    def delete(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        actions.discard_plan(round=self.round(round_id), by=self.person, now=timezone.now())
        return Response(status=204)
