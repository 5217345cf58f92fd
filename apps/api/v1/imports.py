"""Lists on their way in: send a file, say what its columns stand for, read the check, write or leave."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.api.v1.uploads import TooLarge
from apps.core.uploads import too_large
from apps.exports import actions
from apps.exports.engine.columns import (
    CODE_WORDS,
    LEAVE,
    NEW_CHARACTERISTIC,
    PEOPLE_WORDS,
    Column,
    Columns,
    characteristic,
)
from apps.exports.engine.steps import STEP_WORDS
from apps.exports.models import Import
from apps.exports.queries.codes import codes_plan
from apps.exports.queries.columns import undecided_dates
from apps.exports.queries.people import people_plan
from apps.exports.queries.steps import steps_plan
from apps.exports.queries.under_way import UNDO_RUN, run_of, undoing_state, writing_state
from apps.studies.models import Study
from apps.studies.permissions import Permission

ROWS_TOLD = 500


@dataclass(frozen=True)
class Way:
    """What differs between lists of people, of steps and of codes."""

    kind: Import.Kind
    name: str
    permission: Permission
    meanings: Callable[[Study], set[str]]
    plan: Callable[[Import], Any]
    write: Callable[..., Import]


def _of_people(study: Study) -> set[str]:
    known = {characteristic(key) for key in study.characteristics.values_list("id", flat=True)}
    return {*PEOPLE_WORDS, "note", NEW_CHARACTERISTIC, LEAVE} | known


PEOPLE = Way(
    Import.Kind.PARTICIPANTS,
    "people_import",
    Permission.PARTICIPANTS_EDIT,
    _of_people,
    lambda started: people_plan(started, today=timezone.localdate()),
    actions.write_people,
)
STEPS = Way(
    Import.Kind.STEPS,
    "steps_import",
    Permission.RECRUITMENT_RECORD,
    lambda study: {*STEP_WORDS, LEAVE},
    lambda started: steps_plan(started, now=timezone.now()),
    actions.write_steps,
)
CODES = Way(
    Import.Kind.CODEBOOK,
    "codebook_import",
    Permission.CODEBOOK_EDIT,
    lambda study: {*CODE_WORDS, LEAVE},
    codes_plan,
    actions.write_codes,
)


class ListIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)
    dictionary = serializers.FileField(required=False, help_text="The data dictionary of a REDCap project.")


class ColumnIn(serializers.Serializer[Any]):
    header = serializers.CharField(trim_whitespace=False)
    to = serializers.CharField(help_text="What it stands for; `leave` for nothing.")
    day_first = serializers.BooleanField(allow_null=True, default=None, help_text="For dates like 3/4/2026.")


class ColumnsIn(serializers.Serializer[Any]):
    """All columns in the order of the list; the rest is for lists of people (`name`: of codes)."""

    columns = ColumnIn(many=True)
    every_group = serializers.UUIDField(allow_null=True, default=None)
    every_site = serializers.UUIDField(allow_null=True, default=None)
    makes_places = serializers.BooleanField(default=False)
    name = serializers.CharField(max_length=120, allow_blank=True, default="")
    rows_left_out = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        max_length=20_000,
        default=list,
        help_text="Numbers of rows of people or steps that do not come in, as the check names them.",
    )


class ListOut(serializers.ModelSerializer[Import]):
    columns = serializers.SerializerMethodField()
    row_count = serializers.SerializerMethodField()
    can_be_undone = serializers.BooleanField()

    class Meta:
        model = Import
        fields = [
            "id", "created_at", "kind", "columns", "row_count", "done_at", "created_count",
            "changed_count", "can_be_undone", "undone_at",
        ]  # fmt: skip

    def get_columns(self, row: Import) -> list[dict[str, Any]]:
        """What each column stands for, as guessed or said."""
        return [{"header": c.header, "to": c.to, "day_first": c.day_first} for c in _columns(row)]

    def get_row_count(self, row: Import) -> int:
        """Of the file; 0 once it is written, for then nothing of it is kept."""
        return len(row.table.get("rows", ()))


class WritingOut(serializers.Serializer[Any]):
    """How far a list is that a worker writes."""

    state = serializers.ChoiceField(
        choices=["queued", "running", "done", "refused", "failed"],
        help_text="`refused`: nothing was written, and its check says what stands in the way.",
    )
    done_share = serializers.FloatField(help_text="From 0 to 1.")
    list = ListOut()


class UndoingOut(serializers.Serializer[Any]):
    """How far a list is that a worker takes back."""

    state = serializers.ChoiceField(
        choices=["queued", "running", "done", "refused", "failed"],
        help_text="`refused`: nothing was taken back, and `reason` says why.",
    )
    reason = serializers.CharField(allow_blank=True)
    done_share = serializers.FloatField(help_text="From 0 to 1.")
    list = ListOut()


class RowOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    name = serializers.CharField()
    status = serializers.CharField(help_text="new, changed, unchanged or refused")
    changes = serializers.ListField(child=serializers.CharField())


class ProblemOut(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    column = serializers.CharField()
    sentence = serializers.CharField()


class CheckOut(serializers.Serializer[Any]):
    """What writing the list would do; of long lists the first 500 rows and problems."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    can_be_written = serializers.BooleanField()
    undecided_dates = serializers.ListField(child=serializers.CharField())
    rows = RowOut(many=True)
    problems = ProblemOut(many=True)


