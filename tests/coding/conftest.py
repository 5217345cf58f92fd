from typing import Any

import pytest

from apps.coding.models import CodingAssignment
from apps.core.identity import acting_as
from tests import make


@pytest.fixture
def ruth_asks(cast: make.Cast) -> Any:
    """Whatever a test does is asked of the database in Ruth's name."""
    with acting_as(cast.ruth.id):
        yield


@pytest.fixture
def work(cast: make.Cast) -> CodingAssignment:
    return make.assignment(cast.study, cast.ruth)
