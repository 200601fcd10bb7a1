"""What a list of tasks shows, as it stands in the address: text, priority, done or not, a span."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from backups.calendars import WallClock
from backups.forms.base import day_field
from backups.models import Backup, Task, TaskQuerySet
from planner.times import FOREVER, midnight, next_midnight

LONGEST = 127
BY_DEVICE = "device"
SORTS = {
    BY_DEVICE: gettext_lazy("As on the device"),
    "due": gettext_lazy("By date"),
    "priority": gettext_lazy("By priority"),
    "name": gettext_lazy("By name"),
}
ORDERS = {
    "due": ("completion", "duedate", "-priority", "name", "uuid"),
    "priority": ("-priority", "duedate", "name", "uuid"),
    "name": ("name", "uuid"),
}


class TaskFilterForm(forms.Form):
    """A filter that is wrong says so and filters nothing."""

    q = forms.CharField(label=gettext_lazy("Text"), required=False, max_length=LONGEST)
    show = forms.ChoiceField(
        label=pgettext_lazy("a filter", "Show"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("open", gettext_lazy("To do")),
            ("done", gettext_lazy("Done")),
        ],
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("Any")), *Task.Priority.choices],
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("Order"), required=False, choices=list(SORTS.items())
    )
    since = day_field(gettext_lazy("From"))
    until = day_field(pgettext_lazy("the last day", "To"))
    undated = forms.BooleanField(label=gettext_lazy("Without a date"), required=False)

    def __init__(self, *args: Any, clock: WallClock, **options: Any) -> None:
        self.clock = clock
        super().__init__(*args, label_suffix="", auto_id="filter_%s", **options)
        self.is_valid()

    @property
    def wanted(self) -> dict[str, Any]:
        """What is asked for, without what is wrong or empty."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def is_narrow(self) -> bool:
        """Whether some tasks may be left out."""
        return bool(self.wanted.keys() - {"sort"})

    @property
    def order(self) -> str:
        """The order of the list, as SORTS names it."""
        return self.wanted.get("sort", BY_DEVICE)

    @property
    def is_grouped(self) -> bool:
        """Whether the order is one in which the groups follow one another."""
        return self.order in (BY_DEVICE, "due")

    def tasks(self, backup: Backup) -> TaskQuerySet:
        """Return the living tasks of a plan that are asked for, in the order asked for."""
        found, wanted = Task.objects.of(backup).shown().filter(self._when()), self.wanted
        for word in wanted.get("q", "").split():
            found = found.filter(Q(name__icontains=word) | Q(description__icontains=word))
        if "show" in wanted:
            found = found.filter(completion=int(wanted["show"] == "done"))
        if "priority" in wanted:
            found = found.filter(priority=wanted["priority"])
        return (
            found.device_order() if self.order == BY_DEVICE else found.order_by(*ORDERS[self.order])
        )

    def _when(self) -> Q:
        wanted, zone = self.wanted, self.clock.zone
        if "undated" in wanted:
            return Q(duedate=FOREVER)
        span = Q()
        if "since" in wanted:
            span &= Q(duedate__gte=midnight(wanted["since"], zone), duedate__lt=FOREVER)
        if "until" in wanted:
            span &= Q(duedate__lt=next_midnight(wanted["until"], zone))
        return span
