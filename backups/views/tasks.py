"""The list of tasks, and what can be done to one."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backups import agenda
from backups.forms.quick import QuickForm
from backups.forms.tasks import TaskForm
from backups.items import Item
from backups.models import Task
from backups.views import editing
from backups.views.editing import Pages
from backups.views.plans import Plan, back, day_asked, plan_page, push, told

TASKS = Pages("task", Task, TaskForm, "backups:tasks")
A_PAGE = 100
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@plan_page
def tasks(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show all tasks in the device's order, under the headings of when they are due."""
    listed = Task.objects.of(plan.backup).alive().device_order()
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "page": page,
        "groups": agenda.grouped_tasks(page, plan.clock),
        "quick": QuickForm(clock=plan.clock),
    }
    return render(request, "backups/tasks.html", context)


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
        told(request, words % name, pushed.revision)
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
