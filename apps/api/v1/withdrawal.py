"""Somebody's leaving: recorded and carried out in one act. Of the vault this knows only how to destroy."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.agreement import actions as agreement
from apps.api.access import StudyView
from apps.contacts import actions as contacts
from apps.participants import actions
from apps.participants.models import Participant, Withdrawal, WithdrawalRule
from apps.participants.queries.withdrawal import withdrawal_of
from apps.studies.permissions import Permission

_CLASSES = ("contact", "characteristics", "transcript", "codings", "quotes")


class WithdrawalIn(serializers.Serializer[Any]):
    """What becomes of each class of data; left out, all new use stops and what is done is kept."""

    asked_on = serializers.DateField()
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")
    contact = serializers.ChoiceField(choices=Withdrawal.Contact.choices, default="destroy")
    characteristics = serializers.ChoiceField(choices=Withdrawal.Characteristics.choices, default="keep")
    transcript = serializers.ChoiceField(choices=Withdrawal.Transcript.choices, default="stop")
    codings = serializers.ChoiceField(choices=Withdrawal.Codings.choices, default="keep")
    quotes = serializers.ChoiceField(choices=Withdrawal.Quotes.choices, default="stop")


class WithdrawalOut(serializers.ModelSerializer[Withdrawal]):
    class Meta:
        model = Withdrawal
        fields = ["id", "participant", "asked_on", "reason", *_CLASSES, "recorded_at"]


class RuleIn(serializers.Serializer[Any]):
    days_after_interview = serializers.IntegerField(
        min_value=0, max_value=32_767, allow_null=True, default=None
    )
    wording = serializers.CharField(allow_blank=True, default="")


class RuleOut(serializers.ModelSerializer[WithdrawalRule]):
    class Meta:
        model = WithdrawalRule
        fields = ["days_after_interview", "wording"]


class OneWithdrawal(StudyView):
    access = {"GET": Permission.PARTICIPANTS_EDIT, "POST": Permission.PARTICIPANTS_EDIT}
    serializer_class = WithdrawalOut

    @extend_schema(operation_id="withdrawal_read", summary="How somebody left; 404 for those who take part")
    def get(self, request: Request, study_id: UUID, participant_id: UUID) -> Response:
        found = withdrawal_of(self._person(participant_id))
        if found is None:
            raise Http404
        return Response(self.get_serializer(found).data)

    @extend_schema(
        operation_id="withdrawal_carry_out",
        summary="Record that somebody leaves, and carry it out; it cannot be taken back",
        request=WithdrawalIn,
        responses={201: WithdrawalOut},
    )
    def post(self, request: Request, study_id: UUID, participant_id: UUID) -> Response:
        person, given = self._person(participant_id), self.given(WithdrawalIn)
        made = agreement.carry_out_withdrawal(
            participant=person,
            asked_on=given["asked_on"],
            reason=given["reason"],
            wishes=actions.Wishes(**{name: given[name] for name in _CLASSES}),
            destroy=contacts.destroy,
            by=self.person,
            now=timezone.now(),
        )
        return self.made(made)

    def _person(self, participant_id: UUID) -> Participant:
        return get_object_or_404(Participant.objects.visible_to(self.membership), id=participant_id)


class Rule(StudyView):
    access = {"GET": Permission.STUDY_EDIT, "PUT": Permission.STUDY_EDIT}
    serializer_class = RuleOut

    @extend_schema(operation_id="withdrawal_rule", summary="What the information sheet promises")
    def get(self, request: Request, study_id: UUID) -> Response:
        found = WithdrawalRule.objects.filter(study=self.study).first()
        return Response(self.get_serializer(found or WithdrawalRule(study=self.study)).data)

    @extend_schema(operation_id="withdrawal_rule_set", summary="Set what the sheet promises", request=RuleIn)
    def put(self, request: Request, study_id: UUID) -> Response:
        given = self.given(RuleIn)
        rule = actions.set_withdrawal_rule(study=self.study, **given, by=self.person, now=timezone.now())
        return Response(self.get_serializer(rule).data)
