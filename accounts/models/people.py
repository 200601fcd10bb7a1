"""People: who they are, and how they are found by name or e-mail."""

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models.preferences import Preferences

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
        """Make a person and their preferences, with the language of the page they are made on.

        Without a password nobody can log in as them.
        """
        user = self.model(username=username, email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        Preferences.objects.create(
            user=user, time_zone=time_zone, language=get_language() or settings.LANGUAGE_CODE
        )
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
    # An address counts here only when it is verified; `accounts.emails` says how.
    email = models.EmailField(_("e-mail"), blank=True)
    unverified_email = models.EmailField(_("e-mail, not verified yet"), blank=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Who is not active is logged out everywhere.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    closes_at = models.DateTimeField(_("closes"), null=True, editable=False)
    # A claim of every token of this person: adding one ends them all.
    session_generation = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        permissions = [
            ("lock_user", _("Can lock people, and force a new password")),
            ("end_log_ins_of_user", _("Can end people's log-ins")),
        ]
        # The few that the staff's filters look for among the many.
        indexes = [
            models.Index(fields=["username"], condition=Q(**{field: value}), name=f"user_{field}")
            for field, value in (("is_staff", True), ("is_superuser", True), ("is_active", False))
        ]
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

    def check_password(self, raw_password: str) -> bool:
        """Return whether this is the person's password; an old hash of it is replaced.

        Django's own would write it over another password that is set at this moment.
        """

        def renew(password: str) -> None:
            made = make_password(password)
            if User.objects.filter(pk=self.pk, password=self.password).update(password=made):
                self.password = made

        return check_password(raw_password, self.password, renew)
