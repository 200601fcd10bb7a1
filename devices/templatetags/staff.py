"""What the front page of the staff shows."""

from typing import Any

from django import template

from devices import figures
from devices.models import Device

register = template.Library()


@register.simple_tag(takes_context=True)
def inventory(context: dict[str, Any]) -> dict[str, Any] | None:
    """Return figures and charts of all devices, for whoever may look at devices."""
    if not context["request"].user.has_perm("devices.view_device"):
        return None
    claims, failures = figures.claims_by_day(), figures.failures_by_day()
    return {
        "stock": figures.stock(),
        "firmware": figures.firmware(),
        "silent": figures.silent(Device.objects.all()).count(),
        "claims": claims,
        "failures": failures,
        "numbers": (claims[-1].count, failures[-1].count),
        "size": figures.CHART,
    }
