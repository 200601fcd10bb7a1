"""The addresses of the pages of a plan."""

from django.urls import path

from backups.views import (
    calendar,
    deleted,
    events,
    habits,
    history,
    imports,
    replacement,
    status,
    tasks,
    today,
)

app_name = "backups"

urlpatterns = [
    path("devices/<int:pk>/sync/", status.syncs, name="syncs"),
    path("devices/<int:pk>/replace/", replacement.replace, name="replace"),
    path("devices/<int:pk>/download/", replacement.download, name="download"),
    path("kept/<uuid:claim>/erase/", replacement.erase_kept, name="kept_erase"),
    path("today/", today.today, name="today"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/new/", tasks.task_new, name="task_new"),
    path("tasks/quick/", tasks.task_quick, name="task_quick"),
    path("tasks/<uuid:uuid>/", tasks.task, name="task"),
    path("tasks/<uuid:uuid>/tick/", tasks.task_tick, name="task_tick"),
    path("tasks/<uuid:uuid>/delete/", tasks.task_delete, name="task_delete"),
    path("tasks/<uuid:uuid>/restore/", tasks.task_restore, name="task_restore"),
    path("events/", events.events, name="events"),
    path("events/new/", events.event_new, name="event_new"),
    path("events/<uuid:uuid>/", events.event, name="event"),
    path("events/<uuid:uuid>/delete/", events.event_delete, name="event_delete"),
    path("events/<uuid:uuid>/restore/", events.event_restore, name="event_restore"),
    path("habits/", habits.habits, name="habits"),
    path("habits/new/", habits.habit_new, name="habit_new"),
    path("habits/<uuid:uuid>/", habits.habit, name="habit"),
    path("habits/<uuid:uuid>/days/<str:day>/", habits.habit_day, name="habit_day"),
    path("habits/<uuid:uuid>/delete/", habits.habit_delete, name="habit_delete"),
    path("habits/<uuid:uuid>/restore/", habits.habit_restore, name="habit_restore"),
    path("history/", history.history, name="history"),
    path("history/moment/", history.moment, name="moment"),
    path("history/pin/", history.history_pin, name="history_pin"),
    path("history/restore/", history.history_restore, name="history_restore"),
    path("history/<int:revision>/undo/", history.history_undo, name="history_undo"),
    path("history/points/<int:id>/remove/", history.history_remove, name="history_remove"),
    path("history/lost/<int:lost>/use/", history.lost_use, name="lost_use"),
    path("import/", imports.import_new, name="import_new"),
    path("import/<uuid:uuid>/", imports.import_one, name="import"),
    path("deleted/", deleted.deleted, name="deleted"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<int:year>/<int:month>/", calendar.month, name="calendar_month"),
    path("calendar/<str:day>/", calendar.day, name="calendar_day"),
]
