"""Assignments, codings and memos. What somebody else codes blind is answered as if it did not exist."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.agreement import actions as agreement
from apps.api.access import StudyView
from apps.codebooks.models import Code, CodebookVersion
from apps.coding import actions, queries
from apps.coding.models import Coding, CodingAssignment, Memo
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description='The version that was read, as in the ETag: "3". For a memo that does not exist yet: "0".',
)


PLACES = "The version that start and end belong to; needed once a text was corrected while it is coded."
ONCE = "Made by the client; sent again, nothing is stored twice."


class Conflict(APIException):
    """A client id that was used before for something else."""

    status_code = HTTPStatus.CONFLICT


class VersionMissing(APIException):
    """A change without the version that it is based on."""

    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_detail = "Send If-Match with the version that you have read."


class AssignmentIn(serializers.Serializer[Any]):
    coder = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())
    transcript_versions = serializers.PrimaryKeyRelatedField(
        queryset=TranscriptVersion.objects.none(), many=True, allow_empty=False
    )
    codebook_version = serializers.PrimaryKeyRelatedField(queryset=CodebookVersion.objects.none())
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    knows_of_ties = serializers.BooleanField(
        default=False, help_text="Needed where a tie of the coder warns: assign it all the same."
    )

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            fields["coder"].queryset = User.objects.filter(
                memberships__study=study, memberships__left_at=None
            )
            versions = TranscriptVersion.objects.filter(transcript__study=study).defer("text")
            fields["transcript_versions"].child_relation.queryset = versions
            fields["codebook_version"].queryset = CodebookVersion.objects.filter(codebook__study=study)
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.pop("knows_of_ties"):
            return attrs
        named = queries.ties_that_warn(
            study=self.context["study"], coder=attrs["coder"], versions=attrs["transcript_versions"]
        )
        if named:
            raise serializers.ValidationError({"knows_of_ties": named})
        return attrs


class ProgressOut(serializers.Serializer[CodingAssignment]):
    codings_made = serializers.IntegerField()
    turns = serializers.IntegerField()
    turns_reached = serializers.IntegerField(help_text="Up to the end of the last coding.")


class AssignmentOut(serializers.ModelSerializer[CodingAssignment]):
    transcript = serializers.UUIDField(source="transcript_version.transcript_id")
    transcript_name = serializers.CharField(source="transcript_version.transcript")
    coder_name = serializers.CharField(source="coder.name")
    progress = serializers.SerializerMethodField(help_text="Only for one's own assignments.")

    class Meta:
        model = CodingAssignment
        fields = [
            "id",
            "created_at",
            "transcript",
            "transcript_name",
            "transcript_version",
            "codebook_version",
            "coder",
            "coder_name",
            "kind",
            "state",
            "due_on",
            "progress",
        ]

    @extend_schema_field(ProgressOut(allow_null=True))
    def get_progress(self, assignment: CodingAssignment) -> Any:
        return ProgressOut(assignment).data if hasattr(assignment, "codings_made") else None


class CodingIn(serializers.Serializer[Any]):
    client_id = serializers.UUIDField(help_text=ONCE)
    code = serializers.PrimaryKeyRelatedField(queryset=Code.objects.none())
    start = serializers.IntegerField(min_value=0, help_text="In Unicode code points of the version's text.")
    end = serializers.IntegerField(min_value=1, help_text="Exclusive.")
    influence = serializers.ChoiceField(choices=Coding.Influence.choices, allow_blank=True, default="")
    transcript_version = serializers.UUIDField(required=False, help_text=PLACES)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            fields["code"].queryset = Code.objects.filter(version__codebook__study=study)
        return fields


class CodingChangeIn(serializers.Serializer[Any]):
    client_id = serializers.UUIDField(required=False, help_text=ONCE)
    start = serializers.IntegerField(min_value=0, required=False)
    end = serializers.IntegerField(min_value=1, required=False, help_text="Exclusive.")
    transcript_version = serializers.UUIDField(required=False, help_text=PLACES)
    influence = serializers.ChoiceField(choices=Coding.Influence.choices, allow_blank=True, required=False)
    is_to_discuss = serializers.BooleanField(required=False)


class CodingOut(serializers.ModelSerializer[Coding]):
    class Meta:
        model = Coding
        fields = [
            "id",
            "created_at",
            "assignment",
            "code",
            "start",
            "end",
            "influence",
            "is_to_discuss",
            "version",
            "removed_at",
        ]


class MemoIn(serializers.Serializer[Any]):
    client_id = serializers.UUIDField(required=False, help_text=ONCE)
    text = serializers.CharField(allow_blank=True, max_length=20_000, trim_whitespace=False)


class MemoOut(serializers.ModelSerializer[Memo]):
    class Meta:
        model = Memo
        fields = ["id", "created_at", "assignment", "coding", "text", "version"]


class AssignmentView(StudyView):
    serializer_class: Any = AssignmentOut

    def mine(self) -> QuerySet[CodingAssignment]:
        """One's own, with the progress."""
        return queries.my_work(study=self.study, coder=self.person)

    def own(self, assignment_id: UUID) -> CodingAssignment:
        rows = CodingAssignment.objects.filter(study=self.study, coder=self.person)
        return get_object_or_404(rows, id=assignment_id)

    def readable(self, assignment_id: UUID) -> CodingAssignment:
        """One whose codings the person may see."""
        rows = CodingAssignment.objects.open_to(self.person).filter(study=self.study)
        return get_object_or_404(rows, id=assignment_id)


