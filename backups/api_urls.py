"""The addresses of the API of plans, below /api/."""

from django.urls import path

from backups.api import backups, digest, entries, files, kept, news, sync

urlpatterns = [
    path("sync/", sync.SyncView.as_view(), name="api-sync"),
    path("sync/wait/", news.WaitView.as_view(), name="api-wait"),
    path("stream/", news.StreamView.as_view(), name="api-stream"),
    path("sync/digest/", digest.DigestView.as_view(), name="api-digest"),
    path("backups/", backups.PointsView.as_view(), name="api-backups"),
    path("backups/state/", backups.StateView.as_view(), name="api-backup-state"),
    path("backups/restore/", backups.RestoreAtView.as_view(), name="api-backup-restore-at"),
    path("backups/<int:id>/", backups.PointView.as_view(), name="api-backup"),
    path("backups/import/", files.ImportView.as_view(), name="api-backup-import"),
    path("backups/<int:id>/export/", files.ExportView.as_view(), name="api-backup-export"),
    path("backups/<int:id>/diff/", backups.DiffView.as_view(), name="api-backup-diff"),
    path("backups/<int:id>/restore/", backups.RestoreView.as_view(), name="api-backup-restore"),
    path("devices/<int:pk>/replace/", kept.ReplaceView.as_view(), name="api-replace"),
    path("kept/", kept.KeptPlansView.as_view(), name="api-kept-plans"),
    path("kept/<uuid:id>/", kept.KeptPlanView.as_view(), name="api-kept-plan"),
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
