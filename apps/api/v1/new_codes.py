"""Codes that a coder makes while coding, where the codebook is open."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.v1.codebooks import CodeOut
from apps.api.v1.coding import CodingView
from apps.codebooks.queries import flat, tree
from apps.coding import actions
from apps.studies.permissions import Permission


class NewCodeIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    parent = serializers.UUIDField(allow_null=True, default=None)  # type: ignore[assignment]
    definition = serializers.CharField(allow_blank=True, default="")
    is_sure = serializers.BooleanField(
        default=False, help_text="To be said once more when the name is much like that of another code."
    )


class NewCodes(CodingView):
    access = {"POST": Permission.CODING_CODE}
    serializer_class = CodeOut

    @extend_schema(
        operation_id="code_make",
        summary="Make a code while coding",
        description="Only in primary coding, where the codebook is open and its version in no double-coding.",
        request=NewCodeIn,
        responses={201: CodeOut},
    )
    def post(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        assignment = self.own(assignment_id)
        version = assignment.codebook_version
        given = self.given(NewCodeIn)
        if given["parent"]:
            given["parent"] = get_object_or_404(version.codes, id=given["parent"])
        code = actions.make_code(assignment=assignment, **given, by=self.person, now=timezone.now())
        node = next(node for node in flat(tree(version)) if node.id == code.id)
        return self.made(node)
