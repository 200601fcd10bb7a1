"""What a replacement brings, in words."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backups.stills import Difference, tally

register = template.Library()


@register.simple_tag
def counts_words(counts: Mapping[str, int]) -> str:
    """Return how many entries of each type there are: "2 tasks, 1 event and 3 habits"."""
    tasks, events, habits = (counts[kind] for kind in ("task", "event", "habit"))
    parts = [
        tasks and ngettext("%d task", "%d tasks", tasks) % tasks,
        events and ngettext("%d event", "%d events", events) % events,
        habits and ngettext("%d habit", "%d habits", habits) % habits,
    ]
    return get_text_list([part for part in parts if part], _("and")) or _("Nothing")


@register.simple_tag
def what_happens(found: Sequence[Difference]) -> str:
    """Return what becomes of the entries of the new device: how many come, change and go."""
    come, change, go = tally(found).values()
    parts = [
        come and ngettext("%d comes", "%d come", come) % come,
        change and ngettext("%d changes", "%d change", change) % change,
        go and ngettext("%d goes", "%d go", go) % go,
    ]
    return get_text_list([part for part in parts if part], _("and")) or _("nothing happens")
