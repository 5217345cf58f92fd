"""Who a request's cookie belongs to: asked with every request, so the SQL of both questions stands ready."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.accounts.models import User
from apps.core.compiled import Compiled

_sessions = Compiled(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), key=str, now=datetime
)
_people = Compiled(lambda user: User.objects.filter(id=user), user=UUID)


class SessionStore(db.SessionStore):
    """Sessions in PostgreSQL, as Django keeps them."""

    def _get_session_from_db(self) -> Session | None:
        session = _sessions.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
        return session


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in by e-mail and password."""

    def get_user(self, user_id: Any) -> User | None:
        user = _people.first(user=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
