"""The form that asks a logged-in person for their password again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import passwords
from accounts.forms.base import RuleForm
from accounts.models import User


class ConfirmForm(RuleForm):
    """The password of whoever is logged in."""

    password = forms.CharField(
        label=_("Password"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def confirm(self, user: User, address: str) -> bool:
        """Tell whether it is the password of `user`; if not, the form says so."""
        return self.obey(passwords.confirm, user, self.cleaned_data["password"], address=address)