class _ListView(StudyView):
    """An endpoint of one kind of list; only whoever began a list goes on with it."""

    way: ClassVar[Way]
    serializer_class = ListOut

    def unwritten(self, import_id: UUID) -> Import:
        mine = self.study.imports.filter(kind=self.way.kind, imported_by=self.person, done_at=None)
        return get_object_or_404(mine.select_related("study"), id=import_id)

    def written(self) -> QuerySet[Import]:
        found = self.study.imports.filter(kind=self.way.kind, done_at__isnull=False)
        found = found.select_related("study")
        return found.filter(imported_by=self.person) if self.membership.is_bound_to_site else found

    def told(self, row: Import, status: int = HTTPStatus.OK) -> Response:
        return Response(self.get_serializer(row).data, status=status)

    def told_how_far(self, row: Import, status: int = HTTPStatus.OK) -> Response:
        """Where nobody has asked a worker, there is nothing to follow."""
        run = run_of(row)
        if run is None:
            raise Http404
        how_far = {"state": writing_state(row), "done_share": run.done_share, "list": row}
        place = reverse(f"api:{self.way.name}_write", args=[self.study.id, row.id])
        return Response(WritingOut(how_far).data, status=status, headers={"Location": place})

    def told_how_far_back(self, row: Import, status: int = HTTPStatus.OK) -> Response:
        run = run_of(row, UNDO_RUN)
        if run is None:
            raise Http404
        state = undoing_state(row)
        reason = run.failure if state == "refused" else ""
        how_far = {"state": state, "reason": reason, "done_share": run.done_share, "list": row}
        place = reverse(f"api:{self.way.name}_undo", args=[self.study.id, row.id])
        return Response(UndoingOut(how_far).data, status=status, headers={"Location": place})


