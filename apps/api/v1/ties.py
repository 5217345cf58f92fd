from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.api.access import StudyView
from apps.participants import actions
from apps.participants.models import Participant, Rule, Tie
from apps.studies.models import ParticipantGroup, Site
from apps.studies.permissions import Permission


class TieOut(serializers.ModelSerializer[Tie]):
    class Meta:
        model = Tie
        fields = [
            "id",
            "created_at",
            "member",
            "kind",
            "site",
            "group",
            "participant",
            "note",
            "interview",
            "code",
            "decide",
        ]


class RulesIn(serializers.Serializer[Any]):
    note = serializers.CharField(allow_blank=True, default="", max_length=2000)
    interview = serializers.ChoiceField(choices=Rule.choices, default=Rule.WARN)
    code = serializers.ChoiceField(choices=Rule.choices, default=Rule.WARN)
    decide = serializers.ChoiceField(choices=Rule.choices, default=Rule.WARN)


class TieIn(RulesIn):
    member = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())
    kind = serializers.ChoiceField(choices=Tie.Kind.choices, default=Tie.Kind.KNOWS)
    site = serializers.PrimaryKeyRelatedField(queryset=Site.objects.none(), required=False)
    group = serializers.PrimaryKeyRelatedField(queryset=ParticipantGroup.objects.none(), required=False)
    participant = serializers.PrimaryKeyRelatedField(queryset=Participant.objects.none(), required=False)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            team = User.objects.filter(memberships__study=study, memberships__left_at=None)
            fields["member"].queryset = team
            fields["site"].queryset = study.sites.all()
            fields["group"].queryset = study.groups.all()
            fields["participant"].queryset = study.participants.all()
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [attrs.pop(name) for name in ("site", "group", "participant") if name in attrs]
        if len(named) != 1:
            raise serializers.ValidationError("Name one: a site, a group or a participant.")
        return {**attrs, "to": named[0]}


class Ties(StudyView):
    access = {"GET": Permission.PARTICIPANTS_EDIT, "POST": Permission.PARTICIPANTS_EDIT}
    serializer_class = TieOut

    @extend_schema(operation_id="ties_list", summary="The register of ties", responses=TieOut(many=True))
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.ties.all())

    @extend_schema(operation_id="tie_record", summary="Record a tie", request=TieIn, responses={201: TieOut})
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(TieIn)
        tie = actions.record_tie(study=self.study, **given, by=self.person, now=timezone.now())
        return Response(self.get_serializer(tie).data, status=201)


class OneTie(StudyView):
    access = {
        "GET": Permission.PARTICIPANTS_EDIT,
        "PUT": Permission.PARTICIPANTS_EDIT,
        "DELETE": Permission.PARTICIPANTS_EDIT,
    }
    serializer_class = TieOut

    @extend_schema(operation_id="tie_read", summary="One tie")
    def get(self, request: Request, study_id: UUID, tie_id: UUID) -> Response:
        return Response(self.get_serializer(self.tie(tie_id)).data)

    @extend_schema(operation_id="tie_change", summary="Say anew what a tie does", request=RulesIn)
    def put(self, request: Request, study_id: UUID, tie_id: UUID) -> Response:
        rules = self.given(RulesIn)
        note = rules.pop("note")
        tie = actions.change_tie(
            tie=self.tie(tie_id), note=note, rules=rules, by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(tie).data)

    @extend_schema(operation_id="tie_remove", summary="Take a tie off the register")
    def delete(self, request: Request, study_id: UUID, tie_id: UUID) -> Response:
        actions.remove_tie(tie=self.tie(tie_id), by=self.person, now=timezone.now())
        return Response(status=204)

    def tie(self, tie_id: UUID) -> Tie:
        return get_object_or_404(self.study.ties.all(), id=tie_id)
