"""People, what they prefer, and where they are logged in."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NAME_BYTES = 127
"""Devices show who wants to join them, and hold names of that size."""

username_characters = RegexValidator(
    r"^[A-Za-z0-9._-]+\Z", _("Letters, digits, dots, dashes and underscores only.")
)


class UserManager(BaseUserManager):
    """Finds people by name or e-mail without regard to case, and makes them whole."""

    def named(self, name: str) -> models.QuerySet["User"]:
        """Return who has this user name, or this e-mail address if there is an "@" in it."""
        field = "email" if "@" in name else "username"
        return self.filter(Exact(Lower(field), Lower(Value(name))))

    def get_by_natural_key(self, username: str) -> "User":
        return self.named(username).get()

    @transaction.atomic
    def create_user(
        self,
        username: str,
        email: str = "",
        password: str | None = None,
        *,
        time_zone: str = "UTC",
        **fields: object,
    ) -> "User":
        """Make a person and their preferences; without a password nobody can log in as them."""
        user = self.model(username=username, email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        Preferences.objects.create(user=user, time_zone=time_zone)
        return user

    def create_superuser(
        self, username: str, email: str = "", password: str | None = None, **fields: object
    ) -> "User":
        """Make a person who may do everything in the admin."""
        fields |= {"is_staff": True, "is_superuser": True}
        return self.create_user(username, email, password, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. User names are public and hold no "@", so that they cannot pass for an address."""

    # A session knows when it was last used; a second column would have to be kept in step.
    last_login = None
    username = models.CharField(
        _("user name"), max_length=30, unique=True, validators=[username_characters]
    )
    full_name = models.CharField(_("full name"), max_length=NAME_BYTES, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Who is not active is logged out everywhere.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    # A claim of every token of this person: adding one ends them all.
    session_generation = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_user_username_caseless",
                violation_error_message=_("This user name is taken."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="accounts_user_email_caseless",
                violation_error_message=_("Another account has this e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username


class Preferences(models.Model):
    """How a person likes the web pages; a device's own settings are the device's."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("Like the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class TextSize(models.TextChoices):
        SMALL = "s", _("Small")
        MEDIUM = "m", _("Medium")
        LARGE = "l", _("Large")

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="preferences", verbose_name=_("user")
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    text_size = models.CharField(
        _("text size"), max_length=1, choices=TextSize, default=TextSize.MEDIUM
    )
    language = models.CharField(_("language"), max_length=16, default="en")

    class Meta:
        verbose_name = verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.time_zone}"


class Session(models.Model):
    """One log-in: a family of refresh tokens of which only the last is good.

    Tokens are not kept, only SHA-256 sums of their ids. `accounts.sessions` alone writes here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    token_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    rotated_at = models.DateTimeField(null=True)
    remember = models.BooleanField(default=False)
    user_agent = models.CharField(_("browser or program"), max_length=200, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    created_at = models.DateTimeField(_("logged in"))
    last_used_at = models.DateTimeField(_("last used"))
    expires_at = models.DateTimeField(_("ends at the latest"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"
