"""The groups of the staff, each with the least that its work needs; `migrate` makes them."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

VIEWS = ("devices.view_batch", "devices.view_device")
GROUPS = {
    "Inventory clerk": (
        *VIEWS,
        "devices.add_batch",
        "devices.change_device",
        "devices.recode_device",
        "devices.rekey_device",
        "devices.retire_device",
    ),
    "Support": (
        *VIEWS,
        "devices.view_auditentry",
        "devices.view_claimattempt",
        "devices.forgive_claimattempt",
        "devices.block_device",
        "devices.unblock_device",
        "devices.release_device",
        "devices.recode_device",
        "accounts.view_user",
        "accounts.view_session",
        "accounts.view_mail",
        "accounts.resend_mail",
        "accounts.lock_user",
        "accounts.end_log_ins_of_user",
    ),
    "Auditor": (
        *VIEWS,
        "devices.view_auditentry",
        "devices.view_claimattempt",
        "accounts.view_user",
        "accounts.view_session",
    ),
}


def make() -> None:
    """Make the groups that are not there; one that is keeps the rights that somebody gave it."""
    for label in ("accounts", "devices"):
        create_permissions(apps.get_app_config(label), verbosity=0)
    for name, rights in GROUPS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(map(_permission, rights))


def _permission(right: str) -> Permission:
    label, codename = right.split(".")
    return Permission.objects.get(content_type__app_label=label, codename=codename)
