"""How a device becomes somebody's: from the code to the release."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.models.units import NAME_BYTES, Device


class ClaimQuerySet(models.QuerySet):
    """Sets of claims."""

    def waiting(self) -> "ClaimQuerySet":
        """Those that may still be answered; the clock decides, not a job."""
        pending = self.filter(state=Claim.State.PENDING, expires_at__gt=timezone.now())
        return pending.exclude(user=None)

    def requests(self) -> "ClaimQuerySet":
        """Those that wait for the owner, with who asks; the oldest first."""
        return self.waiting().filter(joins=True).select_related("user").order_by("created_at")


class Claim(models.Model):
    """One person's claim of a device, from the code to the release.

    With `joins` it is a request to join somebody's device, which ends with the answer.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waits for a yes")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("ran out")
        ENDED = "ended", _("ended")
        JOINED = "joined", _("joined")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.ForeignKey(Device, models.CASCADE, related_name="claims")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=NAME_BYTES)
    joins = models.BooleanField(_("asks to join"), default=False)
    number = models.PositiveSmallIntegerField(_("number to compare"), null=True)
    state = models.CharField(_("state"), max_length=9, choices=State)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("waits until"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(state="pending", joins=False),
                name="claim_one_pending",
            ),
            models.UniqueConstraint(
                fields=["device", "user"],
                condition=Q(state="pending", joins=True),
                name="claim_one_request",
            ),
            models.CheckConstraint(
                condition=Q(joins=False) | ~Q(state__in=["accepted", "ended"]),
                name="claim_of_a_guest_owns_nothing",
            ),
            models.UniqueConstraint(
                fields=["device"], condition=Q(state="accepted"), name="claim_one_accepted"
            ),
            models.CheckConstraint(
                condition=~Q(state="pending", expires_at=None), name="claim_pending_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_state_display()}"

    @property
    def shown_state(self) -> str:
        """The state as of now: a pending claim whose time is over has run out."""
        over = self.state == self.State.PENDING and self.expires_at <= timezone.now()
        return self.State.EXPIRED if over else self.State(self.state)

    @property
    def is_pending(self) -> bool:
        return self.shown_state == self.State.PENDING
