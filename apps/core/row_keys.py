"""Keys of many rows at once: read as text, and made into a UUID once for each rather than for each row."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast


class Keys(dict[str, UUID]):
    """UUIDs by their text; the same text gives the same object."""

    def __missing__(self, text: str) -> UUID:
        self[text] = UUID(text)
        return self[text]


def any_of(keys: Collection[UUID | str]) -> RawSQL:
    """Many keys for `__in` as one parameter: a parameter for each costs more than the rows."""
    return RawSQL("SELECT unnest(%s::uuid[])", [list(keys)])


def as_text(name: str) -> Cast:
    """A key as the database writes it, which costs a tenth of a UUID."""
    return Cast(F(name), TextField())
