"""The week grid of habits, and what can be done to one."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.views.answers import form_methods
from backups import calendars, grid, practice, skips
from backups.forms.habits import HabitForm, SkipForm
from backups.grid import Cell
from backups.items import Item
from backups.models import Habit
from backups.templatetags.entries import day_words
from backups.views import editing
from backups.views.editing import Pages
from backups.views.plans import Plan, back, day_asked, plan_page, push, tell, writer
from planner.problems import RuleError
from planner.times import day_seconds, weekday_mask

HABITS = Pages("habit", Habit, HabitForm, "backups:habits")
A_WEEK = timedelta(days=7)
A_PAGE = 30
SATURDAY = 5
SPANS = 10
"""So many stretches of skipped days are listed, the last first."""

MONDAY_TO_FRIDAY = (0x20, 0x10, 0x08, 0x04, 0x02)


@require_safe
@plan_page
def habits(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show every habit on each day of a week, or of the last seven days."""
    today, asked = plan.clock.today, day_asked(request, plan, "week")
    last_seven = request.GET.get("view") == "last"
    days = calendars.week(asked, plan.clock.first_weekday)
    if last_seven:
        days = [today - timedelta(days=6 - number) for number in range(7)]
    page = Paginator(grid.habits(plan.backup), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "days": days,
        "page": page,
        "rows": grid.rows(plan.backup, plan.clock, days, page),
        "last_seven": last_seven,
        "this_week": today in days,
        "before": days[0] - A_WEEK,
        "after": days[0] + A_WEEK,
        "weekdays": [(day, weekday_mask(day), day.weekday() < SATURDAY) for day in days],
        "examples": (_("Drink a glass of water"), _("Read ten pages"), _("Go for a walk")),
    }
    return render(request, "backups/habits.html", context)


@form_methods
@plan_page
def habit_new(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Add a habit."""
    initial = {"name": request.GET.get("name", ""), "goal": MONDAY_TO_FRIDAY}
    return editing.add(request, plan, HABITS, initial)


@form_methods
@plan_page
def habit(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Show how a habit goes, day by day and in figures; change it."""
    entry = HABITS.find(plan, uuid)
    done = grid.days_done(plan.backup, entry)
    return editing.edit(request, plan, HABITS, uuid, **_practised(request, plan, entry, done))


@require_POST
@plan_page
def habit_day(request: HttpRequest, plan: Plan, uuid: UUID, day: str) -> HttpResponse:
    """Tick or clear one day of a habit; a day that has not come is refused."""
    name = editing.short(HABITS.find(plan, uuid).name)
    asked = calendars.shown_day(day)
    if asked is None:
        raise Http404
    if asked > plan.clock.today:
        messages.error(request, _("That day has not come yet."))
        return back(request, HABITS.listed, uuid)
    done = request.POST.get("done") == "1"
    pushed = push(request, plan, Item("habit", str(uuid), days={day_seconds(asked): done}))
    if pushed.results[0].outcome == "applied":
        words = _("%(day)s: “%(name)s” is done.") if done else _("%(day)s: “%(name)s” is not done.")
        tell(request, words % {"day": day_words(asked, plan.clock), "name": name}, pushed.revision)
    return back(request, HABITS.listed, uuid)


@require_POST
@plan_page
def habit_skip(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Let days of a habit count for nothing, or count again."""
    name, form = editing.short(HABITS.find(plan, uuid).name), SkipForm(request.POST)
    actor, on = writer(request, plan), request.POST.get("skip") != "0"
    if not form.is_valid():
        messages.error(request, next(iter(form.errors.values()))[0])
        return back(request, HABITS.listed, uuid)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    try:
        count = skips.skip(plan.backup, uuid, first, last, actor, on=on)
    except RuleError as error:
        if error.slug != "invalid":
            raise
        messages.error(request, error.detail)
        return back(request, HABITS.listed, uuid)
    messages.success(request, _skipped_words(count, on=on) % {"count": count, "name": name})
    return back(request, HABITS.listed, uuid)


def _skipped_words(count: int, *, on: bool) -> str:
    if on:
        return ngettext(
            "%(count)d day of “%(name)s” is skipped.",
            "%(count)d days of “%(name)s” are skipped.",
            count,
        )
    return ngettext(
        "%(count)d day of “%(name)s” counts again.",
        "%(count)d days of “%(name)s” count again.",
        count,
    )


@require_POST
@plan_page
def habit_delete(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Delete a habit."""
    return editing.delete(request, plan, HABITS, uuid)


@require_POST
@plan_page
def habit_restore(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Bring a deleted habit back."""
    return editing.restore(request, plan, HABITS, uuid)


def _practised(
    request: HttpRequest, plan: Plan, entry: Habit, done: set[date]
) -> dict[str, object]:
    """Return the figures of a habit, the map of its year, and a month of days to be filled."""
    goal, today, first_weekday = entry.goal, plan.clock.today, plan.clock.first_weekday
    skipped = skips.of(entry)
    asked = calendars.shown_day(f"{request.GET.get('month', '')}-01") or today
    month = min(asked, today).replace(day=1)
    weeks = calendars.month_weeks(month.year, month.month, first_weekday)
    after = calendars.month_after(month)
    return {
        "day": today,
        "streak": practice.streak(goal, done, today, skipped),
        "best": practice.best_streak(goal, done, today, skipped),
        "percent": round(100 * practice.strength(goal, done, today, skipped)),
        "times": len(done),
        "weekday_rates": practice.weekday_rates(goal, done, today, first_weekday, skipped),
        "months": practice.months(goal, done, today, skipped),
        "map": practice.year_map(today, first_weekday, _year(plan, entry, done)),
        "skip": SkipForm(initial={"first": practice.last_missed(goal, done, today, skipped)}),
        "skipped": practice.spans(skipped)[:SPANS],
        "month": month,
        "weeks": [grid.cells(entry, done, today, week) for week in weeks],
        "month_before": calendars.month_after(month, -1),
        "month_after": after if after and after <= today else None,
    }


def _year(plan: Plan, entry: Habit, done: set[date]) -> list[Cell]:
    """Return the days of the last 53 weeks; before the first tick nothing was due."""
    today, first = plan.clock.today, min(done, default=plan.clock.today)
    days = [day for week in practice.year_weeks(today, plan.clock.first_weekday) for day in week]
    before = [Cell(day, "off") for day in days if day < first]
    since = [day for day in days if first <= day <= today]
    return before + grid.cells(entry, done, today, since)
