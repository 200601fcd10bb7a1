"""Adding, changing, deleting and bringing back one entry: the same for all kinds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from backups import changes, past
from backups.forms.base import EntryForm
from backups.items import Item
from backups.models import Entry
from backups.views import clashes
from backups.views.plans import Plan, back, push, tell, way_back, write, writer

NAME_SHOWN = 40
LOST_SHOWN = 20


@dataclass(frozen=True)
class Pages:
    """The pages of one kind: its model and form, and the names of its list and its templates."""

    kind: str
    model: type[Entry]
    form: type[EntryForm]
    listed: str
    also: Callable[[Plan, UUID], str] = lambda plan, uuid: ""
    """What else there is to tell of an entry that was just saved."""

    @property
    def template(self) -> str:
        return f"backups/{self.kind}.html"

    def url(self, action: str, uuid: UUID) -> str:
        """Return the address of `task`, `task_delete`, … for one entry."""
        return reverse(f"backups:{self.kind}{action}", args=[uuid])

    def find(self, plan: Plan, uuid: UUID) -> Entry:
        """Return the entry of this plan, deleted ones too, or raise Http404."""
        return get_object_or_404(self.model.objects.of(plan.backup), uuid=uuid)


def add(request: HttpRequest, plan: Plan, pages: Pages, initial: dict[str, Any]) -> HttpResponse:
    """Show the empty form; write what was typed into it."""
    plan.check_writer()
    form = pages.form(request.POST or None, clock=plan.clock, initial=initial)
    if form.is_valid():
        uuid = uuid4()
        if saved(request, plan, pages, form, uuid):
            return back(request, pages.listed, uuid)
    return show(request, plan, pages, form)


def edit(request: HttpRequest, plan: Plan, pages: Pages, uuid: UUID, **more: Any) -> HttpResponse:
    """Show an entry's form; write what was changed in it."""
    entry = pages.find(plan, uuid)
    if request.method == "POST":
        plan.check_writer()
    if request.method != "POST" and not entry.alive:
        return render(
            request, "backups/gone.html", {"plan": plan, "entry": entry, **_ways(pages, uuid)}
        )
    form, done = pages.form(clock=plan.clock, entry=entry), False
    if request.method == "POST":
        form, done = _changed(request, plan, pages, uuid)
    if done:
        return back(request, pages.listed, uuid)
    history = past.of_entry(plan.backup, pages.kind, uuid)
    clashes.tell(form, history)
    lost = past.lost_of(plan.backup, pages.kind, uuid)[:LOST_SHOWN]
    return show(
        request, plan, pages, form, **_ways(pages, uuid), history=history, lost=lost, **more
    )


def _changed(request: HttpRequest, plan: Plan, pages: Pages, uuid: UUID) -> tuple[EntryForm, bool]:
    """Write what was changed in a form, unless it is wrong, or clashes with the entry as it is."""
    with transaction.atomic():
        # Nobody changes the entry between the look at it and the write.
        changes.lock(plan.backup, writer(request, plan))
        form = pages.form(request.POST, clock=plan.clock, entry=pages.find(plan, uuid))
        is_right = form.is_valid() and not form.clashes
        return form, is_right and saved(request, plan, pages, form, uuid)


def saved(request: HttpRequest, plan: Plan, pages: Pages, form: EntryForm, uuid: UUID) -> bool:
    """Write a form's entry and tell so; what the rules refuse becomes the form's errors."""
    pushed = push(request, plan, Item(pages.kind, str(uuid), form.edits()))
    [result] = pushed.results
    for error in result.errors:
        form.refuse(error["pointer"].strip("/"), error["detail"])
    if result.detail == "deleted":
        messages.warning(
            request,
            _("It was deleted meanwhile. What you changed is kept if you bring it back."),
            extra_tags=pages.url("_restore", uuid),
        )
    elif result.outcome == "applied":
        words = _("“%s” is changed.") if form.entry else _("“%s” is added.")
        words %= short(form.cleaned_data["name"])
        tell(request, f"{words} {pages.also(plan, uuid)}".strip(), pushed.revision)
    return not result.errors


def show(
    request: HttpRequest, plan: Plan, pages: Pages, form: EntryForm, **more: Any
) -> HttpResponse:
    """Render a form's page, for a viewer without a way to send it."""
    if not plan.may_write:
        form.lock()
    context = {"plan": plan, "form": form, "next": way_back(request, pages.listed), **more}
    return render(request, pages.template, context)


def delete(request: HttpRequest, plan: Plan, pages: Pages, uuid: UUID) -> HttpResponse:
    """Delete an entry and offer to undo it."""
    entry = pages.find(plan, uuid)
    write(request, plan, Item(pages.kind, str(uuid), deleted=True))
    messages.success(
        request,
        _("“%s” is deleted.") % short(entry.name),
        extra_tags=pages.url("_restore", uuid),
    )
    return back(request, pages.listed)


def restore(request: HttpRequest, plan: Plan, pages: Pages, uuid: UUID) -> HttpResponse:
    """Bring a deleted entry back as it was."""
    entry = pages.find(plan, uuid)
    result = write(request, plan, Item(pages.kind, str(uuid), restored=True))
    if result.errors:
        messages.error(request, result.errors[0]["detail"])
        return redirect(pages.listed)
    messages.success(request, _("“%s” is back.") % short(entry.name))
    return back(request, pages.listed, uuid)


def short(name: str) -> str:
    """Return a name as it fits into a message."""
    return Truncator(name).chars(NAME_SHOWN)


def _ways(pages: Pages, uuid: UUID) -> dict[str, str]:
    return {
        "listed": reverse(pages.listed),
        "delete_url": pages.url("_delete", uuid),
        "restore_url": pages.url("_restore", uuid),
    }
