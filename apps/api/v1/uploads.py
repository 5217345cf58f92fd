from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.access import StudyView
from apps.api.v1.transcripts import TranscriptOut
from apps.coding import actions as coding
from apps.core.uploads import too_large
from apps.participants.models import Interview, Participant
from apps.studies.permissions import Permission
from apps.transcripts import actions, queries
from apps.transcripts.engine.drafts import Draft
from apps.transcripts.engine.limits import MAX_CHARACTERS
from apps.transcripts.models import Transcript, Turn, Upload

ROLES = [*Turn.Role.choices, ("not_a_speaker", "Not a speaker")]


class TooLarge(APIException):
    """A file above the limit, of which nothing was kept."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class FileIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)
    do_speakers_alternate = serializers.BooleanField(
        default=False, help_text="Where no speakers are named, two people speak in turn."
    )


class PastedIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=MAX_CHARACTERS, trim_whitespace=False)
    name = serializers.CharField(max_length=120, default="Pasted text")
    do_speakers_alternate = serializers.BooleanField(default=False)


class LabelOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    count = serializers.IntegerField(help_text="Turns under this label.")
    words = serializers.IntegerField()
    role = serializers.ChoiceField(choices=ROLES, help_text="A guess, to be confirmed.")
    example = serializers.CharField()


class UploadOut(serializers.ModelSerializer[Upload]):
    name = serializers.CharField(source="source_file.name")
    size = serializers.IntegerField(source="source_file.size")
    sha256 = serializers.CharField(source="source_file.sha256")

    class Meta:
        model = Upload
        fields = ["id", "created_at", "name", "size", "sha256"]


class DraftOut(UploadOut):
    """An upload with what was read from it."""

    kind = serializers.CharField(source="draft.kind")
    encoding = serializers.CharField(source="draft.encoding")
    is_encoding_guessed = serializers.BooleanField(source="draft.is_guess")
    labels = LabelOut(source="draft.labels", many=True)
    warnings = serializers.SerializerMethodField()

    class Meta(UploadOut.Meta):
        fields = [
            *UploadOut.Meta.fields,
            "kind",
            "encoding",
            "is_encoding_guessed",
            "labels",
            "warnings",
        ]

    def get_warnings(self, upload: Upload) -> list[str]:
        """One sentence for each thing that somebody should look at."""
        return [warning.sentence for warning in Draft.from_json(upload.draft).warnings]


class SpeakerIn(serializers.Serializer[Any]):
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]
    role = serializers.ChoiceField(choices=ROLES)
    name = serializers.CharField(
        max_length=120, default="", allow_blank=True, help_text="Written instead of the label."
    )


class ConfirmIn(serializers.Serializer[Any]):
    """One of `interview`, `participant` (their interview is recorded) and `transcript` (it is corrected)."""

    interview = serializers.PrimaryKeyRelatedField(queryset=Interview.objects.none(), required=False)
    participant = serializers.PrimaryKeyRelatedField(queryset=Participant.objects.none(), required=False)
    transcript = serializers.PrimaryKeyRelatedField(queryset=Transcript.objects.none(), required=False)
    held_on = serializers.DateField(required=False)
    mode = serializers.ChoiceField(choices=Interview.Mode.choices, default=Interview.Mode.VIDEO)
    speakers = SpeakerIn(many=True)
    unlabelled = serializers.ChoiceField(
        choices=ROLES, default=Turn.Role.OTHER, help_text="The role of text under no label."
    )
    is_excerpt = serializers.BooleanField(default=False)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if study := self.context.get("study"):
            fields["interview"].queryset = study.interviews.all()
            fields["participant"].queryset = study.participants.all()
            fields["transcript"].queryset = study.transcripts.all()
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(name in attrs for name in ("interview", "participant", "transcript")) != 1:
            raise serializers.ValidationError("Name one interview, participant or transcript.")
        if "participant" in attrs and "held_on" not in attrs:
            raise serializers.ValidationError({"held_on": "Say when the interview was held."})
        return attrs


class Uploads(StudyView):
    access = Permission.TRANSCRIPTS_EDIT
    serializer_class = UploadOut
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="uploads_list",
        summary="Uploads that wait for somebody to say who speaks",
        responses=UploadOut(many=True),
    )
    def get(self, request: Request, study_id: UUID) -> Response:
        return self.page(queries.waiting(self.study))

    @extend_schema(
        operation_id="uploads_add",
        summary="Upload one file; of one that cannot be read nothing is kept",
        request={"multipart/form-data": FileIn},
        responses={201: DraftOut},
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        self._must_fit()
        given = self.given(FileIn)
        file = given.pop("file")
        upload = actions.receive(
            study=self.study, name=file.name, data=file.read(), **given, by=self.person, now=timezone.now()
        )
        return Response(DraftOut(upload).data, status=HTTPStatus.CREATED)

    def _must_fit(self) -> None:
        _ = self.request.data  # reads the files: only then it is known which of them were too large
        for name in too_large(self.request.META):
            limit = settings.UPLOAD_LIMIT // (1024 * 1024)
            raise TooLarge(f"{name} is larger than {limit} MB, the most that can be taken.")


class Paste(StudyView):
    access = Permission.TRANSCRIPTS_EDIT
    serializer_class = DraftOut
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="uploads_paste", summary="Send a text", request=PastedIn, responses={201: DraftOut}
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        given = self.given(PastedIn)
        return self.made(actions.receive_text(study=self.study, **given, by=self.person, now=timezone.now()))


class OneUpload(StudyView):
    access = Permission.TRANSCRIPTS_EDIT
    serializer_class = DraftOut

    @extend_schema(operation_id="upload_read", summary="What was read, and the labels that were found")
    def get(self, request: Request, study_id: UUID, upload_id: UUID) -> Response:
        uploads = queries.waiting(self.study).defer(None).defer("source_file__content")
        return Response(self.get_serializer(get_object_or_404(uploads, id=upload_id)).data)

    @extend_schema(operation_id="upload_discard", summary="Throw an upload away")
    def delete(self, request: Request, study_id: UUID, upload_id: UUID) -> Response:
        upload = get_object_or_404(queries.waiting(self.study), id=upload_id)
        actions.discard(upload=upload, by=self.person, now=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


class Confirm(StudyView):
    access = Permission.TRANSCRIPTS_EDIT
    serializer_class = TranscriptOut

    @extend_schema(
        operation_id="upload_confirm",
        summary="Say who speaks and whose interview it is; the upload becomes a transcript",
        request=ConfirmIn,
        responses={201: TranscriptOut},
    )
    def post(self, request: Request, study_id: UUID, upload_id: UUID) -> Response:
        upload = get_object_or_404(queries.waiting(self.study), id=upload_id)
        transcript = self._confirmed(upload, self.given(ConfirmIn))
        return self.made(queries.newest_versions(self.membership).get(transcript=transcript))

    def _confirmed(self, upload: Upload, given: dict[str, Any]) -> Transcript:
        speakers = given["speakers"]
        common: dict[str, Any] = {
            "upload": upload,
            "roles": {None: given["unlabelled"], **{each["label"]: each["role"] for each in speakers}},
            "speakers": {each["label"]: each["name"] for each in speakers if each["name"]},
            "is_excerpt": given["is_excerpt"],
            "by": self.person,
            "now": timezone.now(),
        }
        if "interview" in given:
            return actions.confirm(interview=given["interview"], **common)
        if "transcript" in given:
            return coding.correct(transcript=given["transcript"], **common).transcript
        held = {name: given[name] for name in ("participant", "held_on", "mode")}
        return actions.confirm_for_person(**held, **common)
