"""Managers of what is blinded: they give out nothing where nobody has said who asks."""

from typing import Any, TypeVar

from django.db import models

from apps.core import identity

Row = TypeVar("Row", bound=models.Model, covariant=True)


class NoAccessContextError(RuntimeError):
    """Blinded rows were asked for, and nobody has said by whom: a mistake of ours, never a refusal."""


class GuardedManager(models.Manager[Row]):
    """Also behind a relation: `assignment.codings` asks it as `Coding.objects` does."""

    def get_queryset(self) -> models.QuerySet[Row, Any]:
        must_be_known(self.model)
        return super().get_queryset()


def must_be_known(model: type[models.Model]) -> None:
    """Who asks for rows of a guarded model."""
    if not identity.is_known():
        raise NoAccessContextError(f"{model.__name__} was asked for, and nobody has said by whom.")
