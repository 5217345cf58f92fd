from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.jobs.models import Run
from apps.studies.models import Study


class Import(Record):
    """A spreadsheet on its way in: read, mapped, tried, then written as a whole or not at all.

    Once it is written, what was in it is thrown away: names and addresses may stand beside what was taken.
    """

    class Kind(models.TextChoices):
        PARTICIPANTS = "participants", _("People")
        CODEBOOK = "codebook", _("Codebook")
        STEPS = "steps", _("Steps of recruitment")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(default=bytes)
    table = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    created_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    # What undoing it must take away and bring back: keys, and values as they were before.
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    privacy = classified(
        open="id created_at study kind sha256 mapping imported_by done_at created_count changed_count "
        "undone_at undone_by",
        pseudonymous="before",
        identifying="file_name content table",
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=False) | Q(created_count=0, changed_count=0),
                name="import_writes_only_when_done",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False, done_at__isnull=False),
                name="import_undone_at_and_by_are_paired",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(table={}, content=b""), name="import_keeps_nothing_when_done"
            ),
        ]

    @property
    def can_be_undone(self) -> bool:
        return bool(self.done_at and self.before and not self.undone_at)


class TableRelease(Record):
    """A sign-off by name that tables may leave, for exactly what they said then."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="table_releases")
    options = models.JSONField()
    digest = models.CharField(max_length=64)
    people_count = models.PositiveIntegerField()
    at_risk_count = models.PositiveIntegerField()
    unknown_count = models.PositiveIntegerField()
    reason = models.TextField(_("why they may leave"))
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    privacy = classified(
        open="id created_at study options digest people_count at_risk_count unknown_count reason "
        "released_at released_by"
    )

    class Meta:
        ordering = ["-released_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(at_risk_count=0, unknown_count=0) | ~Q(reason=""),
                name="tablerelease_with_a_risk_says_why",
            )
        ]


class Export(Record):
    """Codings as a file, made by a worker for whoever asked. It may hold that person's blinded codings, so
    nobody else gets it: the row-level policy says so too."""

    class Subject(models.TextChoices):
        CODE = "code", _("All codings of a code")
        TRANSCRIPT = "transcript", _("A coded transcript")

    class Format(models.TextChoices):
        DOCX = "docx", _("Word")
        XLSX = "xlsx", _("Spreadsheet")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="exports")
    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="export")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=10, choices=Subject.choices)
    object_id = models.UUIDField()
    format = models.CharField(max_length=4, choices=Format.choices)
    filters = models.JSONField(default=dict)
    title = models.CharField(max_length=200)
    # The filters in words; empty where the file holds all that the person may see.
    narrowed_to = models.TextField(blank=True)
    content = models.BinaryField(default=bytes)
    passages = models.PositiveIntegerField(default=0)
    # Whose words may be in it: where one of these texts is blacked out, a trigger takes the content away.
    transcripts = ArrayField(models.UUIDField(), default=list)
    made_at = models.DateTimeField(null=True)
    blacked_out_at = models.DateTimeField(null=True)

    privacy = classified(
        open="id created_at study run requested_by subject object_id format filters passages transcripts "
        "made_at blacked_out_at",
        pseudonymous="title narrowed_to content",
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(made_at=None, content=b"") | (Q(made_at__isnull=False) & ~Q(content=b"")),
                name="export_has_content_when_made",
            ),
            models.CheckConstraint(
                condition=Q(blacked_out_at=None) | Q(made_at=None), name="export_blacked_out_is_gone"
            ),
        ]

    @property
    def file_stem(self) -> str:
        """The name of the file without its ending; another one for each narrowing."""
        title, part = (slugify(words, allow_unicode=True) for words in (self.title, self.narrowed_to))
        return "-".join(filter(None, [title[:80], part[:120]])) or "codings"
