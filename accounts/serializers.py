"""The shapes of `/api/token/…` and `/api/me/`."""

from django.conf import settings
from django.core.validators import validate_email
from rest_framework import serializers

from accounts import passwords, second_factor
from accounts.models import NAME_BYTES, Preferences, User
from accounts.zones import ZONES
from planner.wire import StrictBoolean, StrictSerializer, StrictText

TOKEN_BYTES = 8192


class CredentialsSerializer(StrictSerializer):
    """A user name or an e-mail address, the password as it was typed, and a code if need be."""

    username = StrictText(max_bytes=1016)
    password = StrictText(max_bytes=4 * passwords.LONGEST)
    otp = StrictText(max_bytes=second_factor.LONGEST_CODE, allow_blank=True, default="")


class LoginSerializer(CredentialsSerializer):
    """Credentials for cookies, that may outlive the browser."""

    remember = StrictBoolean(default=False)


class RefreshSerializer(StrictSerializer):
    """A refresh token."""

    refresh = StrictText(max_bytes=TOKEN_BYTES)


class VerifySerializer(StrictSerializer):
    """A token of any kind."""

    token = StrictText(max_bytes=TOKEN_BYTES)


class StrictWholeChoice(serializers.ChoiceField):
    """One of a few whole numbers; "12" and 12.0 are none."""

    def to_internal_value(self, data: object) -> int:
        if type(data) is not int:
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class PreferencesSerializer(StrictSerializer):
    """How a person likes the web pages."""

    time_zone = serializers.ChoiceField(choices=ZONES)
    theme = serializers.ChoiceField(choices=Preferences.Theme.choices)
    text_size = serializers.ChoiceField(choices=Preferences.TextSize.choices)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    hour_format = StrictWholeChoice(choices=Preferences.HourFormat.choices)
    show_seconds = StrictBoolean()
    date_order = serializers.ChoiceField(choices=Preferences.DateOrder.choices)
    week_start = serializers.ChoiceField(choices=Preferences.WeekStart.choices)
    single_keys = StrictBoolean()
    notice_silence = StrictBoolean()
    notice_people = StrictBoolean()
    notice_week = StrictBoolean()


class ProfileSerializer(StrictSerializer):
    """What a person may change about themselves."""

    full_name = StrictText(max_bytes=NAME_BYTES, allow_blank=True)
    email = StrictText(max_bytes=254, allow_blank=True)
    preferences = PreferencesSerializer()

    def validate_email(self, email: str) -> str:
        if email:
            validate_email(email)
        return email


class MeSerializer(serializers.ModelSerializer):
    """What a person is told about themselves."""

    preferences = PreferencesSerializer()

    class Meta:
        model = User
        fields = ("id", "username", "full_name", "email", "unverified_email", "preferences")
