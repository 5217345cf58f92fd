from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import PersonView, StudyView
from apps.coding import actions as coding
from apps.studies import actions
from apps.studies.models import ParticipantGroup, Site, Study
from apps.studies.permissions import Permission


class StudyIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    question = serializers.CharField(allow_blank=True, default="")


class StudyChangeIn(StudyIn):
    are_sites_hidden_from_coders = serializers.BooleanField()
    transcripts_late_after_days = serializers.IntegerField(
        min_value=1, max_value=1000, required=False, help_text="Left out, the days stay as they are."
    )


class StudyOut(serializers.ModelSerializer[Study]):
    class Meta:
        model = Study
        fields = [
            "id",
            "created_at",
            "name",
            "question",
            "is_demonstration",
            "are_sites_hidden_from_coders",
            "is_coding_open",
            "transcripts_late_after_days",
        ]


class OpenCodingIn(serializers.Serializer[Any]):
    is_open = serializers.BooleanField(help_text="Only primary coding; independent coding is always blind.")


class SiteIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)


class SiteOut(serializers.ModelSerializer[Site]):
    class Meta:
        model = Site
        fields = ["id", "created_at", "name", "position"]


class GroupIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    stem = serializers.CharField(max_length=60)
    target = serializers.IntegerField(min_value=0, max_value=32767, default=0)


class GroupOut(serializers.ModelSerializer[ParticipantGroup]):
    class Meta:
        model = ParticipantGroup
        fields = ["id", "created_at", "name", "stem", "position", "target", "numbers_minted"]


class Studies(PersonView):
    serializer_class = StudyOut

    @extend_schema(operation_id="studies_list", summary="Your studies", responses=StudyOut(many=True))
    def get(self, request: Request) -> Response:
        return self.page(Study.objects.visible_to(self.person))

    @extend_schema(
        operation_id="studies_open", summary="Open a study", request=StudyIn, responses={201: StudyOut}
    )
    def post(self, request: Request) -> Response:
        study = actions.open_study(**self.given(StudyIn), by=self.person, now=timezone.now())
        return self.made(study)


class OneStudy(StudyView):
    access = {"GET": Permission.STUDY_VIEW, "PUT": Permission.STUDY_EDIT}
    serializer_class = StudyOut

    @extend_schema(operation_id="study_read", summary="A study")
    def get(self, request: Request, study_id: UUID) -> Response:
        return Response(self.get_serializer(self.study).data)

    @extend_schema(operation_id="study_change", summary="Change a study", request=StudyChangeIn)
    def put(self, request: Request, study_id: UUID) -> Response:
        given = self.given(StudyChangeIn)
        study = actions.change_study(self.study, **given, by=self.person, now=timezone.now())
        return Response(self.get_serializer(study).data)


class OpenCoding(StudyView):
    access = Permission.CODING_OPEN
    serializer_class = StudyOut

    @extend_schema(
        operation_id="study_open_coding",
        summary="Whether those who code the same text see one another's primary codings",
        request=OpenCodingIn,
    )
    def put(self, request: Request, study_id: UUID) -> Response:
        study = coding.choose_open_coding(
            study=self.study, **self.given(OpenCodingIn), by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(study).data)


class Sites(StudyView):
    access = {"GET": Permission.STUDY_VIEW, "POST": Permission.STUDY_EDIT}
    serializer_class = SiteOut

    @extend_schema(operation_id="sites_list", summary="Sites", responses=SiteOut(many=True))
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.sites.all())

    @extend_schema(operation_id="sites_add", summary="Add a site", request=SiteIn, responses={201: SiteOut})
    def post(self, request: Request, study_id: UUID) -> Response:
        site = actions.add_site(self.study, **self.given(SiteIn), by=self.person, now=timezone.now())
        return self.made(site)


class OneSite(StudyView):
    access = Permission.STUDY_EDIT
    serializer_class = SiteOut

    @extend_schema(operation_id="site_rename", summary="Rename a site", request=SiteIn)
    def put(self, request: Request, study_id: UUID, site_id: UUID) -> Response:
        site = get_object_or_404(self.study.sites, id=site_id)
        site = actions.rename_site(site, **self.given(SiteIn), by=self.person, now=timezone.now())
        return Response(self.get_serializer(site).data)

    @extend_schema(operation_id="site_remove", summary="Remove a site that nobody belongs to")
    def delete(self, request: Request, study_id: UUID, site_id: UUID) -> Response:
        site = get_object_or_404(self.study.sites, id=site_id)
        actions.remove_site(site, by=self.person, now=timezone.now())
        return Response(status=204)


class Groups(StudyView):
    access = {"GET": Permission.STUDY_VIEW, "POST": Permission.STUDY_EDIT}
    serializer_class = GroupOut

    @extend_schema(operation_id="groups_list", summary="Participant groups", responses=GroupOut(many=True))
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.groups.all())

    @extend_schema(
        operation_id="groups_add", summary="Add a group", request=GroupIn, responses={201: GroupOut}
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        group = actions.add_group(self.study, **self.given(GroupIn), by=self.person, now=timezone.now())
        return self.made(group)


class OneGroup(StudyView):
    access = Permission.STUDY_EDIT
    serializer_class = GroupOut

    @extend_schema(operation_id="group_change", summary="Change a group", request=GroupIn)
    def put(self, request: Request, study_id: UUID, group_id: UUID) -> Response:
        group = get_object_or_404(self.study.groups, id=group_id)
        group = actions.change_group(group, **self.given(GroupIn), by=self.person, now=timezone.now())
        return Response(self.get_serializer(group).data)

    @extend_schema(operation_id="group_remove", summary="Remove a group that never had anybody")
    def delete(self, request: Request, study_id: UUID, group_id: UUID) -> Response:
        group = get_object_or_404(self.study.groups, id=group_id)
        actions.remove_group(group, by=self.person, now=timezone.now())
        return Response(status=204)
