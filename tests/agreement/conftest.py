"""A round that is released in two batches."""

import pytest

from apps.agreement.models import Batch
from tests import make
from tests.agreement import stage


@pytest.fixture
def first(cast: make.Cast) -> Batch:
    return stage.in_batches(cast)[0]


@pytest.fixture
def second(first: Batch) -> Batch:
    return first.round.batches.get(name="Second week")
