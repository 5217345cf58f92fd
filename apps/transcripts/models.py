from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.participants.models import Interview
from apps.studies.models import Membership, Study
from apps.studies.permissions import Permission

# Codings point into the text, so it never changes. The owner of the tables may delete it with its study, and
# its one function for that may black out the words of somebody who has withdrawn.
_REFUSE_CHANGE = """
    IF current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'text_of_a_transcript_stays';
"""


def _text_stays() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="text_stays",
        operation=pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=_REFUSE_CHANGE,
    )


# Each text is read once for all of its turns. Accents do not count, and every word does: "not" as well.
_MAKE_SEARCHABLE = """
    WITH texts AS MATERIALIZED (
        SELECT id, text || '' AS text FROM transcripts_transcriptversion
        WHERE id IN (SELECT version_id FROM new_turns)
    ), turns AS MATERIALIZED (
        SELECT turn.*, substr(texts.text, turn.start + 1, turn."end" - turn.start) AS text
        FROM new_turns turn JOIN texts ON texts.id = turn.version_id
    )
    INSERT INTO transcripts_searchedturn (turn_id, version_id, position, role, text, words)
    SELECT id, version_id, position, role, text, to_tsvector('public.concord_words', text) FROM turns;
    RETURN NULL;
"""

# A text is changed only where its words are taken out for good: then they must not be found either.
_KEEP_SEARCHABLE = """
    UPDATE transcripts_searchedturn SET
        text = substr(NEW.text, turn.start + 1, turn."end" - turn.start),
        words = to_tsvector(
            'public.concord_words', substr(NEW.text, turn.start + 1, turn."end" - turn.start)
        )
    FROM transcripts_turn turn WHERE turn.id = turn_id AND turn.version_id = NEW.id;
    RETURN NULL;
"""


class SourceFile(Record):
    """A file as it was received, byte for byte."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="source_files")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    privacy = classified(open="id created_at study sha256 size uploaded_by", identifying="name content")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["study", "sha256"], name="sourcefile_is_kept_once_in_study")
        ]


class Upload(Record):
    """A file that was read but not yet confirmed: its speakers still need their roles."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="uploads")
    source_file = models.OneToOneField(SourceFile, on_delete=models.CASCADE, related_name="upload")
    draft = models.JSONField()

    privacy = classified(open="id created_at study source_file", identifying="draft")

    class Meta:
        ordering = ["created_at"]


class TranscriptQuerySet(models.QuerySet["Transcript"]):
    def ready(self) -> TranscriptQuerySet:
        """Checked against the recording and de-identified: fit to be coded."""
        return self.filter(ready_at__isnull=False)

    def visible_to(self, membership: Membership) -> TranscriptQuerySet:
        """The study's; who only reads sees those that are ready, for the others may still name people."""
        found = self.filter(study=membership.study_id)
        return found if membership.may(Permission.TRANSCRIPTS_EDIT) else found.ready()


