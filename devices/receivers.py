"""What the inventory hears: what happens to people, and that the tables are there."""

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_closing, staff_acted
from devices import audit, groups, personal_tokens


@receiver(staff_acted)
def record(sender: Any, signal: Any, **told: Any) -> None:
    """Add a row to the audit, in the transaction of the rule that told it."""
    audit.record(told.pop("action"), **told)


@receiver(account_closing)
def end_tokens(user: User, **told: Any) -> None:
    """End the personal tokens at once; the devices' own work on until the end."""
    personal_tokens.end_all(user)


@receiver(post_migrate, sender=apps.get_app_config("devices"))
def make_groups(sender: Any, **told: Any) -> None:
    """Make the staff's groups once their permissions can be made."""
    groups.make()
