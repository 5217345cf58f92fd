"""Every endpoint names the permission that opens it; identity and transaction are set as on the pages."""

from contextlib import ExitStack
from http import HTTPStatus
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db import transaction
from django.http import Http404
from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.accounts.models import User
from apps.core.identity import acting_as
from apps.studies.models import Membership, Study
from apps.studies.permissions import Permission


class PersonView(GenericAPIView):  # type: ignore[type-arg]
    """An endpoint for everybody who is signed in; `self.request.user` is known to the database."""

    access: ClassVar[Permission | dict[str, Permission] | str] = "signed_in"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as self._identity:
            response = super().dispatch(request, *args, **kwargs)
            if getattr(response, "exception", False):
                self._roll_back()
            return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._identity.enter_context(acting_as(request.user.id))

    @property
    def person(self) -> User:
        """Who asks; `initial` has refused everybody who is not signed in."""
        return cast(User, self.request.user)

    def page(self, rows: Any) -> Response:
        """One cursor page of a queryset through the view's serializer."""
        found = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(found, many=True).data)

    def given(self, serializer: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The body of the request, checked; keyword arguments for an action."""
        checked = serializer(data=self.request.data, context=self.get_serializer_context())
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def made(self, row: Any) -> Response:
        """201 with the new row through the view's serializer."""
        return Response(self.get_serializer(row).data, status=HTTPStatus.CREATED)

    @staticmethod
    def _roll_back() -> None:
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)


class StudyView(PersonView):
    """An endpoint of a study: 404 for outsiders, 403 without the permission of the method."""

    study: Study
    membership: Membership

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.study = self._study(kwargs["study_id"])
        self.membership = self.study.memberships.get(user=self.person)
        if not self.membership.may(self._permission(str(request.method))):
            raise PermissionDenied

    def _study(self, study_id: UUID) -> Study:
        study = Study.objects.visible_to(self.person).filter(id=study_id).first()
        if study is None:
            raise Http404
        return study

    def _permission(self, method: str) -> Permission:
        if method.lower() not in self.http_method_names or not hasattr(self, method.lower()):
            raise MethodNotAllowed(method)
        if isinstance(self.access, dict):
            # OPTIONS is answered like reading, or like whatever else the endpoint has.
            asked = "GET" if method in {"HEAD", "OPTIONS"} else method
            return self.access.get(asked) or next(iter(self.access.values()))
        return Permission(self.access)

    def get_serializer_context(self) -> dict[str, Any]:
        """Serializers find the study, so that they offer only what belongs to it."""
        return {**super().get_serializer_context(), "study": getattr(self, "study", None)}
