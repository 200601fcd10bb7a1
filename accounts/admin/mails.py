"""Mails in the admin: which wait, went out or are dead; what they tell is not shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import outbox
from accounts.models import Mail, User
from planner.acts import Act, ActsAdmin
from planner.lists import ReadOnlyAdmin


class StateFilter(admin.SimpleListFilter):
    """What became of a mail."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return [(state, str(outbox.STATES[state])) for state in outbox.STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return outbox.in_state(queryset, self.value()) if self.value() else queryset


@admin.register(Mail)
class MailAdmin(ActsAdmin, ReadOnlyAdmin):
    """Mails, the newest first; one that is dead is sent again when its cause is mended."""

    list_display = ("created_at", "kind", "user", "address", "attempts", "sent_at", "state")
    list_filter = (StateFilter,)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = _("By a whole user name or e-mail address")
    ordering = ("-pk",)
    fields = ("created_at", "kind", "user", "address", "attempts", "due_at", "sent_at")
    known_as = "kind"
    acts = {
        "send_again": Act(
            pgettext_lazy("mails", "Send again"),
            _("It is tried anew, as often as a new mail. Mend first what kept it from going out."),
            outbox.send_again,
            "accounts.resend_mail",
        )
    }

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Find the mails to a person, or to an address that may be nobody's yet."""
        words = search_term.strip()
        if not words:
            return queryset, False
        people = list(User.objects.named(words))
        return queryset.filter(user__in=people) | queryset.to(words), False

    @admin.display(description=_("state"))
    def state(self, mail: Mail) -> str:
        return outbox.STATES[outbox.state_of(mail)]
