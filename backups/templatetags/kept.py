"""The plans that are kept for a person, for the page of devices."""

from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest

from accounts.models import User
from backups import kept
from backups.models import KeptPlan
from backups.status import Status
from devices import roles
from devices.models import Device

register = template.Library()


@register.inclusion_tag("backups/_kept.html")
def kept_plans(request: HttpRequest) -> dict[str, Any]:
    """Draw what the person still has of devices that were released."""
    plans = list(kept.of(request.user))
    return {"plans": plans, "places": _places(request.user) if plans else []}


def _places(user: User) -> list[Device]:
    """Return the devices of a person that a plan may come to."""
    mine = Device.objects.of(user).order_by("name", "serial")
    return [one for one in mine if _is_place(one)]


def _is_place(device: Device) -> bool:
    return device.is_claimed and roles.may(device.role, "replace")


@register.inclusion_tag("backups/_kept_offer.html")
def kept_offer(request: HttpRequest, device: Device, status: Status) -> dict[str, Any]:
    """Offer what the person still has to a device with nothing on it, on its own page."""
    fits = not status.backup.live_count and _is_place(device)
    plans = kept.of(request.user).filter(backup__live_count__gt=0) if fits else []
    return {"device": device, "plans": list(plans)}


@register.filter
def kept_until(plan: KeptPlan) -> datetime:
    """Return when the plan is erased by itself."""
    return kept.until(plan)
