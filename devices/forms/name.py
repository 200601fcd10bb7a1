"""The field of a device's name."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import too_long
from devices.models import NAME_BYTES
from planner.wire import text_fault


class NameField(forms.CharField):
    """A device's name: as many bytes as the device can hold."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"autocomplete": "off", "data-bytes": NAME_BYTES})
        super().__init__(label=_("Name"), widget=widget, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        if text_fault(value, NAME_BYTES, blank=True) == "too-long":
            raise too_long(value, NAME_BYTES)
