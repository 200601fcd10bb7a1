"""Many rows at once, and what PostgreSQL would read of them to answer a statement."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.db.models import AutoField, Model

SCANS = {"Seq Scan", "Index Scan", "Index Only Scan"}
EXPLAINED = ("SELECT", "WITH", "UPDATE", "INSERT", "DELETE", "(")


def copies(row: Model, rows: str, **changes: str) -> None:
    """Make a row like `row` for each of `rows`, such as `generate_series(1, 9) AS n`.

    It is done by one INSERT; `changes` are SQL for the columns that differ.
    """
    fields = [field for field in row._meta.concrete_fields if not isinstance(field, AutoField)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(changes.get(field.column, f'one."{field.column}"') for field in fields)
    key = {field.column: getattr(row, field.attname) for field in row._meta.pk_fields}
    is_one = " AND ".join(f"one.{column} = %s" for column in key)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} "  # noqa: S608 - SQL of a test
            f"FROM {table} AS one, {rows} WHERE {is_one}",
            list(key.values()),
        )


class Watch:
    """Explains each statement before it runs: `with connection.execute_wrapper(watch)`.

    `found` are the tables of which a statement would read every row, though they have more than
    `few`, and the statements. An index that holds few of a table's rows may be read whole.
    """

    def __init__(self, few: int) -> None:
        with connection.cursor() as cursor:
            asked = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'i') AND reltuples > %s"
            cursor.execute(f"{asked} AND relnamespace = 'public'::regnamespace", [few])
            self.large = {name for [name] in cursor}
        self.found: list[tuple[str, str]] = []

    def __call__(
        self, execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        left = list(params or ())
        # Some go together, without an answer.
        for one in sql.split("; ") if sql.startswith(EXPLAINED) else ():
            values, left = left[: one.count("%s")], left[one.count("%s") :]
            # A cursor of its own: that of the statement may be one that reads in parts.
            with context["connection"].connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {one}", values)
                [[[told]]] = cursor.fetchall()
            self.found += [(table, one) for table in self._read_whole(told["Plan"])]
        return execute(sql, params, many, context)

    def _read_whole(self, node: dict[str, Any]) -> Iterator[str]:
        is_whole = node["Node Type"] in SCANS and "Index Cond" not in node
        if is_whole and node.get("Index Name", node["Relation Name"]) in self.large:
            yield node["Relation Name"]
        for part in node.get("Plans", ()):
            yield from self._read_whole(part)
