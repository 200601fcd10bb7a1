"""The addresses of the API of plans, below /api/."""

from django.urls import path

from backups.api import digest, entries, news, sync

urlpatterns = [
    path("sync/", sync.SyncView.as_view(), name="api-sync"),
    path("sync/wait/", news.WaitView.as_view(), name="api-wait"),
    path("stream/", news.StreamView.as_view(), name="api-stream"),
    path("sync/digest/", digest.DigestView.as_view(), name="api-digest"),
    *(path(f"{name}/", view.as_view(), name=f"api-{name}") for name, view in entries.LISTS.items()),
    *(
        path(f"{name}/<uuid:id>/", view.as_view(), name=f"api-{name}-one")
        for name, view in entries.ONES.items()
    ),
    path(
        "habits/<uuid:id>/days/<str:date>/",
        entries.HabitDayView.as_view(),
        name="api-habit-day",
    ),
]
