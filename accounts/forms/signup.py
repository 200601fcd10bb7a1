"""The form of the sign-up page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import signup
from accounts.forms.base import NameField, UsernameField, ZoneField
from accounts.forms.passwords import NewPasswordForm
from accounts.models import User
from accounts.zones import OTHERS
from planner.problems import RuleError


class SignUpForm(NewPasswordForm):
    """A new person; the browser fills in its time zone."""

    full_name = NameField(
        label=_("Full name"),
        required=False,
        help_text=_("Optional. Who shares a device with you sees it."),
    )
    username = UsernameField()
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("Optional: to log in with, and to get back in when you forget the password."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    time_zone = ZoneField(
        initial="UTC",
        help_text=_("Days begin and end by it. You can change it later."),
    )
    field_order = ("full_name", "username", "email", "password", "password_again", "time_zone")

    user: User | None = None
    opens_at = "full_name"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        # A browser may know its zone by a former name.
        self.fields["time_zone"].widget.attrs |= {
            "data-guess": "zone",
            "data-also": " ".join(OTHERS),
        }
        self.fields["password"].label = _("Password")
        self.fields["password_again"].label = _("Password again")

    def clean_username(self) -> str:
        """Tell of a taken name together with whatever else is wrong."""
        name = self.cleaned_data["username"]
        if not signup.is_free(name):
            raise ValidationError(signup.TAKEN)
        return name

    def person(self) -> User:
        known = ("username", "full_name", "email")
        return User(**{name: self.cleaned_data.get(name, "") for name in known})

    def sign_up(self, address: str) -> bool:
        """Make the account, or say why not."""
        fields = ("username", "password", "full_name", "email", "time_zone")
        given = {name: self.cleaned_data[name] for name in fields}
        try:
            self.user = signup.sign_up(**given, address=address)
        except RuleError as error:
            self.refuse(error)
        return self.user is not None
