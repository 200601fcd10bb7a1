"""What stands on the label, typed in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import RuleForm
from accounts.models import User
from devices import claims, serials
from devices.forms.name import NameField
from devices.models import Claim, Device
from planner.problems import RuleError

TYPED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class ClaimForm(RuleForm):
    """What stands on the label, and the name the person gives.

    `claim` is set when it worked, `own` when the device is the person's already.
    """

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
    own: Device | None = None
    opens_at = "serial"

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
            self.own = Device.objects.of(user).filter(serial=self.cleaned_data["serial"]).first()
        return self.claim is not None
