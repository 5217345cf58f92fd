"""Who a request's cookie belongs to, asked with every request: one question, whose SQL stands ready."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from apps.accounts.models import Session, User
from apps.core.compiled import Compiled

_sessions = Compiled(
    lambda key, now: (
        Session.objects.filter(session_key=key, expire_date__gt=now).order_by().select_related("person")
    ),
    key=str,
    now=datetime,
)
_people = Compiled(lambda user: User.objects.filter(id=user), user=UUID)

# Read with the session, for the backend, which is asked next and knows nothing of sessions; so whoever
# changes a person asks for `request.user` before.
_person: ContextVar[User | None] = ContextVar("person", default=None)


class SessionStore(db.SessionStore):
    """Sessions in PostgreSQL, as Django keeps them, and whose they are."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = cast(Session, super().create_model_instance(data))
        session.person_id = data.get(SESSION_KEY)
        return session

    def _get_session_from_db(self) -> Session | None:
        session = _sessions.first(key=self.session_key, now=timezone.now())
        _person.set(session.person if session else None)
        if session is None:
            self._session_key = None
        return session


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in by e-mail and password."""

    def get_user(self, user_id: Any) -> User | None:
        user = _person.get()
        # Once only: whoever asks later is told how the person is then.
        _person.set(None)
        if user is None or user.id != user_id:
            user = _people.first(user=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
