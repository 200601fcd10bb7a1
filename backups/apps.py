"""The app of plans."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupsConfig(AppConfig):
    name = "backups"
    verbose_name = _("Plans")

    def ready(self) -> None:
        # The receivers of the inventory's signals connect when they are imported.
        import_module("backups.receivers")