class Assignments(AssignmentView):
    access = {"GET": Permission.CODING_CODE, "POST": Permission.CODING_ASSIGN}

    @extend_schema(
        operation_id="assignments_list", summary="One's own assignments", responses=AssignmentOut(many=True)
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(self.mine())

    @extend_schema(
        operation_id="assignments_add",
        summary="Give transcripts to a coder, for primary coding",
        request=AssignmentIn,
        responses={201: AssignmentOut(many=True)},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = actions.assign_each(
            study=self.study, **self.given(AssignmentIn), by=self.person, now=timezone.now()
        )
        return Response(self.get_serializer(given, many=True).data, status=HTTPStatus.CREATED)


class TeamAssignments(AssignmentView):
    access = Permission.CODING_ASSIGN

    @extend_schema(
        operation_id="assignments_of_team_list",
        summary="Everybody's assignments: who, what, and whether it is started or submitted",
        responses=AssignmentOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(queries.work_of_team(study=self.study))


class OneAssignment(AssignmentView):
    access = Permission.CODING_CODE

    @extend_schema(operation_id="assignment", summary="One of one's own assignments")
    def get(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        return Response(self.get_serializer(get_object_or_404(self.mine(), id=assignment_id)).data)


class Submit(AssignmentView):
    access = Permission.CODING_CODE

    @extend_schema(operation_id="assignment_submit", summary="Hand a coding in", request=None)
    def post(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        assignment = self.own(assignment_id)
        agreement.submit(assignment=assignment, by=self.person, now=timezone.now())
        return Response(self.get_serializer(self.mine().get(id=assignment_id)).data)


class TakeBack(AssignmentView):
    access = Permission.CODING_CODE

    @extend_schema(operation_id="assignment_take_back", summary="Take a submission back", request=None)
    def post(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        assignment = self.own(assignment_id)
        agreement.take_back(assignment=assignment, by=self.person, now=timezone.now())
        return Response(self.get_serializer(self.mine().get(id=assignment_id)).data)


class CodingView(AssignmentView):
    serializer_class: Any = CodingOut

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(
            Conflict(str(exc)) if isinstance(exc, actions.ClientIdReused) else exc
        )

    def my_coding(self, coding_id: UUID) -> Coding:
        rows = Coding.objects.filter(assignment__study=self.study, assignment__coder=self.person)
        return get_object_or_404(rows.select_related("assignment"), id=coding_id)

    def readable_coding(self, coding_id: UUID) -> Coding:
        rows = Coding.objects.visible_to(self.person).standing().filter(assignment__study=self.study)
        return get_object_or_404(rows, id=coding_id)

    def expected_version(self) -> int:
        """The version in If-Match."""
        given = str(self.request.headers.get("If-Match", "")).removeprefix("W/").strip('" ')
        if not given.isdecimal() or len(given) > 9:
            raise VersionMissing
        return int(given)

    def row(self, row: Coding | Memo, status: int = HTTPStatus.OK) -> Response:
        """A row with its version as ETag."""
        return Response(self.get_serializer(row).data, status=status, headers={"ETag": f'"{row.version}"'})


class Codings(CodingView):
    access = {"GET": Permission.CODINGS_VIEW, "POST": Permission.CODING_CODE}

    @extend_schema(
        operation_id="codings_list", summary="The codings of an assignment", responses=CodingOut(many=True)
    )
    def get(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        assignment = self.readable(assignment_id)
        return self.page(Coding.objects.visible_to(self.person).standing().filter(assignment=assignment))

    @extend_schema(
        operation_id="codings_add",
        summary="Code a passage",
        request=CodingIn,
        responses={
            201: CodingOut,
            200: OpenApiResponse(CodingOut, "It was stored before; nothing was changed."),
            409: OpenApiResponse(description="The client id was used before for something else."),
        },
    )
    def post(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        assignment = self.own(assignment_id)
        coding, is_new = actions.add(
            assignment=assignment, **self.given(CodingIn), by=self.person, now=timezone.now()
        )
        return self.row(coding, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


class OneCoding(CodingView):
    access = {
        "GET": Permission.CODINGS_VIEW,
        "PATCH": Permission.CODING_CODE,
        "DELETE": Permission.CODING_CODE,
    }

    @extend_schema(operation_id="coding", summary="A coding")
    def get(self, request: Request, study_id: UUID, coding_id: UUID) -> Response:
        return self.row(self.readable_coding(coding_id))

    @extend_schema(
        operation_id="coding_change",
        summary='Move the edges, set influence and the "discuss" mark',
        description="What it meets of the same code and influence is joined with it.",
        parameters=[IF_MATCH],
        request=CodingChangeIn,
        responses={200: CodingOut, 412: OpenApiResponse(CodingOut, "It was changed; this is how it stands.")},
    )
    def patch(self, request: Request, study_id: UUID, coding_id: UUID) -> Response:
        coding = self.my_coding(coding_id)
        version = self.expected_version()
        facts = self.given(CodingChangeIn)
        try:
            changed = actions.change(
                coding=coding, **facts, version=version, by=self.person, now=timezone.now()
            )
        except actions.Changed:
            return self.row(self.my_coding(coding_id), HTTPStatus.PRECONDITION_FAILED)
        return self.row(changed)

    @extend_schema(operation_id="coding_remove", summary="Take a coding away", responses={204: None})
    def delete(self, request: Request, study_id: UUID, coding_id: UUID) -> Response:
        actions.remove(coding=self.my_coding(coding_id), by=self.person, now=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


class Restore(CodingView):
    access = Permission.CODING_CODE

    @extend_schema(operation_id="coding_restore", summary="Bring a coding back", request=None)
    def post(self, request: Request, study_id: UUID, coding_id: UUID) -> Response:
        return self.row(actions.restore(coding=self.my_coding(coding_id), by=self.person, now=timezone.now()))


class MemoView(CodingView):
    access = {"GET": Permission.CODINGS_VIEW, "PUT": Permission.CODING_CODE}
    serializer_class = MemoOut

    def read(self, **of: Any) -> Response:
        return self.row(get_object_or_404(Memo.objects.visible_to(self.person), **of))

    def write(self, assignment: CodingAssignment, coding: Coding | None) -> Response:
        """Writes the memo; 412 gives the text that somebody saved meanwhile, in another tab."""
        version = self.expected_version()
        try:
            memo = actions.write_memo(
                assignment=assignment, coding=coding, **self.given(MemoIn), version=version, by=self.person
            )
        except actions.Changed:
            current = Memo.objects.filter(assignment=assignment, coding=coding).first()
            if current is None:
                return Response(status=HTTPStatus.PRECONDITION_FAILED)
            return self.row(current, HTTPStatus.PRECONDITION_FAILED)
        return self.row(memo)


class CodingMemo(MemoView):
    @extend_schema(operation_id="coding_memo", summary="The memo of a coding")
    def get(self, request: Request, study_id: UUID, coding_id: UUID) -> Response:
        return self.read(coding=self.readable_coding(coding_id))

    @extend_schema(
        operation_id="coding_memo_write",
        summary="Write the memo of a coding",
        parameters=[IF_MATCH],
        request=MemoIn,
        responses={200: MemoOut, 412: MemoOut},
    )
    def put(self, request: Request, study_id: UUID, coding_id: UUID) -> Response:
        coding = self.my_coding(coding_id)
        return self.write(coding.assignment, coding)


class AssignmentMemo(MemoView):
    @extend_schema(operation_id="assignment_memo", summary="The memo on a transcript as a whole")
    def get(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        return self.read(assignment=self.readable(assignment_id), coding=None)

    @extend_schema(
        operation_id="assignment_memo_write",
        summary="Write the memo on a transcript as a whole",
        parameters=[IF_MATCH],
        request=MemoIn,
        responses={200: MemoOut, 412: MemoOut},
    )
    def put(self, request: Request, study_id: UUID, assignment_id: UUID) -> Response:
        return self.write(self.own(assignment_id), None)
