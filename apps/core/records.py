"""What every stored row has in common."""

import uuid
from enum import StrEnum
from typing import ClassVar

from django.db import models


class Privacy(StrEnum):
    """How closely a field is tied to a person."""

    OPEN = "open"
    PSEUDONYMOUS = "pseudonymous"
    IDENTIFYING = "identifying"


def classified(*, open: str = "", pseudonymous: str = "", identifying: str = "") -> dict[str, Privacy]:
    """Field name -> privacy class, from lists of names; a test fails for a field that is in none."""
    groups = {Privacy.OPEN: open, Privacy.PSEUDONYMOUS: pseudonymous, Privacy.IDENTIFYING: identifying}
    return {name: privacy for privacy, names in groups.items() for name in names.split()}


class Record(models.Model):
    """A row with a random key: a serial number would tell one coder how much the other has done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    privacy: ClassVar[dict[str, Privacy]]

    class Meta:
        abstract = True
