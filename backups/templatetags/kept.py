"""The plans that are kept for a person, for the page of devices."""

from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest

from backups import kept
from backups.models import KeptPlan

register = template.Library()


@register.inclusion_tag("backups/_kept.html")
def kept_plans(request: HttpRequest) -> dict[str, Any]:
    """Draw what the person still has of devices that were released."""
    return {"plans": list(kept.of(request.user))}


@register.filter
def kept_until(plan: KeptPlan) -> datetime:
    """Return when the plan is erased by itself."""
    return kept.until(plan)
