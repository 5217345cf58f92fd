from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.agreement.models.own_numbers import OwnNumber
from apps.codebooks.models import CodebookVersion
from apps.coding.models import CodingAssignment
from apps.core.records import Record, classified
from apps.participants.models import Rule
from apps.studies.models import Study
from apps.transcripts.models import TranscriptVersion

PLANNED_BEFORE_CODING = (
    "kind",
    "codebook_version_id",
    "strata",
    "at_least",
    "share",
    "per_group",
    "per_site",
    "per_interviewer",
    "own_numbers",
    "coders_per_transcript",
    "seed",
    "if_interviewed",
    "tolerance_unit",
    "tolerance",
    "levels",
    "thresholds",
    "has_coefficients",
    "has_sealed_proposals",
    "has_unnamed_sides",
)
"""What is set in the plan or never: a threshold that is chosen after the figures are known is none."""


def _columns(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in PLANNED_BEFORE_CODING)


def default_levels() -> list[str]:
    return [level.value for level in Round.Level]


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
        VOID = "void", _("Void")

    class Stratum(models.TextChoices):
        GROUP = "group", _("Participant group")
        SITE = "site", _("Site")
        INTERVIEWER = "interviewer", _("Interviewer")

    class ToleranceUnit(models.TextChoices):
        SHARE = "share", _("share of the shorter span in common")
        WORDS = "words", _("words between the ends")
        CHARACTERS = "characters", _("characters between the ends")

    class Level(models.TextChoices):
        ANSWER = "answer", _("Answers")
        SENTENCE = "sentence", _("Sentences")
        TURN = "turn", _("Turns")
        CHARACTER = "character", _("Characters")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.MAIN)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    codebook_version = models.ForeignKey(CodebookVersion, on_delete=models.PROTECT, related_name="rounds")
    adjudicator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="rounds_adjudicated")
    rationale = models.TextField(_("why these transcripts"), blank=True)
    hold_minutes = models.PositiveSmallIntegerField(_("hold before release, in minutes"), default=15)
    # The draw: how many transcripts, and from where.
    strata = ArrayField(models.CharField(max_length=12, choices=Stratum.choices), default=list, blank=True)
    at_least = models.PositiveSmallIntegerField(_("at least so many transcripts"), default=12)
    share = models.FloatField(_("share of all transcripts"), default=0.2)
    per_group = models.PositiveSmallIntegerField(_("at least from each group"), default=3)
    per_site = models.PositiveSmallIntegerField(_("at least from each site"), default=1)
    per_interviewer = models.PositiveSmallIntegerField(_("at least from each interviewer"), default=1)
    # Each as an OwnNumber has it; whoever is not named here has the number of all.
    own_numbers = models.JSONField(_("different numbers for some"), default=list, blank=True)
    coders_per_transcript = models.PositiveSmallIntegerField(_("coders for each transcript"), default=2)
    seed = models.PositiveBigIntegerField(default=1)
    # What is counted. None of it is changed once coding has begun: a trigger sees to it.
    tolerance_unit = models.CharField(
        max_length=12, choices=ToleranceUnit.choices, default=ToleranceUnit.SHARE
    )
    tolerance = models.FloatField(_("tolerance"), default=0.5)
    levels = ArrayField(models.CharField(max_length=12, choices=Level.choices), default=default_levels)
    thresholds = ArrayField(models.FloatField(), default=list, blank=True)
    has_coefficients = models.BooleanField(_("with coefficients"), default=True)
    has_sealed_proposals = models.BooleanField(_("sealed proposals"), default=False)
    has_unnamed_sides = models.BooleanField(_("unnamed sides in random order"), default=False)
    if_interviewed = models.CharField(
        _("coders who interviewed the person"), max_length=6, choices=Rule.choices, default=Rule.ALLOW
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    # Until the draw is complete the round is not released: more transcripts are to come.
    drawn_at = models.DateTimeField(null=True, blank=True)
    # When its last batch was released: from then on nothing of it is blind.
    released_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voided_reason = models.TextField(_("why it is void"), blank=True)

    privacy = classified(
        open="id created_at study number kind state codebook_version adjudicator rationale hold_minutes "
        "strata at_least share per_group per_site per_interviewer coders_per_transcript seed "
        "tolerance_unit tolerance levels thresholds has_coefficients has_sealed_proposals has_unnamed_sides "
        "if_interviewed opened_at drawn_at released_at closed_at closed_by voided_at voided_by",
        pseudonymous="voided_reason",
        # An interviewer who has no account goes by name.
        identifying="own_numbers",
    )

    class Meta:
        ordering = ["study", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="round_number_is_unique_in_study"),
            models.CheckConstraint(
                condition=Q(tolerance_unit="share", tolerance__gt=0, tolerance__lte=1)
                | (~Q(tolerance_unit="share") & Q(tolerance__gte=0)),
                name="round_tolerance_makes_sense",
            ),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="round_share_is_a_share"),
            models.CheckConstraint(
                condition=Q(coders_per_transcript__gte=2), name="round_is_coded_by_two_at_least"
            ),
            models.CheckConstraint(condition=Q(levels__len__gt=0), name="round_counts_at_some_level"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at=None)),
                name="round_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="void")
                | Q(state__in=["planned", "coding", "held"], released_at=None)
                | Q(state__in=["released", "conferring", "adjudicating"])
                | Q(state="closed", released_at__isnull=False),
                name="round_is_released_before_it_is_closed",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="void", voided_at__isnull=False, voided_by__isnull=False) & ~Q(voided_reason="")
                )
                | (~Q(state="void") & Q(voided_at=None, voided_by=None, voided_reason="")),
                name="round_void_by_somebody_for_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="plan_stays_once_drawn",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="planned"),
                func=f"""
                    IF ({_columns("NEW")}) IS DISTINCT FROM ({_columns("OLD")})
                    THEN RAISE EXCEPTION 'round_plan_stays_once_drawn';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return _("Round %(number)s") % {"number": self.number}

    @property
    def numbers_by_name(self) -> list[OwnNumber]:
        """The groups, sites and interviewers that have a number of their own."""
        return [OwnNumber(**each) for each in self.own_numbers]

    @property
    def is_being_coded(self) -> bool:
        """Something of it is still blind; where it has batches, another may have been released."""
        is_over = self.state in {self.State.PLANNED, self.State.CLOSED, self.State.VOID}
        return self.released_at is None and not is_over

    @property
    def is_partly_blind(self) -> bool:
        """One of its batches is released, and another still being coded."""
        return self.is_being_coded and self.state not in {self.State.CODING, self.State.HELD}


class RoundCoder(Record):
    """A coder of a round. Who leaves half-way stays on record and is given nothing more."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="coders")
    coder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    left_at = models.DateTimeField(null=True, blank=True)

    privacy = classified(open="id created_at round coder position left_at")

    class Meta:
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "coder"], name="roundcoder_is_once_in_round"),
            models.UniqueConstraint(fields=["round", "position"], name="roundcoder_position_is_unique"),
        ]