class Transcript(Record):
    """The written form of one interview; its text lives in versions."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="transcripts")
    interview = models.OneToOneField(Interview, on_delete=models.PROTECT, related_name="transcript")
    is_excerpt = models.BooleanField(_("excerpt"), default=False)
    ready_at = models.DateTimeField(null=True, blank=True)
    ready_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = TranscriptQuerySet.as_manager()

    privacy = classified(open="id created_at study is_excerpt ready_at ready_by", pseudonymous="interview")

    class Meta:
        ordering = ["interview__participant__group__position", "interview__participant__number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ready_at=None, ready_by=None) | Q(ready_at__isnull=False, ready_by__isnull=False),
                name="transcript_ready_at_and_by_are_paired",
            )
        ]

    def __str__(self) -> str:
        return self.interview.participant.pseudonym


class TranscriptVersionQuerySet(models.QuerySet["TranscriptVersion"]):
    def newest(self) -> TranscriptVersionQuerySet:
        """The present text of each transcript."""
        newer = TranscriptVersion.objects.filter(
            transcript=OuterRef("transcript"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(newer))


class TranscriptVersion(Record):
    """An immutable text. All offsets are Unicode code points of `text`, half-open."""

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    text = models.TextField()
    length = models.PositiveIntegerField()
    word_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sentence_starts = ArrayField(models.PositiveIntegerField())
    sentence_ends = ArrayField(models.PositiveIntegerField())
    source_file = models.ForeignKey(SourceFile, on_delete=models.PROTECT, null=True, related_name="versions")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = TranscriptVersionQuerySet.as_manager()

    privacy = classified(
        open="id created_at transcript number length word_count sha256 sentence_starts sentence_ends "
        "source_file made_by",
        pseudonymous="text",
    )

    class Meta:
        ordering = ["transcript", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["transcript", "number"], name="transcriptversion_number_is_unique"
            ),
            models.CheckConstraint(condition=Q(length__gt=0), name="transcriptversion_has_text"),
        ]
        triggers = [
            _text_stays(),
            pgtrigger.Trigger(
                name="words_follow_the_text",
                operation=pgtrigger.UpdateOf("text"),  # type: ignore[no-untyped-call]  # the library's own
                when=pgtrigger.After,
                func=_KEEP_SEARCHABLE,
            ),
        ]

    @property
    def sentences(self) -> list[tuple[int, int]]:
        return list(zip(self.sentence_starts, self.sentence_ends, strict=True))


class Turn(Record):
    """What one speaker says until another speaks: [start, end) in code points of the version's text."""

    class Role(models.TextChoices):
        INTERVIEWER = "interviewer", _("Interviewer")
        PARTICIPANT = "participant", _("Participant")
        OTHER = "other", _("Other")

    version = models.ForeignKey(TranscriptVersion, on_delete=models.CASCADE, related_name="turns")
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    speaker = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    starts_at_ms = models.PositiveIntegerField(null=True)

    privacy = classified(
        open="id created_at version position start end role starts_at_ms", pseudonymous="speaker"
    )

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="turn_position_is_unique"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="turn_start_is_before_end"),
        ]
        triggers = [
            _text_stays(),
            pgtrigger.Trigger(
                name="words_can_be_found",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="new_turns"),  # type: ignore[no-untyped-call]  # the library's own
                func=_MAKE_SEARCHABLE,
            ),
        ]


class SearchedTurn(models.Model):
    """What is said in a turn, as it stands in the text and as the full-text search finds it.

    A trigger writes it with the turn: to cut a few turns out of a text, the database counts all characters
    before them.
    """

    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, primary_key=True, related_name="searched")
    version = models.ForeignKey(TranscriptVersion, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    role = models.CharField(max_length=12, choices=Turn.Role.choices)
    text = models.TextField()
    words = SearchVectorField()

    privacy = classified(open="turn version position role", pseudonymous="text words")

    class Meta:
        ordering = ["version", "position"]
        indexes = [GinIndex(fields=["words"], name="searchedturn_words")]


class Correction(Record):
    """Other words in some turns of a text. A worker makes the next version, and moves the codings with it."""

    before = models.OneToOneField(TranscriptVersion, on_delete=models.PROTECT, related_name="correction")
    after = models.OneToOneField(
        TranscriptVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="corrects"
    )
    words = models.JSONField()
    changes = models.JSONField()
    hides_somebody = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    carried_at = models.DateTimeField(null=True, blank=True)

    privacy = classified(
        open="id created_at before after changes hides_somebody asked_by carried_at", pseudonymous="words"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(after=None, carried_at=None) | Q(after__isnull=False, carried_at__isnull=False),
                name="correction_carried_has_a_version",
            )
        ]


class QuotationCheck(Record):
    """What somebody said who was shown words of theirs that are to be quoted. The last one counts."""

    class Outcome(models.TextChoices):
        SHOWN = "shown", _("Shown, no answer yet")
        AGREED = "agreed", _("Agreed")
        REWORDED = "reworded", _("Agreed in other words")
        DECLINED = "declined", _("Declined")

    version = models.ForeignKey(TranscriptVersion, on_delete=models.CASCADE, related_name="quotation_checks")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    happened_on = models.DateField(_("on"))
    wording = models.TextField(_("other words"), blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    privacy = classified(
        open="id created_at version start end outcome happened_on recorded_by", pseudonymous="wording note"
    )

    class Meta:
        ordering = ["version", "start", "end", "happened_on", "created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="quotationcheck_start_before_end"),
            models.CheckConstraint(
                condition=Q(outcome="reworded") & ~Q(wording="") | ~Q(outcome="reworded") & Q(wording=""),
                name="quotationcheck_other_words_are_given",
            ),
        ]
