"""What the database role of the staff's service may do with each table; `migrate` grants it.

Every table stands here: what is missing would be granted to nobody, and a test asks for it. Plans,
their log, what was tried and what waits are for the other services alone; how syncs went, in times
and numbers, may be read. Of the row that ties a plan to its device the staff's service tells that
something changed, or that the claim has ended.
"""

from typing import Any

from django.db import connections, transaction

STAFF = "planner_staff"
NOTHING = ""
READ = "SELECT"
ADD = "SELECT, INSERT"
WRITE = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"
COUNTED = (
    *("revision", "fingerprint", "newest_stamp", "clock_offset"),
    *("live_count", "live_bytes", "dead_count", "day_count", "closed_at"),
)
TABLES = {
    "accounts_codesapp": "SELECT, UPDATE",
    "accounts_mail": WRITE,
    "accounts_passkey": "SELECT, UPDATE",
    "accounts_preferences": ADD,
    "accounts_recoverycode": "SELECT, UPDATE, DELETE",
    "accounts_session": WRITE,
    "accounts_user": WRITE,
    "accounts_user_groups": ALL,
    "accounts_user_user_permissions": ALL,
    "auth_group": ALL,
    "auth_group_permissions": ALL,
    "auth_permission": READ,
    "backups_backup": f"SELECT, UPDATE ({', '.join(COUNTED)})",
    "backups_change": NOTHING,
    "backups_commit": "INSERT",
    "backups_confirmation": NOTHING,
    "backups_event": NOTHING,
    "backups_habit": NOTHING,
    "backups_habitday": NOTHING,
    "backups_keptplan": "INSERT",
    "backups_keptpush": NOTHING,
    "backups_overruled": NOTHING,
    "backups_restorepoint": NOTHING,
    "backups_syncreport": READ,
    "backups_task": NOTHING,
    "backups_waitingimport": NOTHING,
    "devices_auditentry": ADD,
    "devices_batch": WRITE,
    "devices_claim": "SELECT, UPDATE",
    "devices_claimattempt": WRITE,
    "devices_device": WRITE,
    "devices_figure": WRITE,
    "devices_invitation": "SELECT, DELETE",
    "devices_lastseen": READ,
    "devices_membership": "SELECT, DELETE",
    "devices_personaltoken": "SELECT, UPDATE, DELETE",
    "devices_rekeyrequest": ALL,
    "devices_rhythm": READ,
    "devices_savedview": ALL,
    "django_admin_log": ADD,
    "django_content_type": READ,
    "django_migrations": READ,
    "django_session": ALL,
    "planner_bucket": ALL,
    "planner_chore": READ,
}


def grant(using: str, **_signal: Any) -> None:
    """Give the role what it may have of the tables that are there, and take everything else.

    Where there is no such role, the admin is served together with all the rest.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    # In one step: who is served meanwhile, or after it was cut off, has what it had.
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [STAFF])
        if cursor.fetchone() is None:
            return
        there = connection.introspection.table_names(cursor)
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {STAFF}")
        for table in sorted(there):
            if rights := TABLES.get(table, NOTHING):
                cursor.execute(f"GRANT {rights} ON {table} TO {STAFF}")
