"""What staff type to make a batch, or to bring one in that a factory made."""

from collections.abc import Iterator

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from devices import inventory, serials
from devices.models import Batch
from planner.acts import reason_field
from planner.uploads import MOST_BYTES

MOST_TO_CONFIRM = 512 * 1024
"""Bytes of a file that comes a second time inside a form."""


class MakeBatchForm(forms.ModelForm):
    """A new batch and how many units to make; `units` are there once, after `make`."""

    count = forms.IntegerField(
        label=_("Number of units"), min_value=1, max_value=inventory.MAX_COUNT
    )

    class Meta:
        model = Batch
        fields = ("name", "prefix", "count", "confirm_on_device", "must_rekey")
        help_texts = {"prefix": _("1 to 8 letters and digits, without I, L, O and U.")}

    def clean_prefix(self) -> str:
        try:
            return serials.new_prefix(self.cleaned_data["prefix"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def make(self, by: User) -> Iterator[tuple[Batch, list[inventory.Unit]]]:
        """Make the batch and its units, or nothing, step by step."""
        return inventory.make_batch_in_steps(**self.cleaned_data, created_by=by)


class ImportForm(forms.Form):
    """A file of units and the batch that they belong to; `file` is read as text."""

    name = forms.CharField(
        label=_("Batch"),
        max_length=100,
        help_text=_("A new name, or that of a batch to add to."),
        widget=forms.TextInput({"class": "vTextField"}),
    )
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "With the columns serial, code and key, at most 100,000 units. Codes and keys that are "
            "left out are made here, for at most 5,000 units at once."
        ),
    )
    confirm_on_device = forms.BooleanField(
        label=_("The device confirms its first claim"), required=False
    )
    must_rekey = Batch._meta.get_field("must_rekey").formfield()

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large: 16 MB are the most."))
        return read_text(file)


class UpdateForm(forms.Form):
    """A file of what is to be written down about units; `file` is read as text."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "With the columns serial, location and note, at most 5,000 units. The exported list "
            "will do: its other columns are not read."
        ),
    )

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if file.size > MOST_TO_CONFIRM:
            raise forms.ValidationError(_("This file is too large: 512 KB are the most."))
        return read_text(file)


class ConfirmUpdateForm(forms.Form):
    """The text of a file that was shown, with a mark of what it then changed, and why."""

    text = forms.CharField(widget=forms.HiddenInput, strip=False)
    digest = forms.CharField(widget=forms.HiddenInput)
    reason = reason_field()


def read_text(file: UploadedFile) -> str:
    """Return what a file holds; ValidationError unless that is text in UTF-8."""
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise forms.ValidationError(_("This is not text in UTF-8.")) from None
