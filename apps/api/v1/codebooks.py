from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.agreement.actions import open_version
from apps.agreement.queries import changes_seen_by
from apps.api.access import StudyView
from apps.codebooks import actions, queries
from apps.codebooks.models import Code, CodebookVersion
from apps.coding.actions import take_into_use
from apps.studies.permissions import Permission

_VIEW_OR_EDIT = {
    "GET": Permission.CODEBOOK_VIEW,
    "POST": Permission.CODEBOOK_EDIT,
    "PUT": Permission.CODEBOOK_EDIT,
    "DELETE": Permission.CODEBOOK_EDIT,
}


class CodebookIn(serializers.Serializer[Any]):
    """A name for an empty codebook, or the key of a framework to begin with."""

    name = serializers.CharField(max_length=120, required=False)
    preset = serializers.CharField(max_length=40, required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if len(given) != 1:
            raise serializers.ValidationError("Give either a name or a preset.")
        return given


class VersionIn(serializers.Serializer[Any]):
    note = serializers.CharField(allow_blank=True, default="")
    changes = serializers.ListField(
        child=serializers.UUIDField(), default=list, help_text="Proposals of discrepancies that it makes."
    )


class CodeChangeIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    definition = serializers.CharField(allow_blank=True, default="")
    include = serializers.CharField(allow_blank=True, default="")
    exclude = serializers.CharField(allow_blank=True, default="")
    example = serializers.CharField(allow_blank=True, default="")
    aliases = serializers.ListField(child=serializers.CharField(max_length=120), default=list)
    is_applicable = serializers.BooleanField(default=True)


class CodeIn(CodeChangeIn):
    parent = serializers.UUIDField(allow_null=True, default=None)  # type: ignore[assignment]
    is_outside_framework = serializers.BooleanField(default=False)


class PlaceIn(serializers.Serializer[Any]):
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    place = serializers.IntegerField(
        min_value=0, allow_null=True, default=None, help_text="From 0; without it the end."
    )


class CodeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    lineage = serializers.UUIDField(help_text="The same idea in every version.")
    parent = serializers.UUIDField(source="parent_id", allow_null=True)  # type: ignore[assignment]
    label = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField()
    hue = serializers.IntegerField()
    is_applicable = serializers.BooleanField()
    is_outside_framework = serializers.BooleanField()
    definition = serializers.CharField()
    include = serializers.CharField()
    exclude = serializers.CharField()
    example = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())


class VersionOut(serializers.ModelSerializer[CodebookVersion]):
    name = serializers.CharField(source="codebook.name")

    class Meta:
        model = CodebookVersion
        fields = ["id", "created_at", "codebook", "name", "number", "note", "frozen_at"]


class VersionWithCodesOut(VersionOut):
    codes = serializers.SerializerMethodField()

    class Meta(VersionOut.Meta):
        fields = [*VersionOut.Meta.fields, "codes"]

    @extend_schema_field(CodeOut(many=True))
    def get_codes(self, version: CodebookVersion) -> Any:
        """In reading order, parents before their children."""
        return CodeOut(queries.flat(queries.tree(version)), many=True).data


class CodebookView(StudyView):
    """An endpoint of the study's codebook."""

    access = _VIEW_OR_EDIT

    @property
    def versions(self) -> QuerySet[CodebookVersion]:
        versions = CodebookVersion.objects.filter(codebook__study=self.study)
        return versions.select_related("codebook")

    def version(self, version_id: UUID) -> CodebookVersion:
        return get_object_or_404(self.versions, id=version_id)

    def code(self, code_id: UUID) -> Code:
        codes = Code.objects.filter(version__codebook__study=self.study)
        return get_object_or_404(codes.select_related("version__codebook"), id=code_id)

    def parent(self, version: CodebookVersion, code_id: UUID | None) -> Code | None:
        return get_object_or_404(version.codes, id=code_id) if code_id else None


