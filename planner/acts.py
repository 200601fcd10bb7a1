"""What staff do to chosen rows: asked once more with the number and the reason, then done."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from planner.problems import RuleError

MOST = 1_000
"""Rows that one action is about: each is locked and written down on its own."""

SHOWN = 20
MOST_KEY = 2**63
DIGITS = len(str(MOST_KEY))


def is_key(text: str) -> bool:
    """Return whether a text that came with a request can be a row's key."""
    return text.isascii() and text.isdigit() and len(text) <= DIGITS and int(text) < MOST_KEY


class Act(NamedTuple):
    """An action on rows: its words, what it means for people, its rule, and who may do it.

    The rule is called with the row, `by` and `reason`, and may return what is to be shown.
    """

    verb: Promise
    meaning: Promise
    rule: Callable[..., Any]
    permission: str


WRITTEN_DOWN = _("It is written down, together with your name.")


def reason_field(help_text: Promise = WRITTEN_DOWN, *, required: bool = True) -> forms.CharField:
    """Return the field in which staff say why they do something."""
    return forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=required,
        help_text=help_text,
        widget=forms.TextInput({"autocomplete": "off", "class": "vTextField"}),
    )


class ActionForm(forms.Form):
    """Why something is done, and to how many: a second look before it is done."""

    number = forms.IntegerField(
        label=_("How many are chosen"), widget=forms.NumberInput({"autocomplete": "off"})
    )
    reason = reason_field()

    def __init__(self, posted: dict | None, *, count: int) -> None:
        super().__init__(posted)
        self.count = count

    def clean_number(self) -> int:
        number = self.cleaned_data["number"]
        if number != self.count:
            text = _("%(count)d are chosen. Type this number if that is what you want.")
            raise forms.ValidationError(text, params={"count": self.count})
        return number


class ActsAdmin(admin.ModelAdmin):
    """Gives a list the actions of its table `acts`, each with a permission of its own."""

    acts: Mapping[str, Act] = {}
    known_as = "pk"
    """The field by which the staff know a row, whatever people call it."""

    def get_actions(self, request: HttpRequest) -> dict[str, tuple]:
        """Return the actions that this person may do."""
        return {
            name: (_action(name), name, _("%s the chosen") % act.verb)
            for name, act in self.acts.items()
            if request.user.has_perm(act.permission)
        }

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Leave out what cannot be a row's key, which would be an error deeper down."""
        field = admin.helpers.ACTION_CHECKBOX_NAME
        request.POST = request.POST.copy()
        chosen = [key for key in request.POST.getlist(field) if is_key(key)]
        request.POST.setlist(field, chosen)
        return super().response_action(request, queryset)

    def act(self, request: HttpRequest, rows: QuerySet, name: str) -> HttpResponse | None:
        """Ask for the number and the reason; then do it to each row that allows it.

        The site's `confirmation` comes first: it may lead elsewhere to prove again who it is.
        """
        if (first := self.admin_site.confirmation(request)) is not None:
            return first
        count = rows.count()
        if count > MOST:
            text = _("At most %d at once: search or filter first.") % MOST
            self.message_user(request, text, messages.ERROR)
            return None
        asked = "number" in request.POST
        form = ActionForm(request.POST if asked else None, count=count)
        if not form.is_valid():
            return self._ask(request, rows, name, form)
        return self._do(request, rows, name, form.cleaned_data["reason"])

    def show_made(self, request: HttpRequest, made: list) -> HttpResponse | None:
        """Answer with what the rule returned for each row."""
        return None

    def _ask(
        self, request: HttpRequest, rows: QuerySet, name: str, form: ActionForm
    ) -> HttpResponse:
        kinds = self.opts.verbose_name, self.opts.verbose_name_plural
        words = {"verb": self.acts[name].verb, "count": form.count}
        title = ngettext("%(verb)s this %(kind)s", "%(verb)s %(count)d %(kind)s", form.count)
        context = {
            **self.admin_site.each_context(request),
            "title": title % {**words, "kind": kinds[form.count != 1]},
            "opts": self.opts,
            "act": self.acts[name],
            "action": name,
            "form": form,
            "rows": [(getattr(row, self.known_as), row) for row in rows[:SHOWN]],
            "left_out": max(0, form.count - SHOWN),
            "across": request.POST.get("select_across") == "1",
            "chosen": request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME),
            "checkbox": admin.helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    def _do(
        self, request: HttpRequest, rows: QuerySet[Model], name: str, reason: str
    ) -> HttpResponse | None:
        done, made, refused = 0, [], []
        for row in rows:
            try:
                result = self.acts[name].rule(row, by=request.user, reason=reason)
            except RuleError as error:
                refused.append(f"{getattr(row, self.known_as)}: {error.detail}")
            else:
                done += 1
                made += [result] if result else []
        for text in refused[:SHOWN]:
            self.message_user(request, text, messages.WARNING)
        text = ngettext("%d is done.", "%d are done.", done) % done
        self.message_user(request, text, messages.SUCCESS if done else messages.WARNING)
        return self.show_made(request, made) if made else None


def _action(name: str) -> Callable[..., Any]:
    def action(model_admin: ActsAdmin, request: HttpRequest, rows: QuerySet) -> Any:
        return model_admin.act(request, rows, name)

    return action
