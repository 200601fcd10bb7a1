"""What the people of a device change about it."""

import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import RuleForm
from accounts.models import User
from devices import giving, lifecycle, roles
from devices.inventory import Unit
from devices.models import Device
from planner.problems import RuleError


def _plain(name: str) -> str:
    """Return a name as somebody types it from memory: capitals and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class ReleaseForm(RuleForm):
    """The second step before a device is released: its owner types the name, others just leave."""

    keep = forms.ChoiceField(
        label=_("What becomes of the plan here?"),
        choices=[
            ("keep", _("Keep it for me alone, for 30 days")),
            ("erase", _("Erase it at once, for good")),
        ],
        initial="keep",
        required=False,
        widget=forms.RadioSelect({"class": "choices lines"}),
    )
    name = forms.CharField(
        label=_("Type the device's name"),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("It is needed to release the device.")},
    )

    def __init__(self, device: Device, posted: dict | None = None) -> None:
        super().__init__(posted)
        self.device = device
        if not roles.may(device.role, "release"):
            self.fields.clear()

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if _plain(name) != _plain(self.device.name):
            raise forms.ValidationError(_("This is not the device's name."))
        return name

    def part(self, by: User) -> bool:
        """Release or leave the device, or say why not."""
        try:
            keep = self.cleaned_data.get("keep") != "erase"
            lifecycle.part(self.device, by=by, role=self.device.role, keep=keep)
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()


class GiveAwayForm(ReleaseForm):
    """The last step of giving a device away; what becomes of the plan was chosen before it."""

    unit: Unit | None = None

    def __init__(self, device: Device, posted: dict | None = None) -> None:
        super().__init__(device, posted)
        self.fields["keep"].widget = forms.HiddenInput()

    def give(self, by: User) -> bool:
        """Give the device away, or say why not; `unit` is then there, once."""
        try:
            keep = self.cleaned_data["keep"] != "erase"
            self.unit = giving.give_away(self.device, by=by, keep=keep)
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()
