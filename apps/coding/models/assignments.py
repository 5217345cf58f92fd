from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.codebooks.models import CodebookVersion
from apps.core.records import Record, classified
from apps.studies.models import Membership, Study
from apps.studies.permissions import Permission
from apps.transcripts.models import TranscriptVersion


class CodingAssignmentQuerySet(models.QuerySet["CodingAssignment"]):
    def open_to(self, user: User | uuid.UUID) -> CodingAssignmentQuerySet:
        """Assignments whose codings the person may see: their own, and those that are released, open to the
        team, or in an emergency unblinded, of texts on which they are not themselves coding blind; a
        consensus is nobody's own. The row-level policy says the same."""
        readers = Membership.objects.filter(user=user).current().holding(Permission.CODINGS_VIEW)
        blind = CodingAssignment.objects.filter(
            coder=user,
            kind=CodingAssignment.Kind.INDEPENDENT,
            released_at=None,
            voided_at=None,
            transcript_version__transcript=OuterRef("transcript_version__transcript"),
        )
        own = Q(coder=user) & ~Q(kind=CodingAssignment.Kind.CONSENSUS)
        shown = Q(released_at__isnull=False) | Q(unblinded_at__isnull=False)
        shown |= Q(is_open=True, kind=CodingAssignment.Kind.PRIMARY, voided_at=None)
        return self.filter(own | shown & Q(study__in=readers.values("study")) & ~Q(Exists(blind)))


class CodingAssignment(Record):
    """One coder, one transcript version, one codebook version."""

    class Kind(models.TextChoices):
        PRIMARY = "primary", _("Primary")
        INDEPENDENT = "independent", _("Independent")
        CONSENSUS = "consensus", _("Consensus")

    class State(models.TextChoices):
        ASSIGNED = "assigned", _("Not started")
        IN_PROGRESS = "in_progress", _("Started")
        SUBMITTED = "submitted", _("Submitted")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="assignments")
    transcript_version = models.ForeignKey(
        TranscriptVersion, on_delete=models.PROTECT, related_name="assignments"
    )
    codebook_version = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, related_name="assignments"
    )
    coder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ASSIGNED)
    is_open = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    unblinded_at = models.DateTimeField(null=True, blank=True)

    objects = CodingAssignmentQuerySet.as_manager()
    # Whoever has read this row holds its lock until the end of their transaction.
    is_held = False

    privacy = classified(
        open="id created_at study transcript_version codebook_version coder kind state is_open due_on "
        "started_at submitted_at released_at voided_at unblinded_at"
    )

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["coder", "state"], name="assignment_by_coder")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False)
                | (~Q(state="submitted") & Q(submitted_at=None)),
                name="codingassignment_submitted_has_a_time",
            ),
            # What is coded blind can never be opened before its release, by no setting and no mistake.
            models.CheckConstraint(
                condition=Q(is_open=False) | Q(kind="primary"), name="codingassignment_open_is_primary"
            ),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(state="submitted"),
                name="codingassignment_released_is_submitted",
            ),
            models.UniqueConstraint(
                fields=["transcript_version", "coder"],
                condition=Q(kind="independent", released_at=None, voided_at=None),
                name="codingassignment_one_blind_per_coder_and_text",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="stays_whose_it_is", fields=["study", "coder", "kind"]),
            pgtrigger.Trigger(
                name="release_is_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__released_at__isnull=False) & ~pgtrigger.Q(old__kind="primary"),
                func="""
                    IF (NEW.state, NEW.submitted_at, NEW.released_at, NEW.transcript_version_id)
                    IS DISTINCT FROM (OLD.state, OLD.submitted_at, OLD.released_at, OLD.transcript_version_id)
                    THEN RAISE EXCEPTION 'codingassignment_release_is_final';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def topic(self) -> str:
        """What is told of under this name concerns its coder alone; a trigger of the gestures says it too."""
        return f"assignment {self.id}"

    @property
    def topics(self) -> list[str]:
        """What its coder's windows listen to: colleagues only where both code openly."""
        return [self.topic, self.topic_of_team] if self.is_open else [self.topic]

    @property
    def topic_of_team(self) -> str:
        return f"open coding of {self.transcript_version_id}"

    @property
    def is_blind(self) -> bool:
        """Nobody but its coder may know what is in it."""
        is_open = self.released_at is not None or self.unblinded_at is not None
        return self.kind == self.Kind.INDEPENDENT and not is_open

    @property
    def is_writable(self) -> bool:
        return self.state != self.State.SUBMITTED and self.voided_at is None

    @property
    def can_be_taken_back(self) -> bool:
        """A primary submission at any time, an independent one until its release, a consensus never."""
        is_still_blind = self.kind == self.Kind.INDEPENDENT and self.released_at is None
        is_open_anyway = self.kind == self.Kind.PRIMARY
        return self.state == self.State.SUBMITTED and (is_still_blind or is_open_anyway)
