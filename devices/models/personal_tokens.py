"""What people give to programs of theirs, instead of their password."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.models.people import Membership


class PersonalTokenQuerySet(models.QuerySet):
    """Sets of personal tokens."""

    def living(self) -> "PersonalTokenQuerySet":
        """Those that still count: their time is not over, and their person is active."""
        return self.filter(expires_at__gt=timezone.now(), user__is_active=True)


class PersonalToken(models.Model):
    """A person's token for a program: for one of the person's devices, or for all of them.

    Only its SHA-256 sum is kept. It goes with the person, and one for a single device goes with the
    person's part in that device.
    """

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="personal_tokens"
    )
    membership = models.ForeignKey(
        Membership, models.CASCADE, null=True, related_name="personal_tokens"
    )
    name = models.CharField(_("name"), max_length=60)
    scope = models.CharField(_("may"), max_length=5, choices=Scope)
    prefix = models.CharField(_("begins with"), max_length=16)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("ends"))
    last_used_at = models.DateTimeField(_("last used"), null=True)

    objects = PersonalTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("personal token")
        verbose_name_plural = _("personal tokens")

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def may_write(self) -> bool:
        return self.scope == self.Scope.WRITE
