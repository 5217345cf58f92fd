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
from apps.participants.models import ContactRoute, Participant, RecruitmentEvent, RecruitmentRound
from apps.participants.queries.recruitment import Branch, recruitment
from apps.participants.queries.sampling import sites_seen_by
from apps.studies.models import ParticipantGroup, Site
from apps.studies.permissions import Permission


class RouteIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    permission_basis = serializers.CharField(allow_blank=True, default="")
    is_denominator_known = serializers.BooleanField(default=True)
    remind_after_days = serializers.IntegerField(min_value=1, max_value=365, default=14)


class RouteOut(serializers.ModelSerializer[ContactRoute]):
    class Meta:
        model = ContactRoute
        fields = ["id", "name", "permission_basis", "is_denominator_known", "remind_after_days", "position"]


class HappenedIn(serializers.Serializer[Any]):
    """A step; `reason` belongs to those who declined, withdrew or were not eligible."""

    step = serializers.ChoiceField(choices=RecruitmentEvent.Step.choices)
    happened_on = serializers.DateField()
    detail = serializers.CharField(max_length=120, allow_blank=True, default="")
    due_on = serializers.DateField(allow_null=True, default=None)
    route = serializers.PrimaryKeyRelatedField(
        queryset=ContactRoute.objects.none(), allow_null=True, default=None
    )
    round = serializers.PrimaryKeyRelatedField(
        queryset=RecruitmentRound.objects.none(), allow_null=True, default=None
    )
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if study := self.context.get("study"):
            fields["route"].queryset = study.routes.all()  # type: ignore[attr-defined]
            fields["round"].queryset = study.recruitment_rounds.all()  # type: ignore[attr-defined]
        return fields


class StepsIn(HappenedIn):
    participants = serializers.PrimaryKeyRelatedField(
        queryset=Participant.objects.none(), many=True, allow_empty=False
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if membership := self.context.get("membership"):
            mine = Participant.objects.visible_to(membership)
            fields["participants"].child_relation.queryset = mine
        return fields


class NumberIn(HappenedIn):
    """Some people who are not on the list, and how far they came."""

    people = serializers.IntegerField(min_value=1, max_value=30_000)
    group = serializers.PrimaryKeyRelatedField(queryset=ParticipantGroup.objects.none())
    site = serializers.PrimaryKeyRelatedField(queryset=Site.objects.none())

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if membership := self.context.get("membership"):
            fields["group"].queryset = membership.study.groups.all()
            fields["site"].queryset = sites_seen_by(membership)
        return fields


class StepOut(serializers.ModelSerializer[RecruitmentEvent]):
    class Meta:
        model = RecruitmentEvent
        fields = [
            "id", "participant", "people", "group", "site", "step", "detail", "happened_on", "due_on",
            "route", "round", "reason", "recorded_at", "recorded_by",
        ]  # fmt: skip


class BranchOut(serializers.Serializer[Any]):
    """Counts of those who came at least so far; no rate where the denominator is not known."""

    name = serializers.CharField(allow_blank=True)
    identified = serializers.IntegerField()
    approached = serializers.IntegerField()
    replied = serializers.IntegerField()
    booked = serializers.IntegerField()
    interviewed = serializers.IntegerField()
    exits = serializers.DictField(child=serializers.IntegerField())
    response_percent = serializers.IntegerField(allow_null=True)

    def to_representation(self, instance: Branch) -> dict[str, Any]:
        return {
            "name": instance.name,
            **dict(instance.funnel.steps),
            "exits": dict(instance.funnel.exits),
            "response_percent": instance.response_percent,
        }


class FunnelOut(serializers.Serializer[Any]):
    by_group = BranchOut(many=True)
    by_site = BranchOut(many=True)
    by_route = BranchOut(many=True)
    response_percent = serializers.IntegerField(allow_null=True)


class RecruitmentView(StudyView):
    """Serializers find the member, so that they offer only people of their own site."""

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "membership": getattr(self, "membership", None)}


class Routes(StudyView):
    access = {"GET": Permission.PARTICIPANTS_VIEW, "POST": Permission.PARTICIPANTS_EDIT}
    serializer_class = RouteOut

    @extend_schema(operation_id="routes_list", summary="Contact routes", responses=RouteOut(many=True))
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.routes.all())

    @extend_schema(
        operation_id="route_add", summary="Add a route", request=RouteIn, responses={201: RouteOut}
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(RouteIn)
        return self.made(actions.add_route(study=self.study, **given, by=self.person, now=timezone.now()))


class OneRoute(StudyView):
    access = {"PUT": Permission.PARTICIPANTS_EDIT, "DELETE": Permission.PARTICIPANTS_EDIT}
    serializer_class = RouteOut

    @extend_schema(operation_id="route_change", summary="Change a route", request=RouteIn)
    def put(self, request: Request, study_id: UUID, route_id: UUID) -> Response:
        stored = get_object_or_404(self.study.routes, id=route_id)
        changed = actions.change_route(
            route=stored, **self.given(RouteIn), by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(changed).data)

    @extend_schema(operation_id="route_remove", summary="Remove a route by which nobody was reached")
    def delete(self, request: Request, study_id: UUID, route_id: UUID) -> Response:
        stored = get_object_or_404(self.study.routes, id=route_id)
        actions.remove_route(route=stored, by=self.person, now=timezone.now())
        return Response(status=204)


class Steps(RecruitmentView):
    access = {"GET": Permission.PARTICIPANTS_VIEW, "POST": Permission.RECRUITMENT_RECORD}
    serializer_class = StepOut

    @extend_schema(
        operation_id="recruitment_steps_list",
        summary="Steps of people; a recruiter sees those of their own site",
        responses=StepOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(RecruitmentEvent.objects.visible_to(self.membership))

    @extend_schema(
        operation_id="recruitment_steps_record",
        summary="Record one step of one or several people",
        request=StepsIn,
        responses={201: StepOut(many=True)},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(StepsIn)
        people = given.pop("participants")
        made = actions.record_steps(
            participants=people, happened=actions.Happened(**given), by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(made, many=True).data, status=201)


class Numbers(RecruitmentView):
    access = Permission.RECRUITMENT_RECORD
    serializer_class = StepOut

    @extend_schema(
        operation_id="recruitment_number_record",
        summary="Record how many people who are not on the list came how far",
        request=NumberIn,
        responses={201: StepOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(NumberIn)
        about = {name: given.pop(name) for name in ("people", "group", "site")}
        made = actions.record_number(
            study=self.study,
            happened=actions.Happened(**given),
            **about,
            by=self.person,
            now=timezone.now(),
        )
        return self.made(made)


class OneStep(StudyView):
    access = Permission.RECRUITMENT_RECORD
    serializer_class = StepOut

    @extend_schema(operation_id="recruitment_step_remove", summary="Take back a step")
    def delete(self, request: Request, study_id: UUID, event_id: UUID) -> Response:
        event = get_object_or_404(RecruitmentEvent.objects.visible_to(self.membership), id=event_id)
        actions.remove_step(event=event, by=self.person, now=timezone.now())
        return Response(status=204)


class RecruitmentFunnel(StudyView):
    access = Permission.PARTICIPANTS_VIEW
    serializer_class = FunnelOut

    @extend_schema(operation_id="recruitment_funnel", summary="From contact to interview (COREQ 13)")
    def get(self, request: Request, study_id: UUID) -> Response:
        return Response(self.get_serializer(recruitment(self.membership)).data)
