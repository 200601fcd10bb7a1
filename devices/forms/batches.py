"""What staff type to make a batch."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from devices import inventory, serials
from devices.models import Batch


class MakeBatchForm(forms.ModelForm):
    """A new batch and how many units to make; `units` are there once, after `make`."""

    count = forms.IntegerField(
        label=_("Number of units"), min_value=1, max_value=inventory.MAX_COUNT
    )

    class Meta:
        model = Batch
        fields = ("name", "prefix", "count", "confirm_on_device", "must_rekey")

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