class OneCodebook(CodebookView):
    serializer_class = VersionWithCodesOut

    @extend_schema(operation_id="codebook", summary="The newest version with its codes")
    def get(self, request: Request, study_id: UUID) -> Response:
        version = queries.current_version(self.study)
        if version is None:
            raise Http404
        return Response(self.get_serializer(version).data)

    @extend_schema(
        operation_id="codebook_create",
        summary="Begin the codebook",
        request=CodebookIn,
        responses={201: VersionWithCodesOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(CodebookIn)
        create = actions.create_from_preset if "preset" in given else actions.create
        return self.made(create(study=self.study, **given, by=self.person, now=timezone.now()))


class Versions(CodebookView):
    serializer_class = VersionOut

    @extend_schema(
        operation_id="codebook_versions_list", summary="All versions", responses=VersionOut(many=True)
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.versions)

    @extend_schema(
        operation_id="codebook_version_new",
        summary="A draft that begins as a copy of the newest version",
        request=VersionIn,
        responses={201: VersionOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        newest = queries.current_version(self.study)
        if newest is None:
            raise Http404
        given = self.given(VersionIn)
        asked = set(given.pop("changes"))
        seen = changes_seen_by(study=self.study, reader=self.person).filter(id__in=asked)
        if len(changes := list(seen)) != len(asked):
            raise Http404
        return self.made(
            open_version(
                codebook=newest.codebook, changes=changes, **given, by=self.person, now=timezone.now()
            )
        )


class OneVersion(CodebookView):
    serializer_class = VersionWithCodesOut

    @extend_schema(operation_id="codebook_version", summary="A version with its codes")
    def get(self, request: Request, study_id: UUID, version_id: UUID) -> Response:
        return Response(self.get_serializer(self.version(version_id)).data)

    @extend_schema(operation_id="codebook_version_discard", summary="Throw a draft away")
    def delete(self, request: Request, study_id: UUID, version_id: UUID) -> Response:
        actions.discard(version=self.version(version_id), by=self.person, now=timezone.now())
        return Response(status=204)


class Freeze(CodebookView):
    serializer_class = VersionOut

    @extend_schema(
        operation_id="codebook_version_freeze",
        summary="Take a version into use; nothing in it changes any more",
        request=None,
    )
    def post(self, request: Request, study_id: UUID, version_id: UUID) -> Response:
        frozen = take_into_use(version=self.version(version_id), by=self.person, now=timezone.now())
        return Response(self.get_serializer(frozen).data)


class Codes(CodebookView):
    serializer_class = CodeOut

    @extend_schema(
        operation_id="code_add",
        summary="Add a code to a draft; label and hue are minted",
        request=CodeIn,
        responses={201: CodeOut},
    )
    def post(self, request: Request, study_id: UUID, version_id: UUID) -> Response:
        version, given = self.version(version_id), self.given(CodeIn)
        parent = self.parent(version, given.pop("parent"))
        return self.made(
            actions.add_code(version=version, parent=parent, **given, by=self.person, now=timezone.now())
        )


class OneCode(CodebookView):
    serializer_class = CodeOut

    @extend_schema(operation_id="code_change", summary="Change the words of a code", request=CodeChangeIn)
    def put(self, request: Request, study_id: UUID, code_id: UUID) -> Response:
        code = self.code(code_id)
        changed = actions.change_code(
            code=code, **self.given(CodeChangeIn), by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(changed).data)

    @extend_schema(operation_id="code_remove", summary="Take a code out of a draft, with those under it")
    def delete(self, request: Request, study_id: UUID, code_id: UUID) -> Response:
        actions.remove(code=self.code(code_id), by=self.person, now=timezone.now())
        return Response(status=204)


class Move(CodebookView):
    serializer_class = CodeOut

    @extend_schema(operation_id="code_move", summary="Put a code elsewhere", request=PlaceIn)
    def post(self, request: Request, study_id: UUID, code_id: UUID) -> Response:
        code, given = self.code(code_id), self.given(PlaceIn)
        parent = self.parent(code.version, given["parent"])
        moved = actions.move(
            code=code, parent=parent, place=given["place"], by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(moved).data)
