"""The pages of a device's people: who they are, who is invited, who asks to join."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import cookies, mails
from accounts.sudo import recently_confirmed
from accounts.views.answers import form_methods
from devices import claims, invitations, members, roles
from devices.forms.people import InviteForm, RoleForm
from devices.models import Device, Membership
from devices.views.choosing import find, find_for
from planner.problems import RuleError

LINK = "invited"
LINK_SECONDS = 600


@require_safe
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who is at the device, and to its owner who may come."""
    return _people_page(request, find(request, pk), InviteForm())


@never_cache
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite somebody by mail, or go on to the link, whose secret the browser alone keeps."""
    found, form = find_for(request, pk, "share"), InviteForm(request.POST)
    if not (form.is_valid() and form.invite(found, request.user)):
        return _people_page(request, found, form)
    if form.secret:
        response = redirect("devices:invited", pk)
        cookies.put(response, LINK, form.secret, LINK_SECONDS)
        return response
    messages.success(
        request, _("The invitation goes to %s within a minute.") % form.cleaned_data["address"]
    )
    return redirect("devices:people", pk)


@never_cache
@require_safe
def invited(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whoever made an invitation its link, while the browser keeps it and it is open."""
    found, secret = find_for(request, pk, "share"), request.COOKIES.get(cookies.name(LINK), "")
    if not invitations.is_own(secret, device=found, by=request.user):
        messages.warning(
            request,
            _("The link is shown no more. If you lost it, cancel the invitation and make another."),
        )
        return redirect("devices:people", pk)
    link = mails.absolute(invitations.path(secret))
    return render(request, "devices/invited.html", {"device": found, "link": link})


@require_POST
def invitation_cancel(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    """Take an invitation back."""
    found = find_for(request, pk, "share")
    return _done(
        request,
        found,
        lambda: invitations.cancel(found, invitation, by=request.user),
        _("The invitation is cancelled; its link leads nowhere now."),
    )


@require_POST
def requests(request: HttpRequest, pk: int) -> HttpResponse:
    """Let people ask to join, or not."""
    found, wanted = find_for(request, pk, "share"), request.POST.get("wanted") == "on"
    return _done(
        request,
        found,
        lambda: members.take_requests(found, by=request.user, wanted=wanted),
        _("People with the code may ask to join.")
        if wanted
        else _("Nobody can ask to join any more."),
    )


@require_POST
def request_answer(request: HttpRequest, pk: int, asked: UUID) -> HttpResponse:
    """Let somebody in who asks to join, or refuse."""
    found, accept = find_for(request, pk, "share"), request.POST.get("accept") == "1"
    return _done(
        request,
        found,
        lambda: claims.decide(found, asked, by=request.user, accept=accept),
        _("They are in, and may plan with you.") if accept else _("The request is refused."),
    )


@require_POST
def role(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Let a member plan, or only look."""
    found, form = find_for(request, pk, "share"), RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("devices:people", pk)
    wanted = form.cleaned_data["role"]
    return _done(
        request,
        found,
        lambda: members.set_role(found, member, wanted, by=request.user),
        _("The role is changed."),
    )


@form_methods
def remove(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Ask once more, then remove a member."""
    found = find_for(request, pk, "share")
    person = _member(found, member)
    if request.method != "POST":
        return render(request, "devices/remove.html", {"device": found, "member": person})
    return _done(
        request,
        found,
        lambda: members.remove(found, member, by=request.user),
        _("%s has no part in this device any more.") % person.user,
    )


@form_methods
@recently_confirmed
def offer(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Ask once more, then offer the ownership to a member."""
    found = find_for(request, pk, "hand_over")
    person = _member(found, member)
    if request.method != "POST":
        return render(request, "devices/offer.html", {"device": found, "member": person})
    return _done(
        request,
        found,
        lambda: members.offer(found, member, by=request.user),
        _("%s is asked to take the device over.") % person.user,
    )


@form_methods
@recently_confirmed
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the owner's offer, then become the owner."""
    found = find(request, pk)
    if request.method != "POST":
        return _offered(request, found)
    return _done(
        request,
        found,
        lambda: members.take_over(found, by=request.user),
        _("%s is yours now.") % found,
    )


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the offer back, or decline it."""
    found = find(request, pk)
    return _done(
        request,
        found,
        lambda: members.withdraw(found, by=request.user),
        _("The owner stays the owner."),
    )


def _people_page(request: HttpRequest, found: Device, form: InviteForm) -> HttpResponse:
    people = found.memberships.select_related("user").order_by("created_at", "pk")
    mine = next((one for one in people if one.user_id == request.user.pk), None)
    if mine is None:
        # It was found a moment ago: they were removed in between.
        raise Http404
    context = {
        "device": found,
        "people": people,
        "most": members.MAX_PEOPLE,
        "mine": mine,
        "form": form,
    }
    if roles.may(found.role, "share"):
        context["requests"] = found.claims.requests()
        context["invitations"] = found.invitations.open().order_by("pk")
    return render(request, "devices/people.html", context, status=form.status)


def _member(device: Device, pk: int) -> Membership:
    others = device.memberships.exclude(role=roles.OWNER).select_related("user")
    return get_object_or_404(others, pk=pk)


def _offered(request: HttpRequest, device: Device) -> HttpResponse:
    """Show whose offer this is; without one, tell so on the people page."""
    if not device.memberships.offered().filter(user=request.user).exists():
        messages.error(request, _("This device is not offered to you any more."))
        return redirect("devices:people", device.pk)
    owner = device.memberships.select_related("user").filter(role=roles.OWNER).first()
    return render(request, "devices/take_over.html", {"device": device, "owner": owner})


def _done(
    request: HttpRequest, device: Device, call: Callable[[], object], words: str
) -> HttpResponse:
    """Do it, and tell on the people page what came of it."""
    try:
        call()
    except RuleError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, words)
    return redirect("devices:people", device.pk)
