"""What the header shows: the person's studies, and the rooms of the present one that their roles open."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from apps.core.compiled import Compiled
from apps.notices.models import Notice
from apps.studies.models import Membership, Study
from apps.studies.permissions import Permission


@dataclass(frozen=True)
class Item:
    label: Any
    url: str
    is_current: bool
    count: int | None = None


# Label, name of the page, permission that opens it; where a label stands twice, the first that opens counts.
ROOMS = (
    (_("Today"), "study_today", Permission.STUDY_VIEW),
    (_("Sampling"), "sampling", Permission.PARTICIPANTS_VIEW),
    (_("People"), "participants", Permission.PARTICIPANTS_VIEW),
    (_("Transcripts"), "transcripts", Permission.TRANSCRIPTS_VIEW),
    (_("Codebook"), "codebook", Permission.CODEBOOK_VIEW),
    (_("Coding"), "assignments", Permission.CODING_CODE),
    (_("Coding"), "assignments_of_team", Permission.CODING_ASSIGN),
    (_("Rounds"), "rounds", Permission.ROUNDS_VIEW),
    (_("To decide"), "adjudication", Permission.DISCREPANCIES_SETTLE),
    (_("Team"), "members", Permission.MEMBERS_VIEW),
    (_("Audit trail"), "audit", Permission.AUDIT_VIEW),
)


_studies = Compiled(lambda user: Study.objects.visible_to(user), user=UUID)
_unread = Compiled(
    lambda user: (
        Notice.objects.visible_to(user)
        .unread()
        .order_by()
        .values("recipient")
        .annotate(number=Count("id"))
        .values_list("number", flat=True)
    ),
    user=UUID,
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Template context: `sends_mail`, `unread_notices`, the study with `navigation`, `find_url`."""
    facts: dict[str, Any] = {"sends_mail": bool(settings.EMAIL_HOST)}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return facts
    facts |= {
        # Asked only where a page has a header.
        "studies": SimpleLazyObject(lambda: _studies(user=user.id)),
        "unread_notices": SimpleLazyObject(lambda: _unread.first(user=user.id)),
    }
    membership = getattr(request, "membership", None)
    if membership is None:
        return facts
    if membership.may(Permission.TRANSCRIPTS_VIEW):
        facts["find_url"] = reverse("find", args=[membership.study_id])
    return facts | {
        "study": request.study,  # type: ignore[attr-defined]
        # As above: what htmx asks for has no header.
        "navigation": SimpleLazyObject(lambda: _rooms(request, membership)),
        "may_edit_study": membership.may(Permission.STUDY_EDIT),
    }


def _rooms(request: HttpRequest, membership: Membership) -> list[Item]:
    items: dict[str, Item] = {}
    for label, name, permission in ROOMS:
        # Who plans rounds finds the queue on their page; the header has no room for one more.
        is_elsewhere = name == "adjudication" and membership.may(Permission.ROUNDS_PLAN)
        if membership.may(permission) and not is_elsewhere:
            url = reverse(name, args=[membership.study_id])
            is_current = request.path == url or (name != "study_today" and request.path.startswith(url))
            items.setdefault(str(label), Item(label, url, is_current))
    return list(items.values())
