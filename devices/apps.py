"""The app of the inventory and of whose a device is."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DevicesConfig(AppConfig):
    name = "devices"
    verbose_name = _("Devices")

    def ready(self) -> None:
        # The receivers of the people's signals connect when they are imported.
        import_module("devices.receivers")
