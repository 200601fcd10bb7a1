"""What the pages of a plan share: whose plan it is, writing to it, and the way back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, wraps
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse

from accounts.onward import asked_page
from backups import agenda, changes, reports
from backups.calendars import WallClock, shown_day
from backups.changes import Actor, Pushed, Result
from backups.items import Item
from backups.models import Backup
from backups.reports import Delivery
from backups.restore import Restored
from devices.models import Device
from devices.selection import needs_device
from planner.problems import RuleError


@dataclass(frozen=True)
class Plan:
    """The chosen device's plan, its clock, and whether this person may change it.

    `here` is the page's own address, quoted for those of others that lead back to it.
    """

    backup: Backup
    clock: WallClock
    may_write: bool
    here: str

    def check_writer(self) -> None:
        """Raise PermissionDenied for a viewer."""
        if not self.may_write:
            raise PermissionDenied

    @cached_property
    def delivery(self) -> Delivery:
        """What is on the device already."""
        return reports.delivery(self.backup)

    @property
    def standing(self) -> str:
        """Where the plan stood when the page was made, as the stream tells it."""
        return reports.standing(self.backup, self.delivery.confirmation)


def plan_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the plan of the chosen device; without a device, lead to the choice of one.

    A form that was made for another device is refused, 409: it would change the wrong plan.
    """

    @needs_device
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        device = request.caller.device
        of = request.POST.get("of", str(device.claim))
        if of != str(device.claim):
            return _elsewhere(request, of)
        clock = agenda.clock_of(device)
        here = quote(request.get_full_path(), safe="")
        try:
            plan = Plan(Backup.objects.of(device), clock, request.caller.may_write, here)
            return view(request, plan, *args, **named)
        except RuleError as error:
            # The device was released while the page was open: nothing has been written.
            messages.error(request, error.detail)
            return redirect("devices:devices")

    return page


def _elsewhere(request: HttpRequest, of: str) -> HttpResponse:
    mine = Device.objects.of(request.user)
    former = next((device for device in mine if str(device.claim) == of), None)
    return render(request, "backups/elsewhere.html", {"former": former}, status=409)


def write(request: HttpRequest, plan: Plan, item: Item) -> Result:
    """Push one item as this person; viewers get 403."""
    return push(request, plan, item).results[0]


def push(request: HttpRequest, plan: Plan, *items: Item) -> Pushed:
    """Push items as this person; viewers get 403."""
    return changes.push(plan.backup, items, writer(request, plan))


def writer(request: HttpRequest, plan: Plan) -> Actor:
    """Return this person as who changes the plan; viewers get 403."""
    plan.check_writer()
    return Actor.of(request.caller)


def tell(request: HttpRequest, text: str, revision: int, edit: str = "") -> None:
    """Show what was done, with a button that undoes it and a link to edit it."""
    undo = reverse("backups:history_undo", args=[revision])
    messages.success(request, text, extra_tags=f"{undo} {edit}".strip())


def tell_differences(
    request: HttpRequest, done: Restored, words: str, nothing: str
) -> HttpResponse:
    """Show how many entries a restore or an import changed, and lead to the history."""
    if count := len(done.differences):
        tell(request, words % {"count": count}, done.revision)
    else:
        messages.info(request, nothing)
    return redirect("backups:history")


def back(request: HttpRequest, default: str, entry_id: object = "") -> HttpResponse:
    """Return to the page that a form came from, to the row of the entry it was about."""
    anchor = f"#e-{entry_id}" if entry_id else ""
    return redirect(way_back(request, default) + anchor)


def way_back(request: HttpRequest, default: str) -> str:
    """Return the address that the request names as `next`, or the default when it is not ours."""
    return asked_page(request) or resolve_url(default)


def day_asked(request: HttpRequest, plan: Plan, name: str = "day") -> date:
    """Return the day that the address asks for, or today where it names none."""
    return shown_day(request.GET.get(name, "")) or plan.clock.today
