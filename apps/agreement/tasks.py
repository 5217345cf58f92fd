from uuid import UUID

# The engine asks for these where it needs them, which would be in the first job of each worker.
import scipy.optimize
import scipy.special  # noqa: F401
from celery import shared_task
from django.utils import timezone

from apps.agreement import actions


@shared_task(name="agreement.compute")
def compute(run_id: str) -> None:
    actions.compute(run_id=UUID(run_id), now=timezone.now())


@shared_task(name="rounds.release_due")
def release_due() -> None:
    actions.release_due(now=timezone.now())


@shared_task(name="agreement.carry_correction")
def carry_correction(run_id: str) -> None:
    actions.carry_correction(run_id=UUID(run_id), now=timezone.now())
