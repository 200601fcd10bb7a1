"""What somebody else changed while a form was open, told beside its fields."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from backups.calendars import WallClock
from backups.forms.base import EntryForm
from backups.models import Entry
from backups.past import LoggedCommit
from backups.templatetags.changes import commit_at, doer, value_words
from backups.templatetags.entries import due_words, event_words


def tell(form: EntryForm, history: Sequence[LoggedCommit]) -> None:
    """Show beside each part in clash what it is now, and let the form go on from there."""
    clashes = form.clashes
    if not clashes:
        return
    for part in clashes:
        form.tell_clash(part, _words(form, part, history))
    form.add_error(None, _("Somebody changed this meanwhile, and nothing is saved yet."))
    form.add_error(None, _("Save again to have it as it stands here, or take over what is new."))
    form.stand_on_now()


def _words(form: EntryForm, part: str, history: Sequence[LoggedCommit]) -> str:
    words = {"now": _now_words(part, form.entry, form.clock)}
    sources = {part} | {name for name, whole in form.joined.items() if whole == part}
    told = next(
        (one for one in history for each in one.differences if sources & set(each.fields)), None
    )
    if told is None:
        return _("Now: %(now)s") % words
    words |= {"who": doer(told.commit), "when": commit_at(told.commit, form.clock)}
    return _("Now: %(now)s – %(who)s, %(when)s") % words


def _now_words(part: str, entry: Entry, clock: WallClock) -> str:
    if part == "starttime":
        return event_words(entry, clock)
    if part == "duedate" and entry.has_date:
        return due_words(entry, clock)
    value = getattr(entry, part)
    return _("“%s”") % value if part == "description" and value else value_words(part, value, clock)
