"""The inventory: batches, devices, and what a device last told about itself."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices import device_settings

NAME_BYTES = 127
LOW = 20
"""Per cent of battery."""


class Batch(models.Model):
    """Units that were made together."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    prefix = models.CharField(_("prefix of the serials"), max_length=8)
    confirm_on_device = models.BooleanField(
        _("the device confirms its first claim"),
        default=False,
        help_text=_("Every later claim needs the confirmation on the device anyway."),
    )
    must_rekey = models.BooleanField(
        _("the firmware can replace its key"),
        default=False,
        help_text=_("A claimed device then syncs only after it has replaced the factory's key."),
    )
    size = models.PositiveIntegerField(_("units"), default=0, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("batch")
        verbose_name_plural = _("batches")

    def __str__(self) -> str:
        return self.name


class DeviceQuerySet(models.QuerySet):
    """Sets of devices."""

    def of(self, user: models.Model) -> "DeviceQuerySet":
        """The devices that this person may use, each with the person's `role`."""
        return self.filter(memberships__user=user).annotate(role=models.F("memberships__role"))


class Device(models.Model):
    """One unit. Of its code and its key only hashes are kept."""

    class State(models.TextChoices):
        IN_STOCK = "in_stock", _("in stock")
        CLAIMED = "claimed", _("claimed")
        BLOCKED = "blocked", _("blocked")
        RETIRED = "retired", _("retired")

    class Rekey(models.IntegerChoices):
        NO = 0, _("no")
        ASKED = 1, _("asked for")
        NEEDED = 2, _("needed before it syncs")

    serial = models.CharField(_("serial number"), max_length=20, unique=True)
    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="devices", verbose_name=_("batch")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.IN_STOCK)
    name = models.CharField(_("name"), max_length=NAME_BYTES, blank=True)
    claim = models.UUIDField(_("current claim"), null=True, blank=True, unique=True)
    claimed_before = models.BooleanField(_("was claimed with this code before"), default=False)
    code_hash = models.CharField(max_length=64)
    code_made_at = models.DateTimeField(_("code made"), default=timezone.now)
    pepper_id = models.CharField(max_length=32)
    key_hash = models.CharField(max_length=64)
    next_key_hash = models.CharField(max_length=64, blank=True)
    rekey = models.PositiveSmallIntegerField(_("another key"), choices=Rekey, default=Rekey.NO)
    token_generation = models.PositiveIntegerField(default=0)
    settings = models.JSONField(default=dict, blank=True)
    settings_revision = models.PositiveBigIntegerField(default=0)
    takes_requests = models.BooleanField(_("people may ask to join"), default=True)
    location = models.CharField(
        _("location"),
        max_length=60,
        blank=True,
        help_text=_("Where it lies: a shelf, a shop."),
    )
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("About the unit, never about a person.")
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    pending_changes: int | None = None
    """Entries of its plan that it has not fetched, once `presence.with_pending` has looked."""

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["serial"]
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        permissions = [
            ("block_device", _("Can block devices")),
            ("unblock_device", _("Can unblock devices")),
            ("release_device", _("Can release devices in the owner's place")),
            ("recode_device", _("Can re-issue codes")),
            ("rekey_device", _("Can re-issue keys")),
            ("retire_device", _("Can retire devices")),
        ]
        indexes = [models.Index(fields=["state", "serial"], name="device_state_serial")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="claimed", claim=None)
                & ~Q(state="in_stock", claim__isnull=False),
                name="device_claimed_has_claim",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.serial

    @property
    def is_claimed(self) -> bool:
        """Whether it is somebody's and works; a blocked device is not."""
        return self.state == self.State.CLAIMED

    @property
    def is_blocked(self) -> bool:
        return self.state == self.State.BLOCKED

    @property
    def shown_settings(self) -> dict[str, object]:
        """Every device setting, with its default where nobody chose."""
        return device_settings.complete(self.settings)

    @property
    def time_zone(self) -> str:
        """The IANA name of the zone that its plan's days are in."""
        return self.shown_settings["time_zone"]

    @property
    def seen_at(self) -> datetime | None:
        """When the device itself was last heard of."""
        last_seen = getattr(self, "last_seen", None)
        return last_seen and last_seen.seen_at


class LastSeen(models.Model):
    """What the device last told about itself; apart from `Device`, as it is written often."""

    device = models.OneToOneField(
        Device, models.CASCADE, primary_key=True, related_name="last_seen"
    )
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    firmware_version = models.CharField(_("firmware"), max_length=32, blank=True)
    battery_percent = models.PositiveSmallIntegerField(_("battery"), null=True)

    class Meta:
        verbose_name = _("last contact")
        verbose_name_plural = _("last contacts")
        indexes = [
            models.Index(fields=["seen_at", "device"], name="last_seen_at"),
            models.Index(fields=["firmware_version"], name="last_seen_firmware"),
            models.Index(
                fields=["device"], condition=Q(battery_percent__lt=LOW), name="last_seen_low"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seen_at:%Y-%m-%d %H:%M}"

    @property
    def has_battery(self) -> bool:
        """Whether the device told how full its battery is; it may be empty."""
        return self.battery_percent is not None
