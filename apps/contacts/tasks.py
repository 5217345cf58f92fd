from celery import shared_task
from django.utils import timezone

from apps.contacts import actions


@shared_task(name="contacts.destroy_orphaned")
def destroy_orphaned() -> None:
    actions.forget_old_lists(now=timezone.now())
    actions.destroy_orphaned(now=timezone.now())
