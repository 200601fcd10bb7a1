"""The forms of the pages about a person's e-mail address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import emails
from accounts.forms.base import RuleForm
from accounts.models import Session


class EmailForm(RuleForm):
    """Another address, or none."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("We send a link to it. Until you open that, the present address counts."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    def change(self, session: Session, address: str) -> bool:
        """Begin the change, or say why not."""
        email = self.cleaned_data["email"]
        return self.obey(emails.allow, session) and self.obey(
            emails.change, session.user, email, address=address
        )
