"""The form of the log-in page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import passwords
from accounts.forms.base import PasswordInput, RuleForm
from accounts.models import User
from planner.problems import RuleError


class LoginForm(RuleForm):
    """A user name or an e-mail address, and the password; `user` is set when they match."""

    username = forms.CharField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=forms.TextInput(
            {"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=PasswordInput("current-password"),
    )
    remember = forms.BooleanField(label=_("Keep me logged in"), required=False)

    user: User | None = None
    opens_at = "username"

    def log_in(self, address: str, mark: str) -> bool:
        """Return whether name and password match; if not, the form says so."""
        try:
            self.user = passwords.verify(
                self.cleaned_data["username"],
                self.cleaned_data["password"],
                address=address,
                mark=mark,
            )
        except RuleError as error:
            self.refuse(error)
        return self.user is not None
