import random


def seeded(*words: object) -> random.Random:
    """Chance that falls out the same each time for the same words."""
    return random.Random("/".join(map(str, words)))  # noqa: S311 - invented texts, no secrets
