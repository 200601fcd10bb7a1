"""What the forms share: what a rule refuses is shown beside the fields it names."""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import zones
from accounts.models import NAME_BYTES, username_characters
from planner.problems import RuleError
from planner.wire import text_fault


class PasswordInput(forms.PasswordInput):
    """A password that a script lets people look at; `autocomplete` is what browsers go by."""

    def __init__(self, autocomplete: str) -> None:
        words = {"data-show": _("Show password"), "data-hide": _("Hide password")}
        super().__init__({"autocomplete": autocomplete, **words})


class LongSelect(forms.Select):
    """A choice among hundreds, drawn at once: a template for each of them takes most of a page."""

    def render(
        self, name: str, value: Any, attrs: dict | None = None, renderer: Any = None
    ) -> SafeString:
        def options(choices: Iterable) -> SafeString:
            rows = ((one, " selected" if one == value else "", words) for one, words in choices)
            return format_html_join("\n", '<option value="{}"{}>{}</option>', rows)

        drawn = format_html_join(
            "\n",
            "{}",
            (
                (format_html('<optgroup label="{}">{}</optgroup>', one, options(words)),)
                if isinstance(words, list)
                else (options([(one, words)]),)
                for one, words in self.choices
            ),
        )
        given = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, given, drawn)


class ZoneSelect(LongSelect):
    """The zones that are offered, and the one that is there already."""

    def render(self, name: str, value: Any, *args: Any, **options: Any) -> SafeString:
        drawn = copy(self)
        if value in zones.OTHERS:
            drawn.choices = [(value, zones.in_words(value)), *self.choices]
        return super(ZoneSelect, drawn).render(name, value, *args, **options)


class ZoneField(forms.ChoiceField):
    """A time zone: of those that are offered, or any that IANA has a name for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Time zone"), choices=zones.CHOICES, widget=ZoneSelect, **options)

    def valid_value(self, value: str) -> bool:
        return value in zones.ZONES


def too_long(value: str, most: int) -> ValidationError:
    """Return what every form says of a text of more bytes than a device holds."""
    over = len(value.encode()) - most
    words = ngettext(
        "This is %(over)d byte too long; the device holds %(most)d. Letters like ä count as two "
        "bytes, emoji as four.",
        "This is %(over)d bytes too long; the device holds %(most)d. Letters like ä count as two "
        "bytes, emoji as four.",
        over,
    )
    return ValidationError(words % {"over": over, "most": most}, "too-long")


class NameField(forms.CharField):
    """A person's name, as long as a device can show it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"autocomplete": "name", "data-bytes": NAME_BYTES})
        super().__init__(widget=widget, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        fault = text_fault(value, NAME_BYTES, blank=True)
        if fault == "too-long":
            raise too_long(value, NAME_BYTES)
        if fault:
            raise ValidationError(_("This holds a character that cannot be stored."), fault)


class UsernameField(forms.CharField):
    """The name that a person logs in with and others see."""

    def __init__(self) -> None:
        super().__init__(
            label=_("User name"),
            max_length=30,
            validators=[username_characters],
            help_text=_("Letters, digits, dots, dashes and underscores. Others can see it."),
            widget=forms.TextInput(
                {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
        )


class RuleForm(forms.Form):
    """A form that ends in the call of a rule; `status` is the answer's HTTP status.

    `opens_at` names the field that has the focus at first, where a page is for the form alone;
    `retry_after` are the seconds to wait when it was too often.
    """

    status = 200
    opens_at = ""
    retry_after: int | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if field.error_messages["required"] is forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("Fill this in.")

    def obey(self, rule: Callable[..., object], *args: object, **options: object) -> bool:
        """Call a rule; return whether it went through, else show what it said on the form."""
        try:
            rule(*args, **options)
        except RuleError as error:
            self.refuse(error)
        return not self.errors

    def refuse(self, error: RuleError) -> None:
        """Show what a rule said: beside the fields it names, else at the top."""
        if error.slug in ("throttled", "forbidden"):
            self.status, self.retry_after = error.status, error.retry_after
        for fault in error.errors or ():
            field = fault["pointer"].rpartition("/")[2]
            self.add_error(field if field in self.fields else None, fault["detail"])
        if not error.errors:
            self.add_error(None, error.words)
