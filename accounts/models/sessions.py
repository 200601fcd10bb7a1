"""Where people are logged in."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import browsers
from accounts.networks import address_block


class Session(models.Model):
    """One log-in: a family of refresh tokens of which only the last is good.

    Tokens are not kept, only SHA-256 sums of their ids. `accounts.sessions` alone writes here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions")
    token_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    rotated_at = models.DateTimeField(null=True)
    remember = models.BooleanField(default=False)
    user_agent = models.CharField(_("browser or program"), max_length=200, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    created_at = models.DateTimeField(_("logged in"))
    # When whoever sits there last proved who they are.
    confirmed_at = models.DateTimeField()
    last_used_at = models.DateTimeField(_("last used"))
    expires_at = models.DateTimeField(_("ends at the latest"))
    verified_at = models.DateTimeField(_("second factor proved"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def browser(self) -> str:
        """The browser or program, as people call it."""
        return browsers.in_words(self.user_agent)

    @property
    def place(self) -> str:
        """The network that the log-in was made from."""
        return address_block(self.address)
