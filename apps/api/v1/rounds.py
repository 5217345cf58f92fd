"""A round planned, drawn and looked after."""

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
from apps.agreement.models import Round, RoundTranscript, Ruling
from apps.agreement.models.rounds import default_levels
from apps.api.v1.agreement import RoundOut, RoundView
from apps.codebooks.models import Code, CodebookVersion
from apps.coding.models import CodingAssignment
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
        attrs["batches"] = [(each["name"], each["size"]) for each in attrs["batches"]]
        return attrs


class PlanOut(RoundOut):
    class Meta(RoundOut.Meta):
        fields = [
            *RoundOut.Meta.fields,
            "strata",
            "at_least",
            "share",
            "per_group",
            "per_site",
            "per_interviewer",
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


class TakenOut(serializers.Serializer[Any]):
    transcript_version = serializers.UUIDField(source="version.id")
    pseudonym = serializers.CharField()
    stratum = serializers.ListField(child=serializers.CharField())
    why = serializers.CharField()
    coders = serializers.SerializerMethodField()
    remarks = serializers.ListField(child=serializers.CharField())
    is_picked_by_hand = serializers.BooleanField()
    batch = serializers.CharField()

    def get_coders(self, taken: queries.Taken) -> list[str]:
        return [str(coder.id) for coder in taken.coders]


class LeftOutOut(serializers.Serializer[Any]):
    pseudonym = serializers.CharField()
    reason = serializers.CharField()


class DrawPreviewOut(serializers.Serializer[Any]):
    digest = serializers.CharField(help_text="Send it back as `shown` to draw exactly this.")
    known = serializers.IntegerField()
    wanted = serializers.IntegerField()
    still_wanted = serializers.IntegerField()
    open_minima = serializers.ListField(child=serializers.CharField())
    taken = TakenOut(many=True)
    left_out = LeftOutOut(many=True)


class DrawIn(serializers.Serializer[Any]):
    shown = serializers.CharField(allow_blank=True, default="")
    limit = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class RoundMemberOut(serializers.ModelSerializer[RoundTranscript]):
    class Meta:
        model = RoundTranscript
        fields = [
            "id",
            "transcript_version",
            "batch",
            "position",
            "is_picked_by_hand",
            "withdrawn_at",
            "unblinded_at",
        ]


class ReplaceIn(serializers.Serializer[Any]):
    leaving = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())
    instead = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.none(), required=False, allow_null=True, default=None
    )

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            fields["leaving"].queryset = User.objects.filter(memberships__study=study)
            team = User.objects.filter(memberships__study=study, memberships__left_at=None)
            fields["instead"].queryset = team
        return fields


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class RulingIn(serializers.Serializer[Any]):
    code = serializers.PrimaryKeyRelatedField(queryset=Code.objects.none())
    text = serializers.CharField(max_length=2000)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            fields["code"].queryset = Code.objects.filter(version__codebook__study=study)
        return fields


class RulingOut(serializers.ModelSerializer[Ruling]):
    class Meta:
        model = Ruling
        fields = ["id", "code", "text", "given_by", "given_at"]


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


class Draw(RoundView):
    access = {"GET": Permission.ROUNDS_PLAN, "POST": Permission.ROUNDS_PLAN}
    serializer_class = DrawPreviewOut

    @extend_schema(operation_id="round_draw_preview", summary="What would be drawn now, and what is left out")
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        return Response(self.get_serializer(queries.preview(round=self.round(round_id))).data)

    @extend_schema(
        operation_id="round_draw",
        summary="Draw, assign and tell the coders",
        request=DrawIn,
        responses={201: RoundMemberOut(many=True)},
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        round = self.round(round_id)
        drawn = actions.draw(round=round, **self.given(DrawIn), by=self.person, now=timezone.now())
        return Response(RoundMemberOut(drawn, many=True).data, status=201)


class EndDraw(RoundView):
    access = Permission.ROUNDS_PLAN
    serializer_class = PlanOut

    @extend_schema(operation_id="round_draw_end", summary="Draw no more for a round", request=None)
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        round = actions.end_draw(round=self.round(round_id), by=self.person, now=timezone.now())
        return Response(self.get_serializer(round).data)


class Members(RoundView):
    access = Permission.ROUNDS_VIEW
    serializer_class = RoundMemberOut

    @extend_schema(
        operation_id="round_transcripts_list",
        summary="The transcripts of a round",
        responses=RoundMemberOut(many=True),
    )
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        return self.page(self.round(round_id).transcripts.all())


class Withdraw(RoundView):
    access = Permission.ROUNDS_PLAN
    serializer_class = RoundMemberOut

    @extend_schema(
        operation_id="round_transcript_withdraw", summary="Take a transcript out of a round", request=ReasonIn
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID, member_id: UUID) -> Response:
        member = get_object_or_404(self.round(round_id).transcripts, id=member_id)
        reason = self.given(ReasonIn)["reason"]
        gone = actions.withdraw_transcript(member=member, reason=reason, by=self.person, now=timezone.now())
        return Response(self.get_serializer(gone).data)


class ReopenIn(serializers.Serializer[Any]):
    coder = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000)


class NewPassOut(serializers.ModelSerializer[CodingAssignment]):
    class Meta:
        model = CodingAssignment
        fields = ["id", "kind", "state", "coder", "transcript_version", "codebook_version"]


class Reopen(RoundView):
    access = Permission.ROUNDS_PLAN
    serializer_class = NewPassOut

    @extend_schema(
        operation_id="round_transcript_reopen",
        summary="Give a released transcript to one of its coders anew: a pass that is not counted",
        request=ReopenIn,
        responses={201: NewPassOut},
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID, member_id: UUID) -> Response:
        member = get_object_or_404(self.round(round_id).transcripts, id=member_id)
        given = self.given(ReopenIn)
        coder = get_object_or_404(
            User, id__in=self.study.memberships.filter(user=given.pop("coder")).values("user")
        )
        return self.made(
            actions.reopen(member=member, coder=coder, **given, by=self.person, now=timezone.now())
        )


class Replace(RoundView):
    access = Permission.ROUNDS_PLAN
    serializer_class = PlanOut

    @extend_schema(
        operation_id="round_coder_replace", summary="A coder leaves; another takes over", request=ReplaceIn
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        round = self.round(round_id)
        actions.replace_coder(round=round, **self.given(ReplaceIn), by=self.person, now=timezone.now())
        return Response(self.get_serializer(self.round(round_id)).data)


class Rulings(RoundView):
    access = {"GET": Permission.ROUNDS_VIEW, "POST": Permission.ROUNDS_PLAN}
    serializer_class = RulingOut

    @extend_schema(
        operation_id="rulings_list", summary="The rulings of a round", responses=RulingOut(many=True)
    )
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        return self.page(self.round(round_id).rulings.all())

    @extend_schema(
        operation_id="ruling_give",
        summary="Clarify a definition for all coders at once",
        request=RulingIn,
        responses={201: RulingOut},
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        round = self.round(round_id)
        ruling = actions.give_ruling(round=round, **self.given(RulingIn), by=self.person, now=timezone.now())
        return self.made(ruling)
