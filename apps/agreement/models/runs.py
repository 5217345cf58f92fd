from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.agreement.models.rounds import Round
from apps.codebooks.models import Code
from apps.core.guarding import GuardedManager
from apps.core.records import Record, classified
from apps.jobs.models import Run


class AgreementRun(Record):
    """One computation over the frozen codings of a round; the same input gives the same stored run.

    The discrepancies of earlier batches go over to the newest one, with what was decided on them.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="agreement_runs")
    # The batches that it counts: all that were released when it was asked for.
    batches = ArrayField(models.UUIDField(), default=list)
    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="agreement_run")
    algorithm = models.CharField(max_length=40)
    input_hash = models.CharField(max_length=64)
    # The engine's report without its figures: those are results, and can be had again from the tables.
    report = models.JSONField()
    # What was counted in participants' speech, in other people's too, and in everybody's.
    tables = models.BinaryField(default=b"")
    tables_with_others = models.BinaryField(default=b"")
    tables_of_everybody = models.BinaryField(default=b"")
    # Pooled figures of each pair, group, site and interviewer; agreement on influence.
    scopes = models.JSONField(default=list)
    influences = models.JSONField(default=list)
    discrepancy_count = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField()

    objects = GuardedManager["AgreementRun"]()

    privacy = classified(
        open="id created_at round batches run algorithm input_hash report tables tables_with_others "
        "tables_of_everybody scopes influences discrepancy_count computed_at"
    )

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
    figure = models.JSONField(default=dict)

    objects = GuardedManager["AgreementResult"]()

    privacy = classified(
        open="id created_at agreement_run level code position both only_first only_second neither alpha "
        "alpha_low alpha_high positive_agreement kappa remark figure"
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