class RoundTranscriptQuerySet(models.QuerySet["RoundTranscript"]):
    def standing(self) -> RoundTranscriptQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def counted(self) -> RoundTranscriptQuerySet:
        """Those that agreement is computed on: neither withdrawn nor unblinded before the release."""
        return self.filter(withdrawn_at=None, unblinded_at=None)


class RoundTranscript(Record):
    """A transcript drawn or picked for a round. Only one open round may hold it."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="transcripts")
    batch = models.ForeignKey("agreement.Batch", on_delete=models.CASCADE, related_name="transcripts")
    transcript_version = models.ForeignKey(TranscriptVersion, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    is_picked_by_hand = models.BooleanField(default=True)
    is_round_open = models.BooleanField(default=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.TextField(_("why it is taken out"), blank=True)
    unblinded_at = models.DateTimeField(null=True, blank=True)
    unblinded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unblinded_reason = models.TextField(_("why it must be unblinded"), blank=True)

    objects = RoundTranscriptQuerySet.as_manager()

    privacy = classified(
        open="id created_at round batch transcript_version position is_picked_by_hand is_round_open "
        "withdrawn_at withdrawn_by unblinded_at unblinded_by",
        pseudonymous="withdrawn_reason unblinded_reason",
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
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="roundtranscript_withdrawn_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(unblinded_at=None, unblinded_by=None, unblinded_reason="")
                | (Q(unblinded_at__isnull=False, unblinded_by__isnull=False) & ~Q(unblinded_reason="")),
                name="roundtranscript_unblinded_by_somebody_for_a_reason",
            ),
        ]
        # Else a transcript could be moved to where everything else is submitted.
        triggers = [pgtrigger.ReadOnly(name="stays_in_its_batch", fields=["round", "batch"])]

    @property
    def is_counted(self) -> bool:
        """Agreement is computed on it."""
        return self.withdrawn_at is None and self.unblinded_at is None


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
