"""Rows of several models by one hand-written statement, for the few calls that are made all day.

The ORM takes longer to write such a statement than PostgreSQL to answer it.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

from django.db import connection
from django.db.models import Field, Model

Fields = Sequence[Field]


def fields(model: type[Model], *names: str) -> Fields:
    """Return the fields of a model that have these names, or all of them, in the model's order."""
    return [field for field in model._meta.concrete_fields if not names or field.name in names]


class Joined:
    """Fields of several models, under the aliases that a statement gives their tables."""

    def __init__(self, **parts: Fields) -> None:
        self.columns = ", ".join(
            f"{alias}.{field.column}" for alias, part in parts.items() for field in part
        )
        self._fields = [field for part in parts.values() for field in part]
        self._models = []
        begin = 0
        for part in parts.values():
            names = [field.attname for field in part]
            self._models.append((part[0].model, names, begin, begin + len(names)))
            begin += len(names)

    def build(self, row: Sequence[Any]) -> list[Model | None]:
        """Return an instance of each model from a row; None where a join found nothing."""
        values = list(row)
        for number, convert in self._conversions:
            values[number] = convert(values[number])
        return [
            None
            if values[begin] is None
            else model.from_db(connection.alias, names, values[begin:end])
            for model, names, begin, end in self._models
        ]

    @cached_property
    def _conversions(self) -> list[tuple[int, Callable[[Any], Any]]]:
        """What the database's values still need to become the fields' own."""
        found = []
        for number, field in enumerate(self._fields):
            column = field.get_col("")
            steps = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
            found += [(number, partial(_convert, step, column)) for step in steps]
        return found


def _convert(step: Callable[..., Any], column: Any, value: Any) -> Any:
    return step(value, column, connection)
