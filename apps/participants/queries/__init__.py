"""The study's people as pages and lists show them: a file for each noun."""

from apps.participants.queries.people import (
    Known,
    Person,
    characteristics,
    group_sizes,
    people,
    person,
    values_known,
)
from apps.participants.queries.ties import Pair, tie_between, ties, ties_between

__all__ = [
    "Known",
    "Pair",
    "Person",
    "characteristics",
    "group_sizes",
    "people",
    "person",
    "tie_between",
    "ties",
    "ties_between",
    "values_known",
]
