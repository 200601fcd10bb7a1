"""What the database holds, to show that a request changed nothing."""

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

PASSING = {
    "planner.Bucket",
    "accounts.Session",
    "sessions.Session",
    "devices.LastSeen",
    "devices.ClaimAttempt",
    "backups.Confirmation",
    "backups.SyncReport",
}
"""Counters, times of use and notes about calls, which an answer may move."""


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, by its columns, but for those of PASSING."""
    models = (model for model in apps.get_models() if model._meta.label not in PASSING)
    return {model._meta.label: _rows(model) for model in models}


def _rows(model: type[Model]) -> list[dict[str, Any]]:
    # Read thousands of times, so not by way of models.
    key = ", ".join(field.column for field in model._meta.pk_fields)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {key}")
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor]
