from uuid import UUID

from celery import shared_task
from django.utils import timezone

from apps.exports import actions


@shared_task(name="exports.write_list")
def write_list(run_id: str) -> None:
    actions.write_in_worker(run_id=UUID(run_id), now=timezone.now())


@shared_task(name="exports.undo_list")
def undo_list(run_id: str) -> None:
    actions.undo_in_worker(run_id=UUID(run_id), now=timezone.now())


@shared_task(name="exports.forget_files")
def forget_files() -> None:
    actions.forget_files(now=timezone.now())


@shared_task(name="exports.make")
def make(run_id: str) -> None:
    actions.make(run_id=UUID(run_id), now=timezone.now())
