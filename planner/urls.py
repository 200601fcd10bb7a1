"""The URL table; apps are named as strings, so that this package imports none of them."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from planner import design, health, help, installed, metrics, pages, reference, well_known

handler400 = "planner.pages.bad_request"
handler403 = "planner.pages.forbidden"
handler404 = "planner.pages.not_found"
handler500 = "planner.pages.server_error"

urlpatterns = [
    path("", pages.welcome, name="welcome"),
    path("problems/<slug:slug>", pages.problem_page, name="problem"),
    path("help/keys/", help.keys, name="keys"),
    path("help/accessibility/", help.accessibility, name="accessibility"),
    path("help/privacy/", help.privacy, name="privacy"),
    path("offline/", installed.offline, name="offline"),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("worker.js", installed.worker, name="worker"),
    path(".well-known/security.txt", well_known.security_txt, name="security_txt"),
    path(".well-known/change-password", well_known.change_password, name="change_password"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/schema/", reference.SchemaView.as_view(), name="schema"),
    path("api/docs/", reference.reference, name="docs"),
    path("api/", include("accounts.api_urls")),
    path("api/", include("devices.api_urls")),
    path("api/", include("backups.api_urls")),
    path("", include("accounts.urls")),
    path("", include("devices.urls")),
    path("", include("backups.urls")),
    path("admin/", admin.site.urls),
    path("api/", pages.no_such_call),
    path("api/<path:rest>", pages.no_such_call),
]

if settings.DEBUG:
    urlpatterns = [
        path("design/", design.design, name="design"),
        path("design/<slug:name>/", design.trouble, name="trouble"),
        *urlpatterns,
    ]
