"""The forms of the device pages and of the admin; each ends in the call of a rule."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import RuleForm
from accounts.models import User
from devices import claims, inventory, lifecycle, roles, serials
from devices.models import NAME_BYTES, Batch, Claim, Device
from planner.problems import RuleError
from planner.wire import text_fault

TYPED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class NameField(forms.CharField):
    """A device's name: as many bytes as the device can hold."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"autocomplete": "off", "data-bytes": NAME_BYTES})
        super().__init__(label=_("Name"), widget=widget, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        if text_fault(value, NAME_BYTES, blank=True) == "too-long":
            raise forms.ValidationError(_("This name is too long for the device's screen."))


class ClaimForm(RuleForm):
    """What stands on the label, and the name the person gives; `claim` is set when it worked."""

    serial = forms.CharField(
        label=_("Serial number"),
        max_length=100,
        widget=forms.TextInput({**TYPED, "placeholder": "SC-7K3M92QF-X"}),
    )
    code = forms.CharField(
        label=_("Claim code"),
        max_length=100,
        help_text=_("12 letters; capitals and dashes do not matter."),
        widget=forms.TextInput({**TYPED, "placeholder": "XXXX-XXXX-XXXX"}),
    )
    name = NameField(help_text=_("Whatever you call it: Kitchen tablet, Desk, Oma."))

    claim: Claim | None = None

    # A person learns of a typing error here; the rule has the one answer for it.
    def clean_serial(self) -> str:
        try:
            return serials.read_serial(self.cleaned_data["serial"])
        except ValueError:
            raise forms.ValidationError(_("Check the serial number: it is mistyped.")) from None

    def clean_code(self) -> str:
        try:
            return serials.read_code(self.cleaned_data["code"])
        except ValueError:
            raise forms.ValidationError(_("Check the code: it is mistyped.")) from None

    def claim_for(self, user: User, address: str) -> bool:
        """Claim the device, or say why not."""
        try:
            self.claim = claims.claim(user, **self.cleaned_data, address=address)
        except RuleError as error:
            self.refuse(error)
        return self.claim is not None


class RenameForm(RuleForm):
    """Another name for a device."""

    name = NameField()

    def rename(self, device: Device, by: User) -> bool:
        """Rename the device, or say why not."""
        try:
            lifecycle.rename(device, self.cleaned_data["name"], by=by)
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()


class ReleaseForm(RuleForm):
    """The second step before a device is released: its owner types the name, others just leave."""

    name = forms.CharField(
        label=_("Type the device's name"), widget=forms.TextInput({"autocomplete": "off"})
    )

    def __init__(self, device: Device, posted: dict | None = None) -> None:
        super().__init__(posted)
        self.device = device
        if not roles.may(device.role, "release"):
            del self.fields["name"]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if name != self.device.name.strip():
            raise forms.ValidationError(_("This is not the device's name."))
        return name

    def part(self, by: User) -> bool:
        """Release or leave the device, or say why not."""
        try:
            lifecycle.part(self.device, by=by)
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()


class MakeBatchForm(forms.ModelForm):
    """A new batch and how many units to make; `units` are there once, after `make`."""

    count = forms.IntegerField(
        label=_("Number of units"), min_value=1, max_value=inventory.MAX_COUNT
    )

    class Meta:
        model = Batch
        fields = ("name", "prefix", "count", "confirm_on_device")

    def clean_prefix(self) -> str:
        try:
            return serials.new_prefix(self.cleaned_data["prefix"])
        except ValueError:
            raise forms.ValidationError(
                _("1 to 8 letters and digits, without I, L, O and U.")
            ) from None

    def make(self, by: User) -> tuple[Batch, list[inventory.Unit]]:
        """Make the batch and its units, or nothing."""
        return inventory.make_batch(**self.cleaned_data, created_by=by)
