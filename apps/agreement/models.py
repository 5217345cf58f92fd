from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.codebooks.models import Code, CodebookVersion
from apps.coding.models import CodingAssignment
from apps.core.records import Record, classified
from apps.jobs.models import Run
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


class AgreementRun(Record):
    """One computation over the frozen codings of a round; the same input gives the same stored run."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="agreement_runs")
    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="agreement_run")
    algorithm = models.CharField(max_length=40)
    input_hash = models.CharField(max_length=64)
    report = models.JSONField()
    tables = models.BinaryField(default=b"")
    computed_at = models.DateTimeField()

    privacy = classified(open="id created_at round run algorithm input_hash report tables computed_at")

    class Meta:
        ordering = ["-computed_at"]
        constraints = [
            models.UniqueConstraint(fields=["round", "input_hash"], name="agreementrun_input_is_stored_once")
        ]


class AgreementResult(Record):
    """The figures of one code (or of all, where `code` is empty) at one level."""

    agreement_run = models.ForeignKey(AgreementRun, on_delete=models.CASCADE, related_name="results")
    level = models.CharField(max_length=12)
    code = models.ForeignKey(Code, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    both = models.PositiveIntegerField()
    only_first = models.PositiveIntegerField()
    only_second = models.PositiveIntegerField()
    neither = models.PositiveIntegerField()
    alpha = models.FloatField(null=True)
    alpha_low = models.FloatField(null=True)
    alpha_high = models.FloatField(null=True)
    positive_agreement = models.FloatField(null=True)
    kappa = models.FloatField(null=True)
    remark = models.CharField(max_length=200, blank=True)

    privacy = classified(
        open="id created_at agreement_run level code position both only_first only_second neither alpha "
        "alpha_low alpha_high positive_agreement kappa remark"
    )

    class Meta:
        ordering = ["agreement_run", "level", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement_run", "level", "code"],
                name="agreementresult_is_one_per_level_and_code",
                nulls_distinct=False,
            )
        ]


class Discrepancy(Record):
    """One typed difference between two coders of a transcript: [start, end) covers both sides."""

    class Kind(models.TextChoices):
        MISSED = "missed", _("One coder only")
        EXTRA = "extra", _("Additional code")
        SIBLING = "sibling", _("Other code, same construct")
        CONSTRUCT = "construct", _("Other construct")
        LEVEL = "level", _("Construct against its subconstruct")
        BOUNDARY = "boundary", _("Boundary")
        INFLUENCE = "influence", _("Influence")
        SPLIT = "split", _("One span against several")

    agreement_run = models.ForeignKey(AgreementRun, on_delete=models.CASCADE, related_name="discrepancies")
    round_transcript = models.ForeignKey(
        RoundTranscript, on_delete=models.CASCADE, related_name="discrepancies"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    answer = models.PositiveIntegerField(null=True)
    first_assignment = models.ForeignKey(CodingAssignment, on_delete=models.PROTECT, related_name="+")
    second_assignment = models.ForeignKey(CodingAssignment, on_delete=models.PROTECT, related_name="+")
    first_code = models.ForeignKey(Code, on_delete=models.PROTECT, null=True, related_name="+")
    second_code = models.ForeignKey(Code, on_delete=models.PROTECT, null=True, related_name="+")
    first_codings = ArrayField(models.UUIDField(), default=list)
    second_codings = ArrayField(models.UUIDField(), default=list)

    privacy = classified(
        open="id created_at agreement_run round_transcript kind position start end answer first_assignment "
        "second_assignment first_code second_code first_codings second_codings"
    )

    class Meta:
        ordering = ["round_transcript__position", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement_run", "round_transcript", "position"],
                name="discrepancy_position_is_unique",
            ),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="discrepancy_start_is_before_end"),
            models.CheckConstraint(
                condition=~Q(first_codings=[]) | ~Q(second_codings=[]), name="discrepancy_names_a_coding"
            ),
        ]


class Resolution(Record):
    """The decision on one discrepancy: what stands, why, and by whom. An undone one is kept."""

    class Outcome(models.TextChoices):
        FIRST = "first", _("The first")
        SECOND = "second", _("The second")
        BOTH = "both", _("Both")
        NEITHER = "neither", _("Neither")

    class Cause(models.TextChoices):
        SLIP = "slip", _("Slip")
        DEFINITION = "definition", _("Definition unclear")
        OVERLAP = "overlap", _("Codes overlap")
        OUTSIDE = "outside", _("Knowledge from outside the text")
        SEVERAL = "several", _("Rule for several codes")
        EXTENT = "extent", _("Extent of the passage")

    discrepancy = models.ForeignKey(Discrepancy, on_delete=models.CASCADE, related_name="resolutions")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    cause = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    privacy = classified(
        open="id created_at discrepancy outcome cause decided_by decided_at undone_by undone_at",
        pseudonymous="reason",
    )

    class Meta:
        ordering = ["decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["discrepancy"], condition=Q(undone_at=None), name="resolution_stands_alone"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="neither") | ~Q(reason=""), name="resolution_neither_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="resolution_undone_at_and_by_are_paired",
            ),
        ]
