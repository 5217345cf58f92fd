from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.studies.models import Study


class RunQuerySet(models.QuerySet["Run"]):
    def unfinished(self) -> RunQuerySet:
        """Runs that a worker should look at: never started, or started and perhaps left by a dead worker."""
        return self.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING])


class Run(Record):
    """One piece of work for a worker. The row is the truth; a message only wakes somebody to look at it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting for a worker")
        RUNNING = "running", _("At work")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=40)
    task = models.CharField(max_length=80)
    input_hash = models.CharField(max_length=64)
    arguments = models.JSONField(default=dict)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    done_share = models.FloatField(default=0)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    woken_count = models.PositiveIntegerField(default=0)

    objects = RunQuerySet.as_manager()

    privacy = classified(
        open="id created_at study kind task input_hash arguments requested_by state attempt done_share "
        "started_at seen_at finished_at woken_count",
        pseudonymous="failure",
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "input_hash"], name="run_input_is_computed_once"),
            models.CheckConstraint(
                condition=Q(done_share__gte=0, done_share__lte=1), name="run_done_share_is_a_share"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False), name="run_done_has_an_end"
            ),
        ]

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}
