from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from apps.core.records import classified


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who can sign in; without a password they can do so only after an invitation."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]
    """Somebody of a research team. What they may do is said by their memberships, not here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_active = models.BooleanField(default=True)
    may_open_studies = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    privacy = classified(
        open="id is_active may_open_studies created_at last_login", identifying="email name password"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case")
        ]

    def __str__(self) -> str:
        return self.name


class Session(AbstractBaseSession):
    """A browser that somebody is signed in with, kept beside its person: both are read with each request."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")

    privacy = classified(open="expire_date", identifying="session_key session_data person")


class ApiToken(AbstractAuthToken):  # type: ignore[misc]
    """Lets a program act as a person until it expires; only its digest is stored."""

    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("what it is for"), max_length=120)

    privacy = classified(open="id digest token_key created expiry name", identifying="user")

    class Meta:
        ordering = ["-created"]
