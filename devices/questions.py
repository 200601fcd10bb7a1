"""What waits for a person's answer at their devices; the list of devices tells of it."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from devices import roles
from devices.models import Claim, Device, Membership, RekeyRequest


class Question(NamedTuple):
    """What is asked, and the page where it is answered."""

    text: str
    url: str


def of(user: User) -> Iterator[Question]:
    """Yield who asks to join, what is offered, and what the support asks for."""
    own = Device.objects.filter(memberships__user=user, memberships__role=roles.OWNER)
    for asked in Claim.objects.requests().filter(device__in=own).select_related("device", "user"):
        names = {"person": asked.user, "device": asked.device}
        yield _question(_("%(person)s asks to join %(device)s.") % names, "device", asked.device)
    for member in Membership.objects.offered().filter(user=user).select_related("device"):
        text = _("%s is offered to you.") % member.device
        yield _question(text, "take_over", member.device)
    unanswered = RekeyRequest.objects.open().filter(device__in=own, granted_at=None)
    for request in unanswered.select_related("device"):
        text = _("The support asks to give %s a new key.") % request.device
        yield _question(text, "rekey", request.device)


def _question(text: str, page: str, device: Device) -> Question:
    return Question(text, reverse(f"devices:{page}", args=[device.pk]))
