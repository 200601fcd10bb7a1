"""The form that closes an account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import closing
from accounts.forms.base import RuleForm
from accounts.models import User


class CloseForm(RuleForm):
    """The person's user name, typed, so that nobody closes an account by a slip."""

    username = forms.CharField(
        label=_("Type your user name"),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("It is needed to close the account.")},
    )

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_username(self) -> str:
        typed = self.cleaned_data["username"]
        if typed.casefold() != self.user.username.casefold():
            raise forms.ValidationError(_("This is not your user name."), "wrong")
        return typed

    def close(self, address: str) -> bool:
        """Begin the three days, or say why not."""
        return self.obey(closing.begin, self.user, address=address)
