from celery import shared_task
from django.utils import timezone

from apps.accounts import actions


@shared_task(name="accounts.forget_sessions")
def forget_sessions() -> None:
    actions.forget_sessions(now=timezone.now())
