from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from apps.demo.build import build
from apps.studies.models import Study
from tests.conftest import as_owner

TODAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="package")
def demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[Study]:
    """The whole study, built once by the owner for all tests here, and then rolled back."""
    with django_db_blocker.unblock(), as_owner(), transaction.atomic():
        yield build(now=TODAY)
        transaction.set_rollback(True)
