"""The history of blinded rows, written by triggers; like the rows it is given out where somebody asks."""

from typing import TypeVar

import pghistory
from django.db import models
from pghistory.models import EventQuerySet

from apps.core.guarding import GuardedManager

Tracked = TypeVar("Tracked", bound=type[models.Model])


def with_history(model: Tracked) -> Tracked:
    """Each row that is added or changed is written down by a trigger of the database."""
    # A context table would be shared by both coders of a transcript; the assignment says who wrote.
    track = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        attrs={"objects": GuardedManager.from_queryset(EventQuerySet)()},
        context_field=None,  # type: ignore[arg-type]  # the library's own documented value
    )
    tracked: Tracked = track(model)
    return tracked
