"""The form by which staff print labels."""

from django import forms
from django.utils.translation import gettext_lazy as _

from devices import labels, printing
from devices.inventory import Unit
from planner.acts import reason_field


class LabelsForm(forms.Form):
    """Units in clear, as they were shown when made, and how to print them."""

    units = forms.CharField(
        label=_("Units"),
        help_text=_("CSV with serial and code, as it was shown when they were made."),
        widget=forms.Textarea({"rows": 8, "cols": 60, "spellcheck": "false"}),
    )
    sheet = forms.ChoiceField(
        label=_("Sheet"), choices=[(name, sheet.title) for name, sheet in labels.SHEETS.items()]
    )
    skip = forms.IntegerField(
        label=_("Used places on the first sheet"), min_value=0, max_value=64, initial=0
    )
    first = forms.IntegerField(
        label=_("Begin with unit"),
        min_value=1,
        max_value=printing.MOST,
        initial=1,
        help_text=_("At most 500 labels are drawn at once."),
    )
    cut_marks = forms.BooleanField(label=_("Cut marks"), required=False)
    reason = reason_field(
        _("For labels: it is written down, together with your name."), required=False
    )

    def clean_units(self) -> list[Unit]:
        try:
            return printing.read(self.cleaned_data["units"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict:
        found = super().clean()
        sheet = labels.SHEETS.get(found.get("sheet"))
        if sheet and found.get("skip", 0) >= sheet.count:
            self.add_error("skip", _("Such a sheet has fewer labels."))
        if "units" in found and found.get("first", 1) > len(found["units"]):
            self.add_error("first", _("There are not so many units."))
        if self.data.get("as") != "csv" and not found.get("reason"):
            self.add_error("reason", _("Say why these labels are printed."))
        return found

    @property
    def chosen(self) -> list[Unit]:
        """The units whose labels are drawn."""
        first = self.cleaned_data["first"] - 1
        return self.cleaned_data["units"][first : first + printing.MOST_LABELS]
