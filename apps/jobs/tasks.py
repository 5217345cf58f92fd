from celery import shared_task

from apps.jobs import actions


@shared_task(name="jobs.sweep")
def sweep() -> None:
    actions.sweep()
