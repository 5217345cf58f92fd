from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.studies import actions
from apps.studies.models import Invitation, Membership, Site
from apps.studies.permissions import Permission, Role


class RolesIn(serializers.Serializer[Any]):
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), allow_empty=False)
    site = serializers.PrimaryKeyRelatedField(
        queryset=Site.objects.none(), required=False, allow_null=True, default=None
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if study := self.context.get("study"):
            fields["site"].queryset = study.sites.all()  # type: ignore[attr-defined]
        return fields


class InvitationIn(RolesIn):
    email = serializers.EmailField()
    name = serializers.CharField(max_length=200)


class MemberOut(serializers.ModelSerializer[Membership]):
    person = serializers.UUIDField(source="user_id")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Membership
        fields = ["id", "created_at", "person", "name", "email", "roles", "site"]


class InvitationOut(serializers.ModelSerializer[Invitation]):
    class Meta:
        model = Invitation
        fields = ["id", "created_at", "email", "name", "roles", "site", "invited_by", "expires_at"]


class InvitationMadeOut(InvitationOut):
    link = serializers.URLField(help_text="Shown only in this answer.")

    class Meta(InvitationOut.Meta):
        fields = [*InvitationOut.Meta.fields, "link"]


class Members(StudyView):
    access = Permission.MEMBERS_VIEW
    serializer_class = MemberOut

    @extend_schema(operation_id="members_list", summary="The team", responses=MemberOut(many=True))
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.memberships.current().select_related("user"))


class OneMember(StudyView):
    access = Permission.MEMBERS_MANAGE
    serializer_class = MemberOut

    @extend_schema(operation_id="member_change_roles", summary="Change roles", request=RolesIn)
    def put(self, request: Request, study_id: UUID, membership_id: UUID) -> Response:
        membership = actions.change_roles(
            self._member(membership_id), **self.given(RolesIn), by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(membership).data)

    @extend_schema(operation_id="member_remove", summary="End a membership")
    def delete(self, request: Request, study_id: UUID, membership_id: UUID) -> Response:
        actions.remove_member(self._member(membership_id), by=self.person, now=timezone.now())
        return Response(status=204)

    def _member(self, membership_id: UUID) -> Membership:
        return get_object_or_404(self.study.memberships.current(), id=membership_id)


class Invitations(StudyView):
    access = {"GET": Permission.MEMBERS_VIEW, "POST": Permission.MEMBERS_MANAGE}
    serializer_class = InvitationOut

    @extend_schema(
        operation_id="invitations_list",
        summary="Invitations that nobody has answered",
        responses=InvitationOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.study.invitations.unanswered())

    @extend_schema(
        operation_id="invite",
        summary="Invite somebody; the link is in this answer and nowhere else",
        request=InvitationIn,
        responses={201: InvitationMadeOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        begin = request.build_absolute_uri(reverse("invitation", args=["-"])).removesuffix("-/")
        given = self.given(InvitationIn)
        invited = actions.invite(self.study, **given, links_begin=begin, by=self.person, now=timezone.now())
        out = InvitationOut(invited.invitation).data | {"link": f"{begin}{invited.secret}/"}
        return Response(out, status=201)


class OneInvitation(StudyView):
    access = Permission.MEMBERS_MANAGE
    serializer_class = InvitationOut

    @extend_schema(operation_id="invitation_withdraw", summary="Make a link useless")
    def delete(self, request: Request, study_id: UUID, invitation_id: UUID) -> Response:
        invitation = get_object_or_404(self.study.invitations, id=invitation_id)
        actions.withdraw_invitation(invitation, by=self.person, now=timezone.now())
        return Response(status=204)
