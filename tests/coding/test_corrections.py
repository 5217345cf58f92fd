"""The database places borders by the rule of the engine."""

import json
from random import Random

import pytest
from django.db import connection

from apps.transcripts.engine.correcting import differences, place

pytestmark = pytest.mark.django_db

WORDS = ["a", "bb", "ccc", "🙂", "cafe\u0301", "né", "אב", "x-y,", "x-z,"]


def test_the_function_and_the_engine_put_every_border_of_many_texts_at_the_same_place() -> None:
    chance = Random(7)
    for _ in range(60):
        old = [chance.choice(WORDS) for _ in range(12)]
        new = [chance.choice(WORDS) if chance.random() < 0.3 else word for word in old]
        cut = chance.randrange(12)
        new[cut : cut + chance.randrange(3)] = [chance.choice(WORDS)] * chance.randrange(3)
        text, other = " ".join(old), chance.choice([" ", "  "]).join(new)
        changes = differences(text, other)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT at, concord_moved(%(changes)s, at, false), concord_moved(%(changes)s, at, true)"
                " FROM generate_series(0, %(length)s) AS at",
                {"changes": json.dumps(changes), "length": len(text)},
            )
            placed = cursor.fetchall()
        assert placed == [
            (at, place(changes, at, is_end=False), place(changes, at, is_end=True))
            for at in range(len(text) + 1)
        ]
