from __future__ import annotations

import uuid
from datetime import timedelta

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.codebooks.models import Code
from apps.coding.models.assignments import CodingAssignment
from apps.core.guarding import GuardedManager
from apps.core.history import with_history
from apps.core.records import Record, classified
from apps.core.wakes import CHANNEL
from apps.transcripts.models import TranscriptVersion


class GestureQuerySet(models.QuerySet["Gesture"]):
    def of_coder(self, assignment: CodingAssignment) -> GestureQuerySet:
        """What the coder did, on the text as it is now and as it was before it was corrected."""
        return self.filter(assignment=assignment, of=None)

    def to_undo(self, assignment: CodingAssignment) -> Gesture | None:
        done = self.of_coder(assignment).filter(state=Gesture.State.DONE)
        return done.order_by("-number").with_code().first()

    def to_redo(self, assignment: CodingAssignment) -> Gesture | None:
        undone = self.of_coder(assignment).filter(state=Gesture.State.UNDONE)
        return undone.order_by("number").with_code().first()

    def with_code(self) -> GestureQuerySet:
        """With the name of the code that it was about, and none of the long columns."""
        here = [field.attname for field in Gesture._meta.concrete_fields]
        return self.select_related("coding__code").only(*here, "coding__code__name")


class Gesture(Record):
    """One thing that a coder did in an assignment, which can be undone and done again as a whole.

    The rows that it changed name it (`gesture`), and so does their history: what each of them was before and
    after is read there.
    """

    class Kind(models.TextChoices):
        ADD = "add", _("coded")
        MOVE = "move", _("edges moved")
        CHANGE = "change", _("influence or mark changed")
        REMOVE = "remove", _("removed")
        RESTORE = "restore", _("brought back")
        MEMO = "memo", _("memo written")
        UNDO = "undo", _("undone")
        REDO = "redo", _("done again")

    class State(models.TextChoices):
        DONE = "done", _("Done")
        UNDONE = "undone", _("Undone")
        DROPPED = "dropped", _("Undone, and something else done instead")

    # Found by its numbers.
    assignment = models.ForeignKey(
        CodingAssignment, on_delete=models.PROTECT, related_name="gestures", db_index=False
    )
    transcript_version = models.ForeignKey(TranscriptVersion, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DONE)
    coding = models.ForeignKey(
        "Coding", on_delete=models.PROTECT, null=True, blank=True, related_name="gestures"
    )
    of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    client_id = models.UUIDField(default=uuid.uuid4)
    asked_digest = models.CharField(max_length=32, blank=True, editable=False)

    objects = GuardedManager.from_queryset(GestureQuerySet)()

    privacy = classified(
        open="id created_at assignment transcript_version number kind state coding of start end client_id "
        "asked_digest"
    )

    class Meta:
        ordering = ["assignment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="gesture_number_is_unique"),
            models.UniqueConstraint(fields=["assignment", "client_id"], name="gesture_client_id_is_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=["undo", "redo"], of__isnull=False)
                | (~Q(kind__in=["undo", "redo"]) & Q(of=None)),
                name="gesture_undo_says_of_what",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="tells_its_windows",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=f"PERFORM pg_notify('{CHANNEL}', 'assignment ' || NEW.assignment_id); RETURN NULL;",
            ),
        ]


class CodingQuerySet(models.QuerySet["Coding"]):
    def visible_to(self, user: User) -> CodingQuerySet:
        """The blinding rule for codings."""
        return self.filter(assignment__in=CodingAssignment.objects.open_to(user).values("id"))

    def standing(self) -> CodingQuerySet:
        """Those that were not taken away again."""
        return self.filter(removed_at=None)

    def to_decide(self) -> CodingQuerySet:
        """Those whose words a correction took out of the text; their coder keeps them or lets them go."""
        return self.filter(lost_words_at__isnull=False, removed_at__isnull=False)


class Extent(Func):
    """The half-open range of a coding, for the exclusion constraint."""

    function = "int4range"


