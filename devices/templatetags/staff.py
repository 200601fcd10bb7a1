"""What the front page of the staff shows."""

from datetime import timedelta
from typing import Any

from django import template

from accounts import outbox
from devices import counted, figures
from devices.models import AuditEntry

SHOWN = 5
DAY = timedelta(days=1)

register = template.Library()


@register.simple_tag(takes_context=True)
def inventory(context: dict[str, Any]) -> dict[str, Any] | None:
    """Return figures and charts of all devices, for a person who may look at devices."""
    if not context["request"].user.has_perm("devices.view_device"):
        return None
    claims, failures = figures.claims_by_day(), figures.failures_by_day()
    found, counted_at = figures.counts()
    return {
        "counted_at": counted_at,
        "stock": figures.stock(found),
        "firmware": figures.firmware(found),
        "silent": found["silent"],
        "unheard": found.get("unheard", 0),
        "imports": AuditEntry.objects.filter(action="import-file").select_related("by")[:SHOWN],
        "slow": counted.last("slow-syncs", DAY),
        "dead_mails": outbox.dead().count(),
        "claims": claims,
        "failures": failures,
        "numbers": (claims[-1].count, failures[-1].count),
        "size": figures.CHART,
    }
