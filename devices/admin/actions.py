"""What staff do to chosen devices: asked once more with the number and the reason, then done."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from devices import lifecycle, servicing
from devices.admin import units
from devices.forms.servicing import ActionForm
from devices.models import Device
from planner.problems import RuleError

MOST = 1_000
"""Devices that one action is about: each is locked and written down on its own."""

SHOWN = 20
MOST_KEY = 2**63


class Act(NamedTuple):
    """An action on devices: its words, what it means for people, and its rule."""

    verb: Promise
    meaning: Promise
    rule: Callable[..., Any]


ACTS = {
    "block": Act(
        _("Block"),
        _("A blocked device can do nothing. Its owner keeps it, and its plan."),
        lifecycle.block,
    ),
    "unblock": Act(_("Unblock"), _("A blocked device works again."), lifecycle.unblock),
    "release": Act(
        _("Release"),
        _("The owner and everybody else lose the device. It waits for the next claim."),
        servicing.release,
    ),
    "recode": Act(
        _("Re-issue the code of"),
        _("The code on the box ends, and with it all failed tries. The new one is shown once."),
        servicing.recode,
    ),
    "rekey": Act(
        _("Re-key"),
        _("The key in the device ends at once: flash the new one. For devices that are nobody's."),
        servicing.rekey,
    ),
    "retire": Act(
        _("Retire"),
        _("The device is out of service for good: nothing undoes this."),
        lifecycle.retire,
    ),
}


class ServicingAdmin(admin.ModelAdmin):
    """Gives a list of devices the actions of the table, each with a permission of its own."""

    def get_actions(self, request: HttpRequest) -> dict[str, tuple]:
        """Return the actions that this person may do."""
        return {
            name: (_action(name), name, _("%s the chosen devices") % act.verb)
            for name, act in ACTS.items()
            if request.user.has_perm(f"devices.{name}_device")
        }

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Leave out what cannot be a device's key, which would be an error deeper down."""
        field = admin.helpers.ACTION_CHECKBOX_NAME
        request.POST = request.POST.copy()
        chosen = [key for key in request.POST.getlist(field) if _is_key(key)]
        request.POST.setlist(field, chosen)
        return super().response_action(request, queryset)

    def act(self, request: HttpRequest, devices: QuerySet[Device], name: str) -> Any:
        """Ask for the number and the reason; then do it to each device that allows it."""
        count = devices.count()
        if count > MOST:
            text = _("At most %d devices at once: search or filter first.") % MOST
            self.message_user(request, text, messages.ERROR)
            return None
        asked = "number" in request.POST
        form = ActionForm(request.POST if asked else None, count=count)
        if not form.is_valid():
            return self._ask(request, devices, name, form)
        return self._do(request, devices, name, form.cleaned_data["reason"])

    def _ask(
        self, request: HttpRequest, devices: QuerySet[Device], name: str, form: ActionForm
    ) -> HttpResponse:
        act = ACTS[name]
        title = ngettext("%(verb)s this device?", "%(verb)s %(count)d devices?", form.count)
        context = {
            **self.admin_site.each_context(request),
            "title": title % {"verb": act.verb, "count": form.count},
            "opts": self.opts,
            "act": act,
            "action": name,
            "form": form,
            "devices": devices[:SHOWN],
            "left_out": max(0, form.count - SHOWN),
            "across": request.POST.get("select_across") == "1",
            "chosen": request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME),
            "checkbox": admin.helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/devices/device/confirm.html", context)

    def _do(
        self, request: HttpRequest, devices: QuerySet[Device], name: str, reason: str
    ) -> HttpResponse | None:
        done, made, refused = 0, [], []
        for device in devices:
            try:
                unit = ACTS[name].rule(device, by=request.user, reason=reason)
            except RuleError as error:
                refused.append(f"{device.serial}: {error.detail}")
            else:
                done += 1
                made += [unit] if unit else []
        for text in refused[:SHOWN]:
            self.message_user(request, text, messages.WARNING)
        text = ngettext("%d device is done.", "%d devices are done.", done) % done
        self.message_user(request, text, messages.SUCCESS if done else messages.WARNING)
        title = _("Shown once: codes and keys")
        return units.show(request, self.admin_site, title, made) if made else None


def _action(name: str) -> Callable[..., Any]:
    def action(model_admin: ServicingAdmin, request: HttpRequest, devices: QuerySet) -> Any:
        return model_admin.act(request, devices, name)

    return action


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text[:20]) < MOST_KEY
