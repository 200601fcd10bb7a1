"""The forms that set a password."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import passwords
from accounts.forms.base import PasswordInput, RuleForm
from accounts.models import Session, User


class NewPasswordForm(RuleForm):
    """A password, typed twice; its faults are shown with all the others."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 8 characters; several words make a good one."),
        widget=PasswordInput("new-password"),
    )
    password_again = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> None:
        first, again = (self.cleaned_data.get(name) for name in ("password", "password_again"))
        if first and again and first != again:
            self.add_error("password_again", _("This is not the same password."))
        if first:
            # The rule asks again; here, so that all that is wrong is said at once.
            self.obey(passwords.validate, first, self.person())

    def person(self) -> User:
        """Return whose password it is to be, as far as that is known."""
        raise NotImplementedError


class ForgottenForm(RuleForm):
    """The address that somebody is to be mailed at."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    def ask(self, address: str) -> bool:
        """Have the mail sent, or say why not; never whether anybody has the address."""
        return self.obey(passwords.ask_reset, self.cleaned_data["email"], address=address)


class AgainForm(RuleForm):
    """The link that was used or is old: its owner gets another."""

    link = forms.CharField(widget=forms.HiddenInput, max_length=1_000)

    def ask(self, address: str) -> bool:
        """Have the next link sent, or say why not."""
        return self.obey(passwords.ask_reset_again, self.cleaned_data["link"], address=address)


class ResetForm(NewPasswordForm):
    """A new password for the person whom a mail's link names."""

    def __init__(self, secret: str, user: User, *args: Any) -> None:
        super().__init__(*args)
        self.secret, self.user = secret, user

    def person(self) -> User:
        return self.user

    def reset(self, address: str) -> bool:
        """Set the password, or say why not."""
        given = self.cleaned_data["password"]
        return self.obey(passwords.reset, self.secret, given, address=address)


class ChangePasswordForm(NewPasswordForm):
    """Another password for the person who is logged in."""

    def __init__(self, session: Session, *args: Any) -> None:
        super().__init__(*args)
        self.session = session

    def person(self) -> User:
        return self.session.user

    def change(self, address: str) -> bool:
        """Change the password, or say why not."""
        given = self.cleaned_data["password"]
        return self.obey(passwords.change, self.person(), given, keep=self.session, address=address)
