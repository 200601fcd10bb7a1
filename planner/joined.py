"""Rows of several models by one hand-written statement, for the few calls that are made all day.

The ORM takes longer to write such a statement than PostgreSQL to answer it.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

from django.db import connection
from django.db.models import Field, Model


class Joined:
    """Models under the aliases that a statement gives their tables."""

    def __init__(self, **parts: type[Model]) -> None:
        self.models = list(parts.values())
        self.columns = ", ".join(
            f"{alias}.{field.column}" for alias, model in parts.items() for field in _fields(model)
        )

    def build(self, row: Sequence[Any]) -> list[Model | None]:
        """Return an instance of each model from a row; None where a join found nothing."""
        values = list(row)
        for number, convert in self._conversions:
            values[number] = convert(values[number])
        built = []
        for model in self.models:
            names = [field.attname for field in _fields(model)]
            mine, values = values[: len(names)], values[len(names) :]
            is_there = mine[0] is not None
            built.append(model.from_db(connection.alias, names, mine) if is_there else None)
        return built

    @cached_property
    def _conversions(self) -> list[tuple[int, Callable[[Any], Any]]]:
        """What the database's values still need to become the fields' own."""
        found = []
        fields = [field for model in self.models for field in _fields(model)]
        for number, field in enumerate(fields):
            column = field.get_col("")
            steps = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
            found += [(number, partial(_convert, step, column)) for step in steps]
        return found


def _fields(model: type[Model]) -> Sequence[Field]:
    return model._meta.concrete_fields


def _convert(step: Callable[..., Any], column: Any, value: Any) -> Any:
    return step(value, column, connection)
