"""Which plan comes to a new device, and what becomes of the one that is there."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import RuleForm
from accounts.models import User
from backups import kept, replacement
from backups.models import KeptPlan
from backups.replacement import MERGE, OVERWRITE, Preview, Source
from devices import roles
from devices.models import Device
from planner.problems import RuleError


class ReplaceForm(RuleForm):
    """One of the plans that a person may bring to this device, and how."""

    source = forms.ChoiceField(
        label=_("Which plan shall come?"),
        widget=forms.RadioSelect({"class": "choices lines"}),
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one of these.")},
    )
    mode = forms.ChoiceField(
        label=_("What becomes of the plan that is there?"),
        required=False,
        choices=[
            (MERGE, _("Keep it, and add the old one")),
            (OVERWRITE, _("Put the old one in its place")),
        ],
        widget=forms.RadioSelect({"class": "choices lines"}),
    )
    expected = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, new: Device, user: User, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        self.new, self.user = new, user
        self.sources = dict(_sources(new, user))
        self.fields["source"].choices = [(key, _words(one)) for key, one in self.sources.items()]

    @property
    def chosen(self) -> Source | None:
        """The plan that was chosen, where one was."""
        return self.sources.get(self.data.get("source") or "")

    def preview(self) -> Preview:
        """Return what pressing the button would do, by the plans as they are now."""
        return replacement.preview(self.new, self.chosen)

    def replace(self) -> bool:
        """Copy the plan, or say why not."""
        mode, expected = self.cleaned_data["mode"] or None, self.cleaned_data["expected"]
        try:
            replacement.replace(self.new, self.chosen, by=self.user, mode=mode, expected=expected)
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()


def _sources(new: Device, user: User) -> list[tuple[str, Source]]:
    owned = Device.objects.of(user).filter(memberships__role=roles.OWNER, claim__isnull=False)
    devices = owned.exclude(pk=new.pk).order_by("name", "pk")
    plans = kept.of(user)
    return [(f"device-{one.pk}", one) for one in devices] + [
        (f"kept-{one.backup.claim}", one) for one in plans
    ]


def _words(source: Source) -> str:
    if isinstance(source, KeptPlan):
        return _("%(name)s, released: %(serial)s") % {"name": source.name, "serial": source.serial}
    return f"{source.name} · {source.serial}"
