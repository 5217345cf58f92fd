"""What the pages of transcripts show."""

from apps.transcripts.queries.finding import Found, Hit, find, marked, marked_between
from apps.transcripts.queries.quotations import Quotation, Quoting, places_of, quotations, quoting
from apps.transcripts.queries.texts import (
    NOT_READY,
    READY,
    Spoken,
    Targets,
    Unlabelled,
    interviews_without,
    newest_versions,
    preview,
    spoken,
    suggested_person,
    targets,
    unlabelled,
    untranscribed,
    waiting,
)

__all__ = [
    "NOT_READY",
    "READY",
    "Found",
    "Hit",
    "Quotation",
    "Quoting",
    "Spoken",
    "Targets",
    "Unlabelled",
    "find",
    "interviews_without",
    "marked",
    "marked_between",
    "newest_versions",
    "places_of",
    "preview",
    "quotations",
    "quoting",
    "spoken",
    "suggested_person",
    "targets",
    "unlabelled",
    "untranscribed",
    "waiting",
]
