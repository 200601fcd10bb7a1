"""The devices of a person: what they may take along of them."""

from collections.abc import Iterator

from accounts.holdings import File, as_json, gathers
from accounts.models import User
from devices.models import AuditEntry, Claim, Device, PersonalToken


@gathers
def gather(user: User) -> Iterator[File]:
    """Yield the person's devices, claims and tokens, and what they did and was done to them."""
    yield as_json("devices/devices.json", [_device(device) for device in _devices_of(user)])
    claims = Claim.objects.filter(user=user).order_by("created_at")
    shown = ("device__serial", "name", "state", "created_at", "decided_at")
    yield as_json("devices/claims.json", list(claims.values(*shown)))
    tokens = PersonalToken.objects.filter(user=user).order_by("created_at")
    shown = ("name", "scope", "prefix", "created_at", "expires_at", "last_used_at")
    yield as_json("devices/personal-tokens.json", list(tokens.values(*shown)))
    done = AuditEntry.objects.filter(by=user) | AuditEntry.objects.filter(person=user)
    shown = ("at", "action", "device__serial", "before", "after", "reason")
    yield as_json("devices/what-was-done.json", list(done.order_by("pk").values(*shown)))


def _devices_of(user: User) -> Iterator[Device]:
    yield from Device.objects.of(user).select_related("last_seen").order_by("pk")


def _device(device: Device) -> dict[str, object]:
    seen = getattr(device, "last_seen", None)
    return {
        "id": device.pk,
        "serial": device.serial,
        "name": device.name,
        "role": device.role,
        "settings": device.shown_settings,
        "last_seen": device.seen_at,
        "firmware_version": seen.firmware_version if seen else "",
        "battery_percent": seen.battery_percent if seen else None,
    }
