from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.records import Record, classified
from apps.studies.models import Study

# The lock makes a freeze wait for changes that are under way, and a change wait for a freeze.
_REFUSE_IN_FROZEN_VERSION = """
    PERFORM 1 FROM codebooks_codebookversion WHERE id IN (OLD.version_id, NEW.version_id) FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM codebooks_codebookversion version
        JOIN codebooks_codebook codebook ON codebook.id = version.codebook_id
        WHERE version.id IN (OLD.version_id, NEW.version_id) AND version.frozen_at IS NOT NULL
            AND NOT (TG_OP = 'INSERT' AND codebook.takes_new_codes)
    ) THEN
        RAISE EXCEPTION 'code_of_a_frozen_version_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""
_REFUSE_PARENT_ELSEWHERE = """
    IF NOT EXISTS (SELECT 1 FROM codebooks_code WHERE id = NEW.parent_id AND version_id = NEW.version_id) THEN
        RAISE EXCEPTION 'code_parent_is_of_the_same_version';
    END IF;
    RETURN NEW;
"""


class Codebook(Record):
    """A study's framework; what is applied to text is always one of its versions."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="codebooks")
    name = models.CharField(_("name"), max_length=120)
    takes_new_codes = models.BooleanField(_("coders add codes while they code"), default=False)

    privacy = classified(open="id created_at study name takes_new_codes")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="codebook_name_is_unique_in_study")
        ]

    def __str__(self) -> str:
        return self.name


class CodebookVersion(Record):
    """The codes as they stood; frozen once somebody codes with them: an open codebook then only grows."""

    codebook = models.ForeignKey(Codebook, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    note = models.TextField(_("what changed"), blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    privacy = classified(open="id created_at codebook number note frozen_at frozen_by")

    class Meta:
        ordering = ["codebook", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["codebook", "number"], name="codebookversion_number_is_unique"),
            models.CheckConstraint(
                condition=Q(frozen_at=None, frozen_by=None)
                | Q(frozen_at__isnull=False, frozen_by__isnull=False),
                name="codebookversion_frozen_at_and_by_are_paired",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="frozen_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__frozen_at__isnull=False),
            ),
        ]

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None

    def __str__(self) -> str:
        return _("%(codebook)s, version %(number)s") % {"codebook": self.codebook, "number": self.number}


class Code(Record):
    """A node of the tree. `lineage` names the same idea through all versions."""

    version = models.ForeignKey(CodebookVersion, on_delete=models.CASCADE, related_name="codes")
    lineage = models.UUIDField(default=uuid.uuid4)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    position = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(_("label"), max_length=8)
    name = models.CharField(_("name"), max_length=120)
    definition = models.TextField(_("definition"), blank=True)
    include = models.TextField(_("include"), blank=True)
    exclude = models.TextField(_("exclude"), blank=True)
    example = models.TextField(_("example"), blank=True)
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    hue = models.PositiveSmallIntegerField(default=0)
    is_applicable = models.BooleanField(_("can be applied"), default=True)

    privacy = classified(
        open="id created_at version lineage parent position label name definition include exclude example "
        "aliases hue is_applicable"
    )

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["version", "lineage"], name="code_lineage_is_unique_in_version"),
            models.UniqueConstraint(fields=["version", "label"], name="code_label_is_unique_in_version"),
            models.UniqueConstraint(
                fields=["version", "parent", "name"],
                name="code_name_is_unique_under_parent",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="code_is_not_its_own_parent"),
            models.CheckConstraint(condition=Q(hue__lte=8), name="code_hue_is_in_the_palette"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_stays",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_REFUSE_IN_FROZEN_VERSION,
            ),
            pgtrigger.Trigger(
                name="parent_is_near",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__parent__isnull=False),
                func=_REFUSE_PARENT_ELSEWHERE,
            ),
        ]

    @property
    def is_outside_framework(self) -> bool:
        """Context, outcome and the like: codes that belong to no construct have no hue."""
        return self.hue == 0

    def __str__(self) -> str:
        return self.name
