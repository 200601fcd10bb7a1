"""The admin's door: staff alone, and where it is asked for, with a second factor."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from accounts import sudo


class StaffSite(AdminSite):
    """Django's admin, behind what a log-in has proved."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and is_proved(request)

    def confirmation(self, request: HttpRequest) -> HttpResponse | None:
        """Return the way to the confirmation; None for a person who proved lately who they are."""
        return sudo.confirmation(request)


def is_proved(request: HttpRequest) -> bool:
    """Return whether this log-in has proved enough for the admin."""
    return bool(not settings.STAFF_SECOND_FACTOR or request.login.verified_at)
