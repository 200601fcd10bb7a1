"""The form that asks a logged-in person again who they are."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import passwords, second_factor
from accounts.forms.base import RuleForm
from accounts.models import User
from planner.problems import RuleError


class ConfirmForm(RuleForm):
    """The password of the person who is logged in, and a code if there is a second factor."""

    password = forms.CharField(
        label=_("Password"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=second_factor.LONGEST_CODE,
        help_text=_("Of your codes app, or a recovery code."),
        widget=forms.TextInput({"autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def __init__(self, user: User, posted: dict | None = None) -> None:
        super().__init__(posted)
        self.user = user
        if not second_factor.has(user):
            del self.fields["code"]

    def confirm(self, address: str, mark: str) -> bool:
        """Return whether it is them; if not, the form says so."""
        try:
            given = self.cleaned_data["password"]
            passwords.confirm(self.user, given, address=address, mark=mark)
            if "code" in self.fields:
                code = self.cleaned_data["code"]
                second_factor.verify(self.user, code, address=address, mark=mark)
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()
