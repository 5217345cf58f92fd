from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.notices.models import Notice
from apps.studies.models import Study


def tell(
    *,
    recipient: User,
    study: Study,
    kind: str,
    text: str,
    path: str = "",
    about: UUID | None = None,
    now: datetime,
) -> Notice:
    """Puts a line on a person's list; it must say nothing of a coding that this person may not see.

    It leads to `path`, or else to the page where its kind tells of what it is `about`.
    """
    return Notice.objects.create(
        recipient=recipient, study=study, kind=kind, text=text[:300], path=path, about=about, told_at=now
    )


@transaction.atomic
def read(notice: Notice, *, now: datetime) -> Notice:
    """The recipient has seen it; reading it again changes nothing."""
    if notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
    return notice


@transaction.atomic
def read_all(*, by: User, now: datetime) -> int:
    """Everything on the person's list is read; says how many lines that were."""
    return Notice.objects.visible_to(by).unread().update(read_at=now)
