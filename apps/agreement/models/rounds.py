from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.codebooks.models import CodebookVersion
from apps.coding.models import CodingAssignment
from apps.core.records import Record, classified
from apps.studies.models import Study
from apps.transcripts.models import TranscriptVersion


class Round(Record):
    """A double-coding round: what is coded twice, by whom, and what comes of it."""

    class Kind(models.TextChoices):
        CALIBRATION = "calibration", _("Calibration")
        MAIN = "main", _("Main")
        TOP_UP = "top_up", _("Top-up")
        RE_TEST = "re_test", _("Re-test")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        CODING = "coding", _("Coding, blind")
        HELD = "held", _("Held before release")
        RELEASED = "released", _("Released")
        CONFERRING = "conferring", _("Conferring")
        ADJUDICATING = "adjudicating", _("Adjudicating")
        CLOSED = "closed", _("Closed")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.MAIN)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    codebook_version = models.ForeignKey(CodebookVersion, on_delete=models.PROTECT, related_name="rounds")
    adjudicator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="rounds_adjudicated")
    rationale = models.TextField(_("why these transcripts"), blank=True)
    hold_minutes = models.PositiveSmallIntegerField(_("hold before release, in minutes"), default=15)
    tolerance = models.FloatField(_("share of the shorter span that counts as the same"), default=0.5)
    seed = models.PositiveBigIntegerField(default=1)
    opened_at = models.DateTimeField(null=True, blank=True)
    held_since = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    privacy = classified(
        open="id created_at study number kind state codebook_version adjudicator rationale hold_minutes "
        "tolerance seed opened_at held_since released_at closed_at closed_by"
    )

    class Meta:
        ordering = ["study", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="round_number_is_unique_in_study"),
            models.CheckConstraint(
                condition=Q(tolerance__gt=0, tolerance__lte=1), name="round_tolerance_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at=None)),
                name="round_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "coding", "held"], released_at=None)
                | (~Q(state__in=["planned", "coding", "held"]) & Q(released_at__isnull=False)),
                name="round_released_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return _("Round %(number)s") % {"number": self.number}


class RoundTranscript(Record):
    """A transcript drawn or picked for a round. Only one open round may hold it."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="transcripts")
    transcript_version = models.ForeignKey(TranscriptVersion, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    is_picked_by_hand = models.BooleanField(default=True)
    is_round_open = models.BooleanField(default=True)

    privacy = classified(
        open="id created_at round transcript_version position is_picked_by_hand is_round_open"
    )

    class Meta:
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["transcript_version"],
                condition=Q(is_round_open=True),
                name="roundtranscript_is_in_one_open_round",
            ),
            models.UniqueConstraint(
                fields=["round", "transcript_version"], name="roundtranscript_is_once_in_round"
            ),
        ]


class RoundAssignment(Record):
    """Which assignments belong to a transcript of a round; `position` 0 is the first coder."""

    round_transcript = models.ForeignKey(
        RoundTranscript, on_delete=models.CASCADE, related_name="assignments"
    )
    assignment = models.OneToOneField(CodingAssignment, on_delete=models.PROTECT, related_name="in_round")
    position = models.PositiveSmallIntegerField()

    privacy = classified(open="id created_at round_transcript assignment position")

    class Meta:
        ordering = ["round_transcript", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["round_transcript", "position"], name="roundassignment_position_is_unique"
            )
        ]
