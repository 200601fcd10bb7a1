"""Which migrations the code of the release before can live with: a list of what is known as safe.

Whoever knows that another one is safe writes `safe_because = "…"` into its Migration class.
"""

from collections.abc import Iterator
from pathlib import Path

from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Tables that nobody knows yet, what Python alone sees, and what only makes queries faster.
SAFE = (
    *(operations.CreateModel, operations.AddIndex, operations.RemoveIndex),
    *(operations.AlterModelOptions, operations.AlterModelManagers, operations.RenameIndex),
    *(operations.AlterModelTableComment, operations.AlterOrderWithRespectTo),
)
GONE = (operations.RemoveField, operations.DeleteModel)
RENAMED = (operations.RenameField, operations.RenameModel, operations.AlterModelTable)
IN_TWO = "the last release still uses it: stop using it in one release, remove it in the next"
IN_THREE = "add the new one, write both for a release, then remove the old one in the next"
NO_DEFAULT = "the last release inserts rows without it: give it db_default= or null=True"
NARROWER = "the last release may write what it refuses: add it a release after the code keeps to it"
NO_WAY_BACK = "there is no way back: give it reverse_code="
UNKNOWN = "it is not known as safe"


def faults(old: Path, new: Path) -> Iterator[str]:
    """Yield, in words, what is wrong with the migrations of `new`, the code that runs here.

    `old` is the folder of the last release's code.
    """
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for one in loader.disk_migrations.values() for key in one.replaces}
    made: set[tuple[str, str]] = set()
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        file = f"{app}/migrations/{name}.py"
        if (new / file).exists() and not (old / file).exists():
            state = loader.project_state((app, name), at_end=False)
            yield from (f"{app} {name}: {words}" for words in of_migration(migration, state, made))
    for path in sorted(old.glob("*/migrations/0*.py")):
        file = path.relative_to(old)
        if not (new / file).exists():
            if (file.parts[0], path.stem) not in replaced:
                yield f"{file} was released, and is gone"
        elif path.read_bytes() != (new / file).read_bytes():
            yield f"{file} was released: installations will not run it again, write a new one"


def of_migration(
    migration: Migration, state: ProjectState, made: set[tuple[str, str]]
) -> Iterator[str]:
    """Yield what the last release could not live with.

    `state` is that before the migration, and becomes that after it; `made` are the tables that the
    release does not know, and gets those that are made here.
    """
    app = migration.app_label
    is_meant = bool(getattr(migration, "safe_because", ""))
    for operation in migration.operations:
        for one in _in_database(operation):
            if isinstance(one, operations.CreateModel):
                made.add((app, one.name_lower))
            is_new = (app, getattr(one, "model_name_lower", "")) in made
            if not is_meant and not is_new and (words := _fault(one, state, app)):
                yield f"{one.describe()}: {words}"
        operation.state_forwards(app, state)


def _in_database(operation: Operation) -> Iterator[Operation]:
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for one in operation.database_operations:
            yield from _in_database(one)
    else:
        yield operation


def _fault(operation: Operation, state: ProjectState, app: str) -> str:
    match operation:
        case _ if isinstance(operation, SAFE):
            return ""
        case operations.AddField(field=field):
            return "" if _is_optional(field) else NO_DEFAULT
        case operations.AlterField(field=field):
            before = state.models[app, operation.model_name_lower].fields[operation.name]
            return "" if _is_same(before, field) else UNKNOWN
        case operations.RunPython(reversible=reversible):
            return "" if reversible else NO_WAY_BACK
        case operations.AddConstraint():
            return NARROWER
        case _ if isinstance(operation, GONE):
            return IN_TWO
        case _ if isinstance(operation, RENAMED):
            return IN_THREE
    return UNKNOWN


def _is_optional(field: models.Field) -> bool:
    """Return whether the database fills a column in that an INSERT does not name."""
    if field.many_to_many or getattr(field, "generated", False):
        return True
    return field.null or (field.has_db_default() and not field.unique)


def _is_same(before: models.Field, after: models.Field) -> bool:
    """Return whether two fields are one column; choices and validators are Python's alone."""

    def column(field: models.Field) -> tuple:
        kept = (field.null, field.unique, field.db_index, field.db_column, field.has_db_default())
        return (*kept, field.max_length, field.get_internal_type(), _target(field))

    return column(before) == column(after)


def _target(field: models.Field) -> str:
    return str(getattr(field.remote_field, "model", ""))
