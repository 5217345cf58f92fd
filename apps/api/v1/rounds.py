"""A round drawn and looked after."""

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
from apps.agreement.models import RoundTranscript, Ruling
from apps.api.v1.agreement import RoundView
from apps.api.v1.plans import PlanOut
from apps.codebooks.models import Code
from apps.coding.models import CodingAssignment
from apps.studies.permissions import Permission


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


class ShortOut(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="A group, site or interviewer.")
    wanted = serializers.IntegerField()
    possible = serializers.IntegerField(help_text="With all that may become ready one day.")


class DrawPreviewOut(serializers.Serializer[Any]):
    digest = serializers.CharField(help_text="Send it back as `shown` to draw exactly this.")
    known = serializers.IntegerField()
    wanted = serializers.IntegerField()
    still_wanted = serializers.IntegerField()
    open_minima = serializers.ListField(child=serializers.CharField())
    out_of_reach = ShortOut(many=True)
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


class DrawAgain(RoundView):
    access = Permission.ROUNDS_PLAN
    serializer_class = PlanOut

    @extend_schema(
        operation_id="round_draw_again",
        summary="Take back, until the release, that no more is drawn",
        request=None,
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        round = actions.take_up_draw(round=self.round(round_id), by=self.person, now=timezone.now())
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


class AdjudicatorIn(serializers.Serializer[Any]):
    instead = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            team = User.objects.filter(memberships__study=study, memberships__left_at=None)
            fields["instead"].queryset = team
        return fields


class Adjudicator(RoundView):
    access = Permission.ROUNDS_PLAN
    serializer_class = PlanOut

    @extend_schema(
        operation_id="round_adjudicator_replace",
        summary="Name another adjudicator, until the close",
        request=AdjudicatorIn,
    )
    def post(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        changed = actions.replace_adjudicator(
            round=self.round(round_id), **self.given(AdjudicatorIn), by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(changed).data)


class LeftToOthersOut(serializers.Serializer[Any]):
    transcript = serializers.CharField()
    count = serializers.IntegerField(help_text="Discrepancies that wait.")
    deciders = serializers.ListField(child=serializers.CharField(), help_text="By name; none: nobody can.")


class LeftToOthers(RoundView):
    access = Permission.DISCREPANCIES_SETTLE
    serializer_class = LeftToOthersOut

    @extend_schema(
        operation_id="round_left_to_others",
        summary="What waits for a decision that the adjudicator may not make, and who can",
        responses=LeftToOthersOut(many=True),
    )
    def get(self, request: Request, study_id: UUID, round_id: UUID) -> Response:
        found = queries.left_to_others(round=self.round(round_id), reader=self.person)
        return Response(self.get_serializer(found, many=True).data)


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
