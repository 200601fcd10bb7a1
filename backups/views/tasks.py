"""The list of tasks, and what can be done to one."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.views.answers import form_methods
from backups import agenda
from backups.forms.filters import TaskFilterForm
from backups.forms.quick import QuickForm
from backups.forms.tasks import TaskForm
from backups.items import Item
from backups.models import Task
from backups.views import editing, selecting
from backups.views.editing import Pages
from backups.views.plans import Plan, back, day_asked, plan_page, push, tell

TASKS = Pages("task", Task, TaskForm, "backups:tasks")
A_PAGE = 70
"""So many rows weigh less than 100 kB."""


@require_safe
@plan_page
def tasks(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the tasks that the address asks for, under the headings of when they are due."""
    form = TaskFilterForm(request.GET, clock=plan.clock)
    listed = form.tasks(plan.backup)
    counts = agenda.count_groups(listed, plan.clock)
    paginator = Paginator(listed, A_PAGE)
    paginator.count = sum(counts.values())
    page = paginator.get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "plan": plan,
        "form": form,
        "page": page,
        "asked": asked.urlencode(),
        "groups": agenda.grouped_tasks(page, counts, plan.clock) if form.is_grouped else [],
        "quick": QuickForm(clock=plan.clock),
    }
    return render(request, "backups/tasks.html", context)


@require_POST
@plan_page
def tasks_change(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Do one thing to all selected tasks, in one commit that one Undo takes back."""
    return selecting.change(request, plan, TASKS)


@form_methods
@plan_page
def task_new(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Add a task."""
    initial = {"day": day_asked(request, plan), "priority": Task.Priority.LOW}
    return editing.add(request, plan, TASKS, initial)


@form_methods
@plan_page
def task(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Show and change a task."""
    return editing.edit(request, plan, TASKS, uuid)


@require_POST
@plan_page
def task_tick(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Mark a task as done, or as to do again."""
    name = editing.short(TASKS.find(plan, uuid).name)
    completion = int(request.POST.get("completion") == "1")
    pushed = push(request, plan, Item("task", str(uuid), {"completion": completion}))
    if pushed.results[0].outcome == "applied":
        words = _("“%s” is done.") if completion else _("“%s” is to do again.")
        tell(request, words % name, pushed.revision)
    return back(request, TASKS.listed, uuid)


@require_POST
@plan_page
def task_delete(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Delete a task."""
    return editing.delete(request, plan, TASKS, uuid)


@require_POST
@plan_page
def task_restore(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Bring a deleted task back."""
    return editing.restore(request, plan, TASKS, uuid)
