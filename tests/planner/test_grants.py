"""What the staff's role may do: a class for every table, and none that opens a plan."""

from django.apps import apps

from backups.models import Backup
from planner.grants import COUNTED, TABLES

TIES = {"id", "claim", "device_id", "opened_stamp"}
"""What makes a row of plans the plan of a device: nobody of the staff's service changes it."""


def test_every_table_has_its_place():
    made = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}

    assert set(TABLES) == made | {"django_migrations"}


def test_of_plans_staff_see_which_there_are_how_their_syncs_went_and_no_more():
    plans = {table: rights for table, rights in TABLES.items() if table.startswith("backups_")}

    assert {table: rights for table, rights in plans.items() if rights} == {
        "backups_backup": f"SELECT, UPDATE ({', '.join(COUNTED)})",
        "backups_commit": "INSERT",
        "backups_keptplan": "INSERT",
        "backups_syncreport": "SELECT",
    }
    assert {field.column for field in Backup._meta.concrete_fields} - {*COUNTED} == TIES
