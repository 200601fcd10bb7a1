"""The form of the account page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import profile
from accounts.forms.base import NameField, RuleForm
from accounts.models import User
from accounts.zones import CHOICES
from planner.problems import RuleError


class AccountForm(RuleForm):
    """What a person may change about themselves."""

    full_name = NameField(label=_("Full name"), required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=CHOICES)

    @classmethod
    def of(cls, user: User, posted: dict | None) -> "AccountForm":
        """Return the form with what is known of `user`."""
        known = {
            "full_name": user.full_name,
            "email": user.email,
            "time_zone": user.preferences.time_zone,
        }
        return cls(posted, initial=known)

    def save_for(self, user: User) -> bool:
        """Change the account, or say why not."""
        facts = dict(self.cleaned_data)
        zone = facts.pop("time_zone")
        try:
            profile.change(user, preferences={"time_zone": zone}, **facts)
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()
