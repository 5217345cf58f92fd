"""Pages of transcripts, below /studies/<study_id>/transcripts/."""

from django.urls import path

from apps.web.views import corrections, quotations, retrieval, transcripts, uploads

OF_TRANSCRIPTS = [
    path("transcripts/<uuid:transcript_id>/export/", retrieval.transcript_export, name="transcript_export"),
    path("transcripts/", transcripts.transcripts, name="transcripts"),
    path("transcripts/uploads/add/", uploads.upload_add, name="upload_add"),
    path("transcripts/uploads/paste/", uploads.upload_paste, name="upload_paste"),
    path("transcripts/uploads/<uuid:upload_id>/", uploads.upload, name="upload"),
    path("transcripts/uploads/<uuid:upload_id>/preview/", uploads.upload_preview, name="upload_preview"),
    path("transcripts/uploads/<uuid:upload_id>/discard/", uploads.upload_discard, name="upload_discard"),
    path("transcripts/<uuid:transcript_id>/", transcripts.transcript, name="transcript"),
    path("transcripts/<uuid:transcript_id>/ready/", transcripts.transcript_ready, name="transcript_ready"),
    path(
        "transcripts/<uuid:transcript_id>/not-ready/",
        transcripts.transcript_not_ready,
        name="transcript_not_ready",
    ),
    path(
        "transcripts/<uuid:transcript_id>/correct/", corrections.transcript_correct, name="transcript_correct"
    ),
    path(
        "transcripts/<uuid:transcript_id>/correct/retry/",
        corrections.correction_retry,
        name="correction_retry",
    ),
    path("transcripts/<uuid:transcript_id>/move/", transcripts.transcript_move, name="transcript_move"),
    path(
        "transcripts/<uuid:transcript_id>/read-again/",
        transcripts.transcript_read_again,
        name="transcript_read_again",
    ),
    path(
        "transcripts/<uuid:transcript_id>/versions/<int:number>/",
        transcripts.transcript_version,
        name="transcript_version",
    ),
    path(
        "transcripts/<uuid:transcript_id>/versions/<int:number>/original/",
        transcripts.transcript_original,
        name="transcript_original",
    ),
    path("transcripts/<uuid:transcript_id>/quotations/", quotations.quotations, name="quotations"),
    path(
        "transcripts/<uuid:transcript_id>/quotations/record/",
        quotations.quotation_record,
        name="quotation_record",
    ),
    path(
        "transcripts/<uuid:transcript_id>/quotations/<uuid:check_id>/undo/",
        quotations.quotation_undo,
        name="quotation_undo",
    ),
]
