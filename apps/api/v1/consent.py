"""Consent forms, what people have answered to them, and whether they may be contacted."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.participants import actions
from apps.participants.models import (
    Consent,
    ConsentAnswer,
    ConsentClause,
    ConsentScope,
    ConsentVersion,
    ContactPermission,
    Participant,
)
from apps.studies.permissions import Permission

_VIEW_OR_EDIT = {
    "GET": Permission.PARTICIPANTS_VIEW,
    "POST": Permission.PARTICIPANTS_EDIT,
    "PUT": Permission.PARTICIPANTS_EDIT,
}
ANSWERS = [choice for choice in ConsentAnswer.Answer.choices if choice[0] in ("yes", "no")]


class ClauseIn(serializers.Serializer[Any]):
    scope = serializers.ChoiceField(choices=ConsentScope.choices)
    wording = serializers.CharField(allow_blank=True, default="")


class ConsentVersionIn(serializers.Serializer[Any]):
    """Without clauses a form begins with the usual ones."""

    label = serializers.CharField(max_length=80)  # type: ignore[assignment]
    used_from = serializers.DateField(allow_null=True, default=None)
    clauses = ClauseIn(many=True, default=list)

    def validate_clauses(self, value: list[dict[str, str]]) -> list[actions.Clause]:
        return [actions.Clause(**each) for each in value]


class ClauseOut(serializers.ModelSerializer[ConsentClause]):
    class Meta:
        model = ConsentClause
        fields = ["id", "scope", "wording", "position"]


class ConsentVersionOut(serializers.ModelSerializer[ConsentVersion]):
    clauses = ClauseOut(many=True)

    class Meta:
        model = ConsentVersion
        fields = ["id", "created_at", "label", "used_from", "clauses"]


class AnswerIn(serializers.Serializer[Any]):
    clause = serializers.UUIDField()
    answer = serializers.ChoiceField(choices=ANSWERS)


class ConsentIn(serializers.Serializer[Any]):
    """All that somebody answered to one form; a clause that is left out is not recorded."""

    version = serializers.PrimaryKeyRelatedField(queryset=ConsentVersion.objects.none())
    given_on = serializers.DateField(allow_null=True, default=None)
    way = serializers.ChoiceField(choices=Consent.Way.choices, default="written")
    answers = AnswerIn(many=True)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if study := self.context.get("study"):
            fields["version"].queryset = study.consent_versions.all()  # type: ignore[attr-defined]
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        clauses = {each.id: each for each in attrs["version"].clauses.all()}
        unknown = [each["clause"] for each in attrs["answers"] if each["clause"] not in clauses]
        if unknown:
            raise serializers.ValidationError({"answers": "This form has no such clause."})
        given = {clauses[each["clause"]]: each["answer"] for each in attrs.pop("answers")}
        answers = actions.Answers(attrs.pop("given_on"), attrs.pop("way"), given)
        return {**attrs, "answers": answers}


class AnswerOut(serializers.ModelSerializer[ConsentAnswer]):
    scope = serializers.CharField(source="clause.scope")

    class Meta:
        model = ConsentAnswer
        fields = ["clause", "scope", "answer", "answered_on"]


class ConsentOut(serializers.ModelSerializer[Consent]):
    answers = AnswerOut(many=True)

    class Meta:
        model = Consent
        fields = ["id", "version", "given_on", "way", "answers"]


class TakeBackIn(serializers.Serializer[Any]):
    """Without scopes everything that somebody agreed to is taken back."""

    on = serializers.DateField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=ConsentScope.choices), default=list)


class TakenBackOut(serializers.Serializer[Any]):
    scopes = serializers.ListField(child=serializers.CharField())


class PermissionIn(serializers.Serializer[Any]):
    """An empty answer takes back what was recorded by mistake."""

    answer = serializers.ChoiceField(choices=ContactPermission.Answer.choices, allow_blank=True)
    given_on = serializers.DateField(allow_null=True, default=None)
    basis = serializers.CharField(max_length=200, allow_blank=True, default="")


class PermissionOut(serializers.ModelSerializer[ContactPermission]):
    class Meta:
        model = ContactPermission
        fields = ["answer", "given_on", "basis"]


class Versions(StudyView):
    access = _VIEW_OR_EDIT
    serializer_class = ConsentVersionOut

    @extend_schema(
        operation_id="consent_versions_list",
        summary="Versions of the consent form with their clauses",
        responses=ConsentVersionOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.consent_versions.prefetch_related("clauses"))

    @extend_schema(
        operation_id="consent_version_add",
        summary="Add a version of the form",
        request=ConsentVersionIn,
        responses={201: ConsentVersionOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(ConsentVersionIn)
        return self.made(
            actions.add_consent_version(study=self.study, **given, by=self.person, now=timezone.now())
        )


class OneVersion(StudyView):
    access = _VIEW_OR_EDIT
    serializer_class = ConsentVersionOut

    @extend_schema(operation_id="consent_version", summary="One version of the form")
    def get(self, request: Request, study_id: UUID, consent_version_id: UUID) -> Response:
        return Response(self.get_serializer(self._version(consent_version_id)).data)

    @extend_schema(
        operation_id="consent_version_change",
        summary="Put a version right; its clauses only while nobody has answered",
        request=ConsentVersionIn,
    )
    def put(self, request: Request, study_id: UUID, consent_version_id: UUID) -> Response:
        version, given = self._version(consent_version_id), self.given(ConsentVersionIn)
        changed = actions.change_consent_version(version=version, **given, by=self.person, now=timezone.now())
        return Response(self.get_serializer(changed).data)

    def _version(self, key: UUID) -> ConsentVersion:
        return get_object_or_404(self.study.consent_versions, id=key)


class _OfAPerson(StudyView):
    """What one of the people whom the member may see has agreed to."""

    access = _VIEW_OR_EDIT

    def found(self, participant_id: UUID) -> Participant:
        return get_object_or_404(Participant.objects.visible_to(self.membership), id=participant_id)


class Consents(_OfAPerson):
    serializer_class = ConsentOut

    @extend_schema(
        operation_id="consents_of_person",
        summary="What somebody has answered, form by form",
        responses=ConsentOut(many=True),
    )
    def get(self, request: Request, study_id: UUID, participant_id: UUID) -> Response:
        return self.page(self.found(participant_id).consents.prefetch_related("answers__clause"))

    @extend_schema(
        operation_id="consent_record",
        summary="Record what somebody has answered to one form; sending it twice changes nothing",
        request=ConsentIn,
        responses={200: ConsentOut, 204: None},
    )
    def put(self, request: Request, study_id: UUID, participant_id: UUID) -> Response:
        person, given = self.found(participant_id), self.given(ConsentIn)
        made = actions.record_consent(participant=person, **given, by=self.person, now=timezone.now())
        return Response(self.get_serializer(made).data) if made else Response(status=204)


class TakeBack(_OfAPerson):
    access = Permission.PARTICIPANTS_EDIT  # type: ignore[assignment]
    serializer_class = TakenBackOut

    @extend_schema(
        operation_id="consent_withdraw", summary="Take back what somebody agreed to", request=TakeBackIn
    )
    def post(self, request: Request, study_id: UUID, participant_id: UUID) -> Response:
        person, given = self.found(participant_id), self.given(TakeBackIn)
        scopes = actions.withdraw_consent(participant=person, **given, by=self.person, now=timezone.now())
        return Response(self.get_serializer({"scopes": scopes}).data)


class ContactPermissions(_OfAPerson):
    serializer_class = PermissionOut

    @extend_schema(
        operation_id="contact_permission", summary="Whether somebody may be contacted; 404 if not recorded"
    )
    def get(self, request: Request, study_id: UUID, participant_id: UUID) -> Response:
        row = ContactPermission.objects.filter(participant=self.found(participant_id)).first()
        if row is None:
            raise Http404
        return Response(self.get_serializer(row).data)

    @extend_schema(
        operation_id="contact_permission_set",
        summary="Say whether somebody may be contacted",
        request=PermissionIn,
        responses={200: PermissionOut, 204: None},
    )
    def put(self, request: Request, study_id: UUID, participant_id: UUID) -> Response:
        person, given = self.found(participant_id), self.given(PermissionIn)
        row = actions.permit_contact(participant=person, **given, by=self.person, now=timezone.now())
        return Response(self.get_serializer(row).data) if row else Response(status=204)
