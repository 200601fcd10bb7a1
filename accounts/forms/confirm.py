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

    def confirm(self, user: User, address: str, mark: str) -> bool:
        """Tell whether it is the password of `user`; if not, the form says so."""
        typed = self.cleaned_data["password"]
        return self.obey(passwords.confirm, user, typed, address=address, mark=mark)
