"""What the check of an upgrade calls safe for the code of the release before (H11)."""

from functools import cache

import pytest
from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from planner.models import Bucket
from tests.upgrades import rules
from tests.upgrades.releases import ROOT

KEY = Bucket._meta.get_field("key")
LONGER = models.CharField(max_length=KEY.max_length + 1, primary_key=True)
SAME = models.CharField("key", max_length=KEY.max_length, primary_key=True, help_text="Hashed.")
POSITIVE = models.CheckConstraint(condition=models.Q(full_at__gt=0), name="positive")
NEW_TABLE = operations.CreateModel("Colour", [("id", models.BigAutoField(primary_key=True))])


@cache
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def migration(*done: operations.base.Operation, **named: str) -> Migration:
    kind = type("Migration", (Migration,), {"operations": list(done), **named})
    return kind("0002_made_up", "planner")


def said(made_up: Migration) -> list[str]:
    state: ProjectState = loader().project_state(("planner", "0001_initial"))
    return list(rules.of_migration(made_up, state, set()))


def add(name: str, field: models.Field, model: str = "bucket") -> operations.AddField:
    return operations.AddField(model, name, field)


@pytest.mark.parametrize(
    "done",
    [
        (NEW_TABLE,),
        (NEW_TABLE, add("name", models.CharField(max_length=9), "colour")),
        (add("colour", models.TextField(null=True)),),
        (add("colour", models.TextField(db_default="red")),),
        (operations.AddIndex("bucket", models.Index(fields=["full_at"], name="full")),),
        (operations.AlterField("bucket", "key", SAME),),
        (operations.RunPython(operations.RunPython.noop, operations.RunPython.noop),),
        (operations.SeparateDatabaseAndState([], [operations.RemoveField("bucket", "full_at")]),),
    ],
    ids=[
        "a table",
        "a column of a new table",
        "a column that may be null",
        "a column with a default of the database",
        "an index",
        "a text about a column",
        "what can be taken back",
        "a column that the code alone forgets",
    ],
)
def test_what_is_added_is_safe(done):
    assert said(migration(*done)) == []


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (operations.RemoveField("bucket", "full_at"), rules.IN_TWO),
        (operations.DeleteModel("Bucket"), rules.IN_TWO),
        (operations.RenameField("bucket", "full_at", "full"), rules.IN_THREE),
        (operations.RenameModel("Bucket", "Pail"), rules.IN_THREE),
        (add("colour", models.TextField(default="red")), rules.NO_DEFAULT),
        (operations.AlterField("bucket", "key", LONGER), rules.UNKNOWN),
        (operations.AddConstraint("bucket", POSITIVE), rules.NARROWER),
        (operations.RunPython(operations.RunPython.noop), rules.NO_WAY_BACK),
        (operations.RunSQL("SELECT 1"), rules.UNKNOWN),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_what_the_last_release_could_not_live_with_is_told(done, words):
    [fault] = said(migration(done))

    assert fault == f"{done.describe()}: {words}"
    assert said(migration(done, safe_because="Nothing has used it since 1.3.")) == []


def test_a_released_migration_stays_as_it_is(tmp_path):
    released = tmp_path / "planner/migrations"
    released.mkdir(parents=True)
    (released / "0001_initial.py").write_text("# as it was\n")
    (released / "0002_gone.py").write_text("")

    found = [fault for fault in rules.faults(tmp_path, ROOT) if "released" in fault]

    assert found == [
        "planner/migrations/0001_initial.py was released: installations will not run it again, "
        "write a new one",
        "planner/migrations/0002_gone.py was released, and is gone",
    ]
