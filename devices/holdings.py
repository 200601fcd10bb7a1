"""The devices of a person: what they may take along, and who has them when the person goes."""

from collections.abc import Iterator

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.holdings import Fate, File, as_json, erases, foretells, gathers, locks
from accounts.models import User
from devices import audit, lifecycle, rekeying
from devices.models import (
    AuditEntry,
    Claim,
    ClaimAttempt,
    Device,
    Invitation,
    Membership,
    PersonalToken,
    SavedView,
)
from devices.roles import OWNER
from devices.signals import device_changed, device_handed_over


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
    tried = ClaimAttempt.objects.filter(user=user).order_by("pk")
    shown = ("at", "device__serial", "network", "result")
    yield as_json("devices/claim-attempts.json", list(tried.values(*shown)))
    views = SavedView.objects.filter(user=user).values("name", "query")
    yield as_json("devices/saved-views.json", list(views))
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


@foretells
def foretell(user: User) -> Iterator[Fate]:
    """Yield of each device whether it is released, stays with the others, or is in the way."""
    for part in _parts(user).annotate(people=Count("device__memberships")):
        name = {"name": part.device.name}
        if part.role != OWNER:
            words = _("“%(name)s” and its plan stay with the others; your name goes.") % name
            yield Fate(words)
        elif part.people > 1:
            words = _("“%(name)s” is yours, and others use it: it needs another owner.") % name
            yield Fate(words, url=reverse("devices:device", args=[part.device_id]), hinders=True)
        else:
            yield Fate(_("“%(name)s” is released, and its plan is erased.") % name)


@locks
def lock(user: User) -> None:
    """Lock the person's devices."""
    own = Device.objects.filter(pk__in=_parts(user).values("device"))
    list(own.select_for_update(no_key=True).order_by("pk"))


@erases
def part(user: User) -> None:
    """Take the person out of every device, and out of what was written down about devices."""
    for membership in _parts(user):
        row = lifecycle.locked(membership.device)
        # Read again under the lock: a hand-over may have come first.
        if mine := row.memberships.filter(pk=membership.pk).first():
            _part(row, mine)
    pending = Claim.objects.filter(user=user, state=Claim.State.PENDING)
    pending.update(state=Claim.State.CANCELLED, decided_at=timezone.now())
    if user.email:
        Invitation.objects.filter(address__iexact=user.email).delete()
    # What a person called a device may name the person.
    Claim.objects.filter(user=user).exclude(state=Claim.State.ACCEPTED).update(name="")
    for entry in AuditEntry.objects.filter(by=user).iterator():
        before, after = (_nameless(facts) for facts in (entry.before, entry.after))
        AuditEntry.objects.filter(pk=entry.pk).update(before=before, after=after)
    of_user = ContentType.objects.get_for_model(User)
    logged = LogEntry.objects.filter(content_type=of_user, object_id=str(user.pk))
    logged.update(object_repr="", change_message="")


def _part(row: Device, membership: Membership) -> None:
    others = row.memberships.exclude(pk=membership.pk).select_related("user")
    # Who came meanwhile keeps the device: an editor rather than a viewer, the eldest first.
    heir = others.order_by("role", "created_at", "pk").first()
    if heir is None:
        lifecycle.end_claim(row, keep=False)
        audit.record("release", by=None, device=row)
        return
    membership.delete()
    if membership.role == OWNER:
        device_handed_over.send(sender=Device, device=row, user=heir.user)
        # What the former owner offered to somebody, or allowed, does not bind the heir.
        row.memberships.update(offered_at=None)
        rekeying.end(row)
        heir.role = OWNER
        heir.save(update_fields=["role"])
        audit.record("hand-over", by=None, device=row, person=heir.user)
    lifecycle.revoke_tokens(row)
    device_changed.send(sender=Device, device=row)


def _parts(user: User) -> QuerySet[Membership]:
    return Membership.objects.filter(user=user).select_related("device").order_by("device")


def _nameless(facts: dict) -> dict:
    return {name: value for name, value in facts.items() if name != "name"}
