"""The way by which an owner gives a device away: take the plan along, release, print a label."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts import mails
from accounts.sudo import recently_confirmed
from accounts.views.answers import form_methods
from devices import labels
from devices.forms.devices import GiveAwayForm
from devices.views.choosing import find_for

STEPS = ("1", "2", "3")
SHEET = labels.SHEETS["roll62"]


@never_cache
@form_methods
@recently_confirmed
def give_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead through the three steps; the last answers with the label, which is shown this once."""
    found = find_for(request, pk, "release")
    form = GiveAwayForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid() and form.give(request.user):
        return _label(request, form)
    step = "3" if form.is_bound else request.GET.get("step")
    keep = request.POST.get("keep") if form.is_bound else request.GET.get("keep")
    context = {
        "device": found,
        "step": step if step in STEPS else "1",
        "steps": len(STEPS),
        "keeps": keep != "erase",
        "form": form,
    }
    return render(request, "devices/give_away.html", context)


def _label(request: HttpRequest, form: GiveAwayForm) -> HttpResponse:
    unit = form.unit
    claim_page = mails.absolute(reverse("devices:claim"))
    units = [(unit.serial, unit.code)]
    ((label,),) = labels.pages(SHEET, units, claim_page=claim_page)
    modules, path = labels.outline(labels.qr(label.link))
    context = {
        "device": form.device,
        "size": SHEET.page,
        "label": label,
        "scale": round(label.side / modules, 5),
        "path": path,
        "kept": form.cleaned_data["keep"] != "erase",
    }
    return render(request, "devices/given_away.html", context)
