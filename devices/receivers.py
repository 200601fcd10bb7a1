"""What the inventory hears: what staff do to people, and that the tables are there."""

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from accounts.signals import staff_acted
from devices import audit, groups


@receiver(staff_acted)
def record(sender: Any, signal: Any, **told: Any) -> None:
    """Add a row to the audit, in the transaction of the rule that told it."""
    audit.record(told.pop("action"), **told)


@receiver(post_migrate, sender=apps.get_app_config("devices"))
def make_groups(sender: Any, **told: Any) -> None:
    """Make the staff's groups once their permissions can be made."""
    groups.make()
