from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.participants import actions, queries
from apps.participants.models import Characteristic, CharacteristicValue, Participant
from apps.studies.models import ParticipantGroup, Site
from apps.studies.permissions import Permission

_VIEW_OR_EDIT = {
    "GET": Permission.PARTICIPANTS_VIEW,
    "POST": Permission.PARTICIPANTS_EDIT,
    "PUT": Permission.PARTICIPANTS_EDIT,
    "DELETE": Permission.PARTICIPANTS_EDIT,
}


class ChangeIn(serializers.Serializer[Any]):
    site = serializers.PrimaryKeyRelatedField(queryset=Site.objects.none())
    reference = serializers.CharField(max_length=80, allow_blank=True, default="")
    note = serializers.CharField(allow_blank=True, default="")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if study := self.context.get("study"):
            fields["site"].queryset = study.sites.all()  # type: ignore[attr-defined]
        return fields


class ParticipantIn(ChangeIn):
    group = serializers.PrimaryKeyRelatedField(queryset=ParticipantGroup.objects.none())

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if study := self.context.get("study"):
            fields["group"].queryset = study.groups.all()
        return fields


class ValueIn(serializers.Serializer[Any]):
    """A value, or a state that says why there is none."""

    state = serializers.ChoiceField(choices=CharacteristicValue.State.choices, default="given")
    value = serializers.CharField(max_length=300, allow_blank=True, default="")


class ValueOut(serializers.ModelSerializer[CharacteristicValue]):
    class Meta:
        model = CharacteristicValue
        fields = ["characteristic", "state", "value"]


class ParticipantOut(serializers.ModelSerializer[Participant]):
    values = ValueOut(many=True)

    class Meta:
        model = Participant
        fields = ["id", "created_at", "pseudonym", "group", "site", "number", "reference", "note", "values"]


class NarrowIn(serializers.Serializer[Any]):
    group = serializers.UUIDField(required=False)
    site = serializers.UUIDField(required=False)


class CharacteristicIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=Characteristic.Kind.choices, default="text")
    choices = serializers.ListField(child=serializers.CharField(max_length=120), default=list)
    codes = serializers.DictField(child=serializers.CharField(max_length=120), default=dict)
    categories = serializers.DictField(child=serializers.CharField(max_length=120), default=dict)
    bands = serializers.ListField(child=serializers.IntegerField(), default=list)
    groups = serializers.PrimaryKeyRelatedField(
        queryset=ParticipantGroup.objects.none(), many=True, default=list
    )
    privacy_class = serializers.ChoiceField(
        choices=["open", "pseudonymous", "identifying"], default="pseudonymous"
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if study := self.context.get("study"):
            fields["groups"].child_relation.queryset = study.groups.all()  # type: ignore[attr-defined]
        return fields


class CharacteristicOut(serializers.ModelSerializer[Characteristic]):
    class Meta:
        model = Characteristic
        fields = [
            "id", "created_at", "name", "kind", "choices", "codes", "categories", "bands", "groups",
            "privacy_class", "position",
        ]  # fmt: skip


class People(StudyView):
    access = _VIEW_OR_EDIT
    serializer_class = ParticipantOut

    @extend_schema(
        operation_id="participants_list",
        summary="People; a recruiter sees those of their own site",
        parameters=[NarrowIn],
        responses=ParticipantOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        wanted = NarrowIn(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        return self.page(queries.people(self.membership, **wanted.validated_data))

    @extend_schema(
        operation_id="participant_add",
        summary="Add a person; the pseudonym is minted",
        request=ParticipantIn,
        responses={201: ParticipantOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(ParticipantIn)
        return self.made(actions.add(study=self.study, **given, by=self.person, now=timezone.now()))


class OfAPersonView(StudyView):
    """An endpoint of one of the people whom the member may see."""

    access = _VIEW_OR_EDIT

    def found(self, participant_id: UUID) -> Participant:
        return get_object_or_404(queries.people(self.membership), id=participant_id)


class OnePerson(OfAPersonView):
    serializer_class = ParticipantOut

    @extend_schema(operation_id="participant", summary="A person with what is known of them")
    def get(self, request: Request, study_id: UUID, participant_id: UUID) -> Response:
        return Response(self.get_serializer(self.found(participant_id)).data)

    @extend_schema(
        operation_id="participant_change", summary="Change site, reference and note", request=ChangeIn
    )
    def put(self, request: Request, study_id: UUID, participant_id: UUID) -> Response:
        person = self.found(participant_id)
        actions.change(participant=person, **self.given(ChangeIn), by=self.person, now=timezone.now())
        return Response(self.get_serializer(self.found(participant_id)).data)

    @extend_schema(operation_id="participant_remove", summary="Remove somebody who was added by mistake")
    def delete(self, request: Request, study_id: UUID, participant_id: UUID) -> Response:
        actions.remove(participant=self.found(participant_id), by=self.person, now=timezone.now())
        return Response(status=204)


class Value(OfAPersonView):
    access = _VIEW_OR_EDIT
    serializer_class = ValueOut

    @extend_schema(operation_id="value_set", summary="Set what is known of a person", request=ValueIn)
    def put(
        self, request: Request, study_id: UUID, participant_id: UUID, characteristic_id: UUID
    ) -> Response:
        about = self._about(participant_id, characteristic_id)
        row = actions.set_value(**about, **self.given(ValueIn), by=self.person, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(operation_id="value_clear", summary="Say nothing about a characteristic any more")
    def delete(
        self, request: Request, study_id: UUID, participant_id: UUID, characteristic_id: UUID
    ) -> Response:
        about = self._about(participant_id, characteristic_id)
        actions.clear_value(**about, by=self.person, now=timezone.now())
        return Response(status=204)

    def _about(self, participant_id: UUID, characteristic_id: UUID) -> dict[str, Any]:
        characteristic = get_object_or_404(self.study.characteristics, id=characteristic_id)
        return {"participant": self.found(participant_id), "characteristic": characteristic}


class ChangeCharacteristicIn(CharacteristicIn):
    """`becoming` says what a value that would no longer fit becomes."""

    becoming = serializers.DictField(child=serializers.CharField(max_length=300), default=dict)


class Characteristics(StudyView):
    access = _VIEW_OR_EDIT
    serializer_class = CharacteristicOut

    @extend_schema(
        operation_id="characteristics_list",
        summary="What the study wants to know of people",
        responses=CharacteristicOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.characteristics.prefetch_related("groups"))

    @extend_schema(
        operation_id="characteristic_define",
        summary="Define a characteristic",
        request=CharacteristicIn,
        responses={201: CharacteristicOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(CharacteristicIn)
        made = actions.define_characteristic(study=self.study, **given, by=self.person, now=timezone.now())
        return self.made(made)


class OneCharacteristic(StudyView):
    access = _VIEW_OR_EDIT
    serializer_class = CharacteristicOut

    @extend_schema(
        operation_id="characteristic_change",
        summary="Change a characteristic",
        request=ChangeCharacteristicIn,
    )
    def put(self, request: Request, study_id: UUID, characteristic_id: UUID) -> Response:
        stored = get_object_or_404(self.study.characteristics, id=characteristic_id)
        changed = actions.change_characteristic(
            characteristic=stored, **self.given(ChangeCharacteristicIn), by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(changed).data)

    @extend_schema(operation_id="characteristic_remove", summary="Remove one of which nothing is known")
    def delete(self, request: Request, study_id: UUID, characteristic_id: UUID) -> Response:
        stored = get_object_or_404(self.study.characteristics, id=characteristic_id)
        actions.remove_characteristic(characteristic=stored, by=self.person, now=timezone.now())
        return Response(status=204)
