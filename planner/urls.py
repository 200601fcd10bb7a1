"""The URL table; apps are named as strings, so that this package imports none of them."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from planner import health, pages

handler400 = "planner.pages.bad_request"
handler403 = "planner.pages.forbidden"
handler404 = "planner.pages.not_found"
handler500 = "planner.pages.server_error"

# One log-in page for everybody, staff included.
admin_login = login_not_required(
    RedirectView.as_view(pattern_name="accounts:login", query_string=True)
)

urlpatterns = [
    path("", pages.welcome, name="welcome"),
    path("problems/<slug:slug>", pages.problem_page, name="problem"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/", include("accounts.api_urls")),
    path("api/", include("devices.api_urls")),
    path("api/", include("backups.api_urls")),
    path("", include("accounts.urls")),
    path("", include("devices.urls")),
    path("", include("backups.urls")),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
]
