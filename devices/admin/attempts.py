"""The tries to claim a device, in the admin: who is stopped by limits, and a second chance."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from devices import attempts, claims, serials
from devices.models import ClaimAttempt
from planner.acts import Act, ActsAdmin
from planner.lists import ExportAdmin, ReadOnlyAdmin


@admin.register(ClaimAttempt)
class ClaimAttemptAdmin(ActsAdmin, ExportAdmin, ReadOnlyAdmin):
    """Tries to claim, the newest first; never with a code."""

    list_display = ("at", "user", "result", "serial", "serial_hash", "network")
    list_filter = ("result", "at")
    list_select_related = ("user", "device")
    search_fields = ("user__username",)
    search_help_text = _("By a whole user name or address, or by a whole serial number")
    ordering = ("-pk",)
    known_as = "user"
    acts = {
        "forgive": Act(
            _("Take back the limits of"),
            _("These people get all their tries back, on the devices that they tried."),
            claims.give_back,
            "devices.forgive_claimattempt",
        )
    }
    fields = ("at", "user", "result", "device", "serial_hash", "network")
    export_columns = (
        ("time", lambda attempt: attempt.at.isoformat(timespec="seconds")),
        ("account", lambda attempt: attempt.user.username),
        ("result", lambda attempt: attempt.result),
        ("serial_hash", lambda attempt: attempt.serial_hash),
        ("network", lambda attempt: attempt.network),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Find tries by the account, or by the serial: also one that no device has."""
        words = search_term.strip()
        try:
            found = attempts.serial_hashes(serials.read_serial(words))
        except ValueError:
            people = list(User.objects.named(words))
            return (queryset.filter(user__in=people) if words else queryset), False
        return queryset.filter(serial_hash__in=found), False

    @admin.display(description=_("device"))
    def serial(self, attempt: ClaimAttempt) -> str:
        return attempt.device.serial if attempt.device else ""