@with_history
class Coding(Record):
    """One span, one code, one coder (through the assignment)."""

    class Influence(models.TextChoices):
        HELPS = "helps", _("Helps")
        HINDERS = "hinders", _("Hinders")
        BOTH = "both", _("Both")
        UNCLEAR = "unclear", _("Unclear")

    # Standing ones are found as they are read, all of them by their client ids; an index of its own would
    # only make each save slower.
    assignment = models.ForeignKey(
        CodingAssignment, on_delete=models.PROTECT, related_name="codings", db_index=False
    )
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="codings")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    influence = models.CharField(max_length=8, choices=Influence.choices, blank=True)
    is_to_discuss = models.BooleanField(default=False)
    client_id = models.UUIDField(default=uuid.uuid4)
    absorbed_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed"
    )
    gesture = models.ForeignKey(Gesture, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)
    lost_words_at = models.DateTimeField(null=True, blank=True)

    objects = GuardedManager.from_queryset(CodingQuerySet)()

    privacy = classified(
        open="id created_at assignment code start end influence is_to_discuss client_id absorbed_into "
        "gesture version removed_at lost_words_at"
    )

    class Meta:
        ordering = ["start", "end", "code__position", "id"]
        indexes = [
            # With all that is drawn of them: a page, and what looks different after a save, are read from it.
            models.Index(
                fields=["assignment", "start"],
                name="coding_as_it_is_read",
                include=["end", "code", "id"],
                condition=Q(removed_at=None),
            ),
            # How often a code is applied is asked after each save.
            models.Index(fields=["assignment", "code"], name="coding_by_code", condition=Q(removed_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="coding_start_is_before_end"),
            # Within one assignment only: a wider key would tell one coder about the other.
            models.UniqueConstraint(fields=["assignment", "client_id"], name="coding_client_id_is_unique"),
            models.CheckConstraint(
                condition=Q(absorbed_into=None) | Q(removed_at__isnull=False),
                name="coding_absorbed_is_taken_away",
            ),
            ExclusionConstraint(
                name="coding_same_code_does_not_overlap",
                expressions=[
                    ("assignment", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("influence", RangeOperators.EQUAL),
                    (Extent("start", "end", output_field=IntegerField()), RangeOperators.OVERLAPS),
                ],
                condition=Q(removed_at=None),
                # Asked at the end of a statement: a correction of the text moves all of them at once.
                deferrable=models.Deferrable.IMMEDIATE,
            ),
        ]


class MemoQuerySet(models.QuerySet["Memo"]):
    def visible_to(self, user: User) -> MemoQuerySet:
        """The blinding rule for memos."""
        return self.filter(assignment__in=CodingAssignment.objects.open_to(user).values("id"))


@with_history
class Memo(Record):
    """A coder's note on one coding, or on the transcript as a whole where `coding` is empty."""

    assignment = models.ForeignKey(CodingAssignment, on_delete=models.PROTECT, related_name="memos")
    coding = models.OneToOneField(
        Coding, on_delete=models.PROTECT, null=True, blank=True, related_name="memo"
    )
    text = models.TextField(blank=True)
    gesture = models.ForeignKey(Gesture, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = GuardedManager.from_queryset(MemoQuerySet)()

    privacy = classified(open="id created_at assignment coding gesture version", pseudonymous="text")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(coding=None), name="memo_is_one_per_transcript"
            )
        ]


class Reading(Record):
    """How far a coder has read, and where they stopped. For this coder alone, before and after a release."""

    assignment = models.OneToOneField(CodingAssignment, on_delete=models.CASCADE, related_name="reading")
    position = models.PositiveIntegerField(default=0)
    seen_starts = ArrayField(models.PositiveIntegerField(), default=list)
    seen_ends = ArrayField(models.PositiveIntegerField(), default=list)
    seconds = models.PositiveIntegerField(default=0)
    reported_at = models.DateTimeField()

    objects = GuardedManager["Reading"]()

    privacy = classified(open="id created_at assignment position seen_starts seen_ends seconds reported_at")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_starts__len=F("seen_ends__len")), name="reading_starts_and_ends_are_paired"
            )
        ]

    @property
    def seen(self) -> list[tuple[int, int]]:
        """What was before the coder's eyes, in order and apart from one another."""
        return list(zip(self.seen_starts, self.seen_ends, strict=True))


class Presence(Record):
    """When a coder of an open assignment last had its page before them."""

    assignment = models.OneToOneField(CodingAssignment, on_delete=models.CASCADE, related_name="presence")
    seen_at = models.DateTimeField()

    objects = GuardedManager["Presence"]()

    privacy = classified(open="id created_at assignment seen_at")

    # Whoever has not been seen for so long has left.
    GONE_AFTER = timedelta(seconds=40)
