"""The study's people as pages and lists show them: a file for each noun."""

from apps.participants.queries.people import Known, Person, characteristics, people, person, values_known

__all__ = ["Known", "Person", "characteristics", "people", "person", "values_known"]