def urls(at: str, kind: Way) -> list[URLPattern]:
    """The endpoints of one kind of list."""

    class Lists(_ListView):
        way = kind
        access = {"GET": kind.permission, "POST": kind.permission}
        parser_classes = [MultiPartParser]

        @extend_schema(
            operation_id=f"{kind.name}s_list", summary="Lists that came in", responses=ListOut(many=True)
        )
        def get(self, request: Request, study_id: UUID) -> Response:
            return self.page(self.written())

        @extend_schema(
            operation_id=f"{kind.name}_start",
            summary="Send a file; nothing of it is written yet",
            request={"multipart/form-data": ListIn},
            responses={201: ListOut},
        )
        def post(self, request: Request, study_id: UUID) -> Response:
            _must_fit(request)
            given = self.given(ListIn)
            sent, dictionary = given["file"], given.get("dictionary")
            started = actions.start(
                study=self.study,
                kind=kind.kind,
                file_name=sent.name,
                content=bytes(sent.read()),
                dictionary=bytes(dictionary.read()) if dictionary else None,
                by=self.person,
            )
            return self.told(started, HTTPStatus.CREATED)

    class OneList(_ListView):
        way = kind
        access = {"GET": kind.permission, "PUT": kind.permission, "DELETE": kind.permission}
        parser_classes = [JSONParser]

        @extend_schema(
            operation_id=f"{kind.name}_check", summary="What writing it would do", responses=CheckOut
        )
        def get(self, request: Request, study_id: UUID, import_id: UUID) -> Response:
            return Response(CheckOut(_checked(kind, self.unwritten(import_id))).data)

        @extend_schema(
            operation_id=f"{kind.name}_columns", summary="Say what its columns stand for", request=ColumnsIn
        )
        def put(self, request: Request, study_id: UUID, import_id: UUID) -> Response:
            started = self.unwritten(import_id)
            columns = _said(started, self.given(ColumnsIn), kind.meanings(self.study))
            return self.told(actions.say_columns(started=started, columns=columns))

        @extend_schema(operation_id=f"{kind.name}_leave", summary="Throw it away")
        def delete(self, request: Request, study_id: UUID, import_id: UUID) -> Response:
            actions.leave(started=self.unwritten(import_id))
            return Response(status=HTTPStatus.NO_CONTENT)

    class WriteList(_ListView):
        way = kind
        access = {"GET": kind.permission, "POST": kind.permission}

        @extend_schema(
            operation_id=f"{kind.name}_writing",
            summary="How far a worker is with it",
            responses=WritingOut,
        )
        def get(self, request: Request, study_id: UUID, import_id: UUID) -> Response:
            mine = self.study.imports.filter(kind=kind.kind, imported_by=self.person)
            return self.told_how_far(get_object_or_404(mine.select_related("study"), id=import_id))

        @extend_schema(
            operation_id=f"{kind.name}_write",
            summary="Write all of it, or nothing; a worker does it with long lists",
            request=None,
            responses={200: ListOut, 202: WritingOut},
        )
        def post(self, request: Request, study_id: UUID, import_id: UUID) -> Response:
            started = self.unwritten(import_id)
            if headings := undecided_dates(started):
                sentence = f"Say what comes first in the dates of: {', '.join(headings)}."
                raise serializers.ValidationError({"columns": sentence})
            if actions.is_long(started):
                actions.request_write(started=started, by=self.person, now=timezone.now())
                return self.told_how_far(started, HTTPStatus.ACCEPTED)
            return self.told(kind.write(started=started, by=self.person, now=timezone.now()))

    class UndoList(_ListView):
        way = kind
        access = {"GET": kind.permission, "POST": kind.permission}

        @extend_schema(
            operation_id=f"{kind.name}_undoing",
            summary="How far a worker is with taking it back",
            responses=UndoingOut,
        )
        def get(self, request: Request, study_id: UUID, import_id: UUID) -> Response:
            return self.told_how_far_back(get_object_or_404(self.written(), id=import_id))

        @extend_schema(
            operation_id=f"{kind.name}_undo",
            summary="Take it back as a whole; a worker does it with long lists",
            request=None,
            responses={200: ListOut, 202: UndoingOut},
        )
        def post(self, request: Request, study_id: UUID, import_id: UUID) -> Response:
            written = get_object_or_404(self.written(), id=import_id)
            if actions.is_long_undo(written):
                actions.request_undo(written=written, by=self.person, now=timezone.now())
                return self.told_how_far_back(written, HTTPStatus.ACCEPTED)
            return self.told(actions.undo(written=written, by=self.person, now=timezone.now()))

    one = f"{at}<uuid:import_id>/"
    found = [
        path(at, Lists.as_view(), name=f"{kind.name}s"),
        path(one, OneList.as_view(), name=kind.name),
        path(f"{one}write/", WriteList.as_view(), name=f"{kind.name}_write"),
    ]
    if kind is not CODES:
        found.append(path(f"{one}undo/", UndoList.as_view(), name=f"{kind.name}_undo"))
    return found


def _must_fit(request: Request) -> None:
    _ = request.data  # reads the files: only then it is known which of them were too large
    for name in too_large(request.META):
        limit = settings.UPLOAD_LIMIT // (1024 * 1024)
        raise TooLarge(f"{name} is larger than {limit} MB, the most that can be taken.")


def _columns(row: Import) -> tuple[Column, ...]:
    return Columns.from_json(row.mapping).columns if row.mapping else ()


def _said(started: Import, given: dict[str, Any], meanings: set[str]) -> Columns:
    """What was said, if it is about these columns and each meaning goes to one of them."""
    known = _columns(started)
    if [each["header"] for each in given["columns"]] != [column.header for column in known]:
        raise serializers.ValidationError({"columns": "Name all columns of the list in their order."})
    taken = [each["to"] for each in given["columns"] if each["to"] not in (LEAVE, NEW_CHARACTERISTIC)]
    if unknown := set(taken) - meanings:
        raise serializers.ValidationError({"columns": f"A column cannot stand for “{min(unknown)}”."})
    if len(taken) > len(set(taken)):
        raise serializers.ValidationError({"columns": "Two columns stand for the same."})
    study = started.study
    for name, rows in (("every_group", study.groups), ("every_site", study.sites)):
        if given[name] and not rows.filter(id=given[name]).exists():
            raise serializers.ValidationError({name: "The study has none with this id."})
    columns = [
        replace(column, to=each["to"], day_first=each["day_first"])
        for column, each in zip(known, given["columns"], strict=True)
    ]
    return Columns(
        tuple(columns),
        every_group=str(given["every_group"] or ""),
        every_site=str(given["every_site"] or ""),
        makes_places=given["makes_places"],
        name=given["name"],
        rows_left_out=tuple(given["rows_left_out"]),
    )


def _checked(way: Way, started: Import) -> dict[str, Any]:
    plan = way.plan(started)
    undecided = undecided_dates(started)
    return {
        **{status: plan.count(status) for status in ("new", "changed", "unchanged", "refused")},
        "can_be_written": plan.can_be_written and not undecided,
        "undecided_dates": undecided,
        "rows": plan.rows[:ROWS_TOLD],
        "problems": plan.problems[:ROWS_TOLD],
    }
