"""Whose a device is, and who is invited to it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.models.units import Device

OFFER = timedelta(days=7)


class MembershipQuerySet(models.QuerySet):
    """Sets of memberships."""

    def offered(self) -> "MembershipQuerySet":
        """Those to whom the ownership is offered."""
        return self.filter(offered_at__gt=timezone.now() - OFFER)

    def usual_first(self) -> "MembershipQuerySet":
        """The one that was chosen last first; those that never were follow by last contact."""
        latest = F("chosen_at"), F("device__last_seen__seen_at")
        return self.order_by(*(at.desc(nulls_last=True) for at in latest), "pk")


class Membership(models.Model):
    """A person's place at a device."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        EDITOR = "editor", _("editor")
        VIEWER = "viewer", _("viewer")

    device = models.ForeignKey(Device, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=6, choices=Role)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    offered_at = models.DateTimeField(_("ownership offered"), null=True)
    chosen_at = models.DateTimeField(_("last chosen"), null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["device", "user"], name="membership_once"),
            models.UniqueConstraint(
                fields=["device"], condition=Q(role="owner"), name="membership_one_owner"
            ),
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(offered_at__isnull=False),
                name="membership_one_offered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.device}"

    @property
    def is_offered(self) -> bool:
        """Whether this person may take the device over now."""
        return self.offered_at is not None and self.offered_at > timezone.now() - OFFER


class InvitationQuerySet(models.QuerySet):
    """Sets of invitations."""

    def open(self) -> "InvitationQuerySet":
        """Those that may still be accepted; the clock decides, not a job."""
        return self.filter(expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A place at a device for whoever has the link; the row goes when it is used or cancelled.

    One that goes by mail has an address, and no secret before the mail is sent.
    """

    class Role(models.TextChoices):
        EDITOR = "editor", _("editor")
        VIEWER = "viewer", _("viewer")

    device = models.ForeignKey(Device, models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=6, choices=Role)
    address = models.EmailField(_("e-mail"), blank=True)
    secret_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("open until"))

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.address or self.pk} · {self.device}"
