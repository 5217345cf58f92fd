"""Questions that come with every request: their SQL is written once, and asked with other values.

Django writes the SQL of a queryset anew each time, and needs longer for that than the database to answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connection, models
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import InsertQuery

from apps.core.guarding import GuardedManager, must_be_known

Row = TypeVar("Row")
Reader = Callable[[tuple[Any, ...]], Any]

# Values that no query holds by itself: by them the places of the real ones are found among the parameters.
STAND_INS: dict[type, Callable[[], Any]] = {
    UUID: uuid4,
    str: lambda: uuid4().hex,
    int: lambda: 1_000_000_000 + uuid4().int % 1_000_000_000,
    datetime: lambda: datetime(2000, 1, 1, microsecond=uuid4().int % 1_000_000, tzinfo=UTC),
    list: lambda: [uuid4()],
}


class Compiled(Generic[Row]):
    """A queryset of instances or of `values_list`, and the values that it waits for, each with its type.

    `of = Compiled(lambda study: Code.objects.filter(study=study), study=UUID)`; `of(study=…)` is a list.
    The values never decide what is asked: none is None, and many keys are one value (`row_keys.any_of`).
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Row]], **kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._ready: _Ready | None = None

    def __call__(self, **values: Any) -> list[Row]:
        if self._ready is None:
            self._ready = _Ready(self._build, self._kinds)
        return self._ready.ask(values)

    def first(self, **values: Any) -> Row | None:
        """The first row or None; that no more are read is said in the queryset."""
        return next(iter(self(**values)), None)


def insert(row: models.Model) -> None:
    """Stores a new row, as `save(force_insert=True)` does, but tells no signals."""
    fields = row._meta.concrete_fields
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(type(row)), values)
    row._state.adding, row._state.db = False, connection.alias


@cache
def _insertion(model: type[models.Model]) -> str:
    query = InsertQuery(model)
    query.insert_values(model._meta.concrete_fields, [model()])
    [(written, _)] = query.get_compiler(using=connection.alias).as_sql()
    return str(written)


class _Ready:
    """The SQL with the places of its values, and how a row is read."""

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]], kinds: dict[str, type]) -> None:
        stand_ins = {name: STAND_INS[kind]() for name, kind in kinds.items()}
        queryset = build(**stand_ins)
        compiler = queryset.query.get_compiler(using=queryset.db)
        self.sql, parameters = compiler.as_sql()
        self.places = [_place(each, stand_ins) for each in parameters]
        unseen = kinds.keys() - {name for name, _ in self.places}
        assert not unseen, f"{sorted(unseen)}: not found among the parameters of {self.sql}"
        self.model, self.compiler = queryset.model, compiler
        self.is_guarded = isinstance(queryset.model._default_manager, GuardedManager)
        self.converters = compiler.get_converters([column[0] for column in compiler.select])
        self.read = READERS[queryset._iterable_class](compiler)

    def ask(self, values: dict[str, Any]) -> list[Any]:
        if self.is_guarded:
            must_be_known(self.model)
        parameters = [given if name is None else given(values[name]) for name, given in self.places]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            rows = cursor.fetchall()
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        return [self.read(row) for row in rows]


def _place(parameter: Any, stand_ins: dict[str, Any]) -> tuple[str | None, Any]:
    """The name of the value that goes here and what makes a parameter of it; or no name and the parameter."""
    for name, stand_in in stand_ins.items():
        if isinstance(parameter, type(stand_in)) and parameter == stand_in:
            # The driver is told the width of a number by a type of its own.
            return name, _as_it_is if type(parameter) is type(stand_in) else type(parameter)
    return None, parameter


def _as_it_is(value: Any) -> Any:
    return value


def _instances(compiler: Any) -> Reader:
    """As Django's own iterable makes them, but with all that is the same for each row found out before."""
    columns, kind = compiler.select, compiler.klass_info
    first, end = kind["select_fields"][0], kind["select_fields"][-1] + 1
    names = [column[0].target.attname for column in columns[first:end]]
    related = get_related_populators(kind, columns, compiler.using)  # type: ignore[call-arg]
    annotations = list(compiler.annotation_col_map.items())

    def read(row: tuple[Any, ...]) -> Any:
        instance = kind["model"].from_db(compiler.using, names, row[first:end])
        for populator in related:
            populator.populate(row, instance)
        for name, position in annotations:
            setattr(instance, name, row[position])
        return instance

    return read


READERS: dict[type, Callable[[Any], Reader]] = {
    ModelIterable: _instances,
    ValuesListIterable: lambda compiler: tuple,
    FlatValuesListIterable: lambda compiler: itemgetter(0),
}
