"""Walks every address. A new one joins by itself: nothing here names a page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.studies.permissions import Permission, Role
from tests import make
from tests.web.asking import is_clean

# Others' pages, which decide for themselves who may see them.
OTHERS = {"allauth.urls"}

ANYBODY = {"public", "signed_in"}


@dataclass(frozen=True)
class Address:
    """A URL pattern with its view and the names of what stands in it."""

    route: str
    view: Any
    names: frozenset[str]

    @property
    def access(self) -> Any:
        return getattr(getattr(self.view, "cls", self.view), "access", None)

    @property
    def methods(self) -> list[str]:
        """What the view answers; a page is asked by GET and POST."""
        if not hasattr(self.view, "cls"):
            return ["get", "post"]
        return [name for name in ("get", "post", "put", "patch", "delete") if hasattr(self.view.cls, name)]

    def permission(self, method: str) -> Permission:
        return self.access[method.upper()] if isinstance(self.access, dict) else self.access

    def filled(self, study_id: UUID) -> str:
        path = self.route
        for name in self.names:
            value = study_id if name == "study_id" else uuid4()
            for converter in ("uuid", "str", "int", "slug"):
                path = path.replace(f"<{converter}:{name}>", "1" if converter == "int" else str(value))
        return f"/{path}"


def addresses(
    patterns: Any = None, route: str = "", names: frozenset[str] = frozenset()
) -> Iterator[Address]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = route + str(pattern.pattern)
        inside = names | set(pattern.pattern.converters)
        if isinstance(pattern, URLPattern):
            yield Address(here, pattern.callback, inside)
        elif isinstance(pattern, URLResolver) and name_of(pattern) not in OTHERS:
            yield from addresses(pattern.url_patterns, here, inside)


def name_of(resolver: URLResolver) -> str:
    return getattr(resolver.urlconf_name, "__name__", "")


ALL = list(addresses())
OF_A_STUDY = [address for address in ALL if "study_id" in address.names]
WITH_OBJECTS = [address for address in OF_A_STUDY if len(address.names) > 1]


def asked(client: Client, found: list[Address], study_id: UUID) -> dict[str, int]:
    """METHOD route -> status, for every method of every address."""
    client.raise_request_exception = False
    return {
        f"{method.upper()} {address.route}": getattr(client, method)(address.filled(study_id)).status_code
        for address in found
        for method in address.methods
    }


def other_than(statuses: dict[str, int], *expected: int) -> dict[str, int]:
    return {key: status for key, status in statuses.items() if status not in expected}


def test_the_walk_finds_pages_and_endpoints_of_a_study() -> None:
    routes = {address.route for address in OF_A_STUDY}
    assert {"studies/<uuid:study_id>/", "api/v1/studies/<uuid:study_id>/"} <= routes


def test_every_address_says_who_may_see_it() -> None:
    silent = [address.route for address in ALL if address.access is None]
    assert silent == []


def test_every_address_of_a_study_names_a_permission_for_each_method() -> None:
    unguarded = [
        f"{method.upper()} {address.route}"
        for address in OF_A_STUDY
        for method in address.methods
        if not isinstance(address.access, Permission | dict)
        or not isinstance(address.permission(method), Permission)
    ]
    assert unguarded == []


def test_addresses_outside_a_study_are_for_everybody_or_for_those_who_are_signed_in() -> None:
    odd = [address.route for address in ALL if address not in OF_A_STUDY and address.access not in ANYBODY]
    assert odd == []


@pytest.mark.slow
def test_nobody_reaches_a_study_without_signing_in(client: Client, cast: make.Cast) -> None:
    statuses = asked(client, OF_A_STUDY, cast.study.id)
    assert other_than(statuses, 302, 401) == {}


@pytest.mark.slow
def test_an_outsider_does_not_learn_that_a_study_exists(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.outsider)
    assert other_than(asked(client, OF_A_STUDY, cast.study.id), 404) == {}


@pytest.mark.parametrize("page", ["study_today", "api:study"])
def test_a_study_that_does_not_exist_and_one_that_one_has_left_are_answered_alike(
    client: Client, cast: make.Cast, page: str
) -> None:
    client.force_login(cast.ruth)
    assert client.get(reverse(page, args=[cast.study.id])).status_code == 200
    cast.study.memberships.filter(user=cast.ruth).update(left_at=make.NOW)
    left, missing = (client.get(reverse(page, args=[study_id])) for study_id in (cast.study.id, uuid4()))
    assert left.status_code == missing.status_code == 404
    assert unmarked(left.content) == unmarked(missing.content)


def unmarked(page: bytes) -> bytes:
    """Without the token against forged requests, which differs each time."""
    return re.sub(rb'(name="csrf[a-z-]*" (?:content|value)=")[^"]*', rb"\1", page)


@pytest.mark.slow
def test_a_member_without_the_permission_is_refused(cast: make.Cast) -> None:
    browsers = browsers_without(cast)
    statuses = {}
    for address in OF_A_STUDY:
        for method in address.methods:
            browser = browsers.get(address.permission(method))
            if browser:  # otherwise everybody may
                answer = getattr(browser, method)(address.filled(cast.study.id))
                statuses[f"{method.upper()} {address.route}"] = answer.status_code
    assert other_than(statuses, 403) == {}
    assert len(statuses) > len(OF_A_STUDY)


def browsers_without(cast: make.Cast) -> dict[Permission, Client]:
    """For each permission a browser of one member whose role does not hold it."""
    found: dict[Permission, Client] = {}
    for membership in cast.study.memberships.select_related("user"):
        client = Client()
        client.force_login(membership.user)
        found |= {each: client for each in Permission if not membership.may(each)}
    return found


@pytest.mark.slow
def test_an_object_that_is_not_of_the_study_is_not_found(client: Client, cast: make.Cast) -> None:
    client.force_login(make.member(cast.study, *Role))  # whatever an address asks for
    statuses = asked(client, WITH_OBJECTS, cast.study.id)
    read = {key: status for key, status in statuses.items() if key.startswith("GET")}
    assert other_than(read, 404, 405) == {}
    assert other_than(statuses, 404, 405, 400) == {}  # 400: an empty body, before the object is looked for


@pytest.mark.slow
def test_every_page_obeys_the_policy(client: Client, cast: make.Cast) -> None:
    client.force_login(cast.pi)
    plain = [address for address in ALL if address.names <= {"study_id"} and "get" in address.methods]
    answers = {address.route: client.get(address.filled(cast.study.id)) for address in plain}
    pages = {
        route: answer
        for route, answer in answers.items()
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
    }
    assert [route for route, page in pages.items() if not is_clean(page)] == []
    assert {"studies/<uuid:study_id>/", "account/", "api/v1/"} <= set(pages)
