"""The forms of the account pages; what a rule refuses is shown beside the fields it names."""

from math import ceil
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import passwords, profile, signup
from accounts.models import NAME_BYTES, User, username_characters
from accounts.zones import CHOICES
from planner.problems import RuleError
from planner.wire import text_fault


class NameField(forms.CharField):
    """A person's name, as long as a device can show it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"autocomplete": "name", "data-bytes": NAME_BYTES})
        super().__init__(widget=widget, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        if text_fault(value, NAME_BYTES, blank=True):
            raise forms.ValidationError(
                _("This is too long: %d bytes at most.") % NAME_BYTES, "too-long"
            )


class RuleForm(forms.Form):
    """A form that ends in the call of a rule; `status` is the answer's HTTP status."""

    status = 200

    def refuse(self, error: RuleError) -> None:
        """Show what a rule said: beside the fields it names, else at the top."""
        if error.slug in ("throttled", "forbidden"):
            self.status = error.status
        for fault in error.errors or ():
            field = fault["pointer"].rpartition("/")[2]
            self.add_error(field if field in self.fields else None, fault["detail"])
        if not error.errors:
            self.add_error(None, _with_wait(error))


class LoginForm(RuleForm):
    """A user name or an e-mail address, and the password; `user` is set when they match."""

    username = forms.CharField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    remember = forms.BooleanField(label=_("Keep me logged in"), required=False)

    user: User | None = None

    def log_in(self, address: str) -> bool:
        """Tell whether name and password match; if not, the form says so."""
        try:
            self.user = passwords.verify(
                self.cleaned_data["username"], self.cleaned_data["password"], address=address
            )
        except RuleError as error:
            self.refuse(error)
        return self.user is not None


class SignUpForm(RuleForm):
    """A new person; the browser fills in its time zone."""

    full_name = NameField(label=_("Full name"), required=False)
    username = forms.CharField(
        label=_("User name"),
        max_length=30,
        validators=[username_characters],
        help_text=_("Letters, digits, dots, dashes and underscores. Others can see it."),
        widget=forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("Optional. You can log in with it."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 8 characters; several words make a good one."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=CHOICES,
        initial="UTC",
        help_text=_("Days begin and end by it. You can change it later."),
        widget=forms.Select({"data-guess": "zone"}),
    )

    user: User | None = None

    def clean(self) -> None:
        first, again = (self.cleaned_data.get(name) for name in ("password", "password_again"))
        if first and again and first != again:
            self.add_error("password_again", _("This is not the same password."))
        if first:
            self._check_password(first)

    def _check_password(self, password: str) -> None:
        # The rule asks again; here, so that all that is wrong is said at once.
        facts = {
            name: self.cleaned_data.get(name, "") for name in ("username", "full_name", "email")
        }
        try:
            passwords.validate(password, User(**facts))
        except RuleError as error:
            self.refuse(error)

    def sign_up(self) -> bool:
        """Make the account, or say why not."""
        fields = ("username", "password", "full_name", "email", "time_zone")
        try:
            self.user = signup.sign_up(**{name: self.cleaned_data[name] for name in fields})
        except RuleError as error:
            self.refuse(error)
        return self.user is not None


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


def _with_wait(error: RuleError) -> str:
    if error.retry_after is None:
        return error.detail
    minutes = ceil(error.retry_after / 60)
    wait = ngettext("Try again in %d minute.", "Try again in %d minutes.", minutes) % minutes
    return f"{error.detail} {wait}"
