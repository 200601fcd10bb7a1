"""The form of the account page: who one is, and how one likes the pages."""

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from accounts import profile
from accounts.forms.base import NameField, RuleForm, UsernameField, ZoneField
from accounts.models import Preferences, User

FACTS = ("full_name", "username")
SECTIONS = (
    (_("You"), FACTS),
    (
        _("Language and time"),
        ("language", "time_zone", "hour_format", "show_seconds", "date_order", "week_start"),
    ),
    (_("Look"), ("theme", "text_size")),
    (_("Keyboard"), ("single_keys",)),
    (_("Mails"), ("notice_silence", "notice_people", "notice_week")),
)


def _few(name: str, label: str) -> forms.TypedChoiceField:
    """Return the field of a preference that is one of a few, as a row of words."""
    column = Preferences._meta.get_field(name)
    return forms.TypedChoiceField(
        label=label,
        choices=column.choices,
        coerce=column.to_python,
        widget=forms.RadioSelect({"class": "choices"}),
    )


class AccountForm(RuleForm):
    """What a person may change about themselves."""

    full_name = NameField(label=_("Full name"), required=False)
    username = UsernameField()
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = ZoneField(
        help_text=_("A device has a zone of its own, which its plan's days follow."),
    )
    hour_format = _few("hour_format", _("Clock"))
    show_seconds = forms.BooleanField(
        label=_("Show seconds"),
        required=False,
        help_text=_("Of what has happened; plans are made to the minute."),
    )
    date_order = _few("date_order", _("Dates"))
    week_start = _few("week_start", _("Weeks begin on"))
    theme = _few("theme", _("Theme"))
    text_size = _few("text_size", _("Text size"))
    single_keys = forms.BooleanField(
        label=_("Keys of one letter"),
        required=False,
        help_text=_("Such as n for something new; the key ? lists them."),
    )
    notice_silence = forms.BooleanField(
        label=_("When a device of mine stays away for long"), required=False
    )
    notice_people = forms.BooleanField(
        label=_("When somebody asks to join a device of mine"), required=False
    )
    notice_week = forms.BooleanField(
        label=_("On the first morning of a week: what is planned in it"),
        required=False,
        help_text=_("It holds the names of your tasks and events. An empty week brings no mail."),
    )

    @classmethod
    def of(cls, user: User, posted: dict | None) -> "AccountForm":
        """Return the form with what is known of `user`."""
        known = {name: getattr(user, name) for name in FACTS}
        known |= {
            name: getattr(user.preferences, name) for name in cls.base_fields if name not in FACTS
        }
        return cls(posted, initial=known)

    @property
    def sections(self) -> list[tuple[str, list[BoundField]]]:
        """The fields under their headings."""
        return [(heading, [self[name] for name in names]) for heading, names in SECTIONS]

    def save_for(self, user: User) -> bool:
        """Change the account, or say why not."""
        preferences = dict(self.cleaned_data)
        facts = {name: preferences.pop(name) for name in FACTS}
        return self.obey(profile.change, user, preferences=preferences, **facts)
