"""The form of a new personal token."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.forms.base import RuleForm
from accounts.models import User
from devices import personal_tokens
from devices.models import Device, PersonalToken
from planner.problems import RuleError

USUAL_DAYS = 90


def _day_choices() -> list[tuple[int, str]]:
    return [(days, ngettext("%d day", "%d days", days) % days) for days in personal_tokens.DAYS]


class PersonalTokenForm(RuleForm):
    """What a new token is for; `made` and `text` are there once it is made."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("What will use it: Home server, Script of mine."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    device = forms.ModelChoiceField(
        label=_("For"), queryset=Device.objects.none(), required=False, empty_label=_("All devices")
    )
    scope = forms.ChoiceField(
        label=_("It may"),
        choices=PersonalToken.Scope.choices,
        initial=PersonalToken.Scope.READ,
    )
    days = forms.TypedChoiceField(
        label=_("It ends after"), coerce=int, choices=_day_choices, initial=USUAL_DAYS
    )

    made: PersonalToken | None = None
    text = ""

    def __init__(self, user: User, posted: dict | None = None) -> None:
        super().__init__(posted)
        self.user = user
        self.fields["device"].queryset = Device.objects.of(user).order_by("name", "serial")

    def make(self, address: str) -> bool:
        """Make the token, or say why not."""
        try:
            self.made, self.text = personal_tokens.make(
                self.user, **self.cleaned_data, address=address
            )
        except RuleError as error:
            self.refuse(error)
        return self.made is not None
