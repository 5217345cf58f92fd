"""Thousands of rows in one statement: past the ORM, which makes an object and a parameter of each value."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql

# Between two values of `insert_selected`, and in the place of a value that is null.
BETWEEN, NOTHING = "\n", "\\N"


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Adds rows by COPY, each a value for every name; fields that are not named get their constant default.

    Not for a table with row-level policies, into which PostgreSQL refuses to copy: see `insert_selected`.
    """
    named = [model._meta.get_field(name) for name in names]
    others = [field for field in model._meta.concrete_fields if field not in named]
    constant = [field.get_db_prep_save(field.get_default(), connection) for field in others]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), _columns([*named, *others])
    )
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row((*row, *constant))


def insert_selected(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """The same for a table with row-level policies, which see each row; the database makes the keys.

    Every other field without null is named. Values are written as PostgreSQL writes them, a list as "{1,2}",
    and nothing as NOTHING. They are keys, numbers and words of ours: a text that somebody wrote could hold
    what stands between two of them.
    """
    columns = [BETWEEN.join(column) for column in zip(*rows, strict=True)]
    if not columns:
        return
    fields = [model._meta.get_field(name) for name in names]
    types = [sql.SQL(str(field.db_type(connection))) for field in fields]
    statement = sql.SQL(
        "INSERT INTO {} ({}) SELECT gen_random_uuid(), {} FROM unnest({}) AS said ({})"
    ).format(
        sql.Identifier(model._meta.db_table),
        _columns([model._meta.pk, *fields]),
        sql.SQL(", ").join(
            sql.SQL("said.{}::{}").format(_column(field), kind)
            for field, kind in zip(fields, types, strict=True)
        ),
        sql.SQL(", ").join(sql.SQL("string_to_array(%s, {}, {})").format(BETWEEN, NOTHING) for _ in fields),
        _columns(fields),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, columns)


def update(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Changes rows in one statement; each begins with its key, then comes a value for every name."""
    if not rows:
        return
    fields = [model._meta.get_field(name) for name in names]
    types = [sql.SQL(str(field.db_type(connection))) for field in [model._meta.pk, *fields]]
    statement = sql.SQL("UPDATE {} SET {} FROM unnest({}) AS said (key, {}) WHERE {} = said.key").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.SQL("{0} = said.{0}").format(_column(field)) for field in fields),
        sql.SQL(", ").join(sql.SQL("%s::{}[]").format(each) for each in types),
        _columns(fields),
        _column(model._meta.pk),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def _columns(fields: Sequence[Any]) -> sql.Composed:
    return sql.SQL(", ").join(_column(field) for field in fields)


def _column(field: Any) -> sql.Identifier:
    return sql.Identifier(field.column)
