"""The form of the sign-up page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import passwords, signup
from accounts.forms.base import NameField, RuleForm
from accounts.models import User, username_characters
from accounts.zones import CHOICES
from planner.problems import RuleError


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
