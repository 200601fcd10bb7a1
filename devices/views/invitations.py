"""The pages of an invitation, for whoever got the link.

The secret of the link is in its fragment, so no log and no Referer ever holds it. A script, or the
person where scripts do not run, posts it; a cookie then carries it, over a log-in or a sign-up too.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import cookies
from accounts.views.answers import form_methods
from devices import invitations, roles
from devices.views.choosing import choose_in
from planner.problems import RuleError

COOKIE = "invitation"
SECONDS = 3_600


@login_not_required
@never_cache
@form_methods
@sensitive_post_parameters("secret")
def invitation(request: HttpRequest) -> HttpResponse:
    """Take the link's secret, then show who invites to what."""
    if request.method == "POST":
        return _taken(request)
    secret = _secret(request)
    if not secret:
        return render(request, "devices/invitation_link.html")
    try:
        found = invitations.find(secret)
    except RuleError:
        return _kept(render(request, "devices/invitation_gone.html", status=404), "")
    context = {"invitation": found, "here": request.path}
    if request.user.is_authenticated:
        context["is_member"] = found.device.memberships.filter(user=request.user).exists()
    return render(request, "devices/invitation.html", context)


@never_cache
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Join the device, and choose it."""
    try:
        member = invitations.accept(_secret(request), by=request.user)
    except RuleError as error:
        messages.error(request, error.detail)
        return redirect("devices:invitation")
    may_plan = roles.may(member.role, "plan")
    told = _("You plan on %s now.") if may_plan else _("You may look at the plan of %s now.")
    messages.success(request, told % member.device)
    response = redirect("devices:device", member.device_id)
    return _kept(choose_in(request, member.device, response), "")


@never_cache
@require_POST
def decline(request: HttpRequest) -> HttpResponse:
    """Use the invitation up without joining."""
    try:
        invitations.decline(_secret(request), by=request.user)
    except RuleError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("The invitation is declined."))
    return _kept(redirect("devices:devices"), "")


def _secret(request: HttpRequest) -> str:
    return request.COOKIES.get(cookies.name(COOKIE), "")


def _taken(request: HttpRequest) -> HttpResponse:
    secret = invitations.read_secret(request.POST.get("secret", ""))
    if not secret:
        messages.error(request, _("This is not the whole link of an invitation."))
    return _kept(redirect("devices:invitation"), secret)


def _kept(response: HttpResponse, secret: str) -> HttpResponse:
    """Keep the secret in the browser, or take it away."""
    cookies.put(response, COOKIE, secret, SECONDS if secret else 0)
    return response
