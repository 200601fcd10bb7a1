"""The pages of what keeps an account safe: the password, and where one is logged in."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import intruders, second_factor, sessions
from accounts.addresses import client_address
from accounts.forms.passwords import ChangePasswordForm
from accounts.onward import carried
from accounts.sudo import recently_confirmed
from accounts.views.answers import form_methods, show


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show by what one gets in, and where one is logged in."""
    context = {
        "sessions": sessions.living(request.user),
        "ways": second_factor.of(request.user),
    }
    return render(request, "accounts/security.html", context)


@form_methods
@recently_confirmed
@sensitive_post_parameters("password", "password_again")
def password(request: HttpRequest) -> HttpResponse:
    """Change the password, which ends all other log-ins."""
    form = ChangePasswordForm(request.login, request.POST or None)
    if form.is_valid() and form.change(client_address(request)):
        messages.success(request, _("Your password is changed, and all other log-ins have ended."))
        return redirect("accounts:security")
    return show(request, "accounts/password.html", form)


@require_POST
def session_end(request: HttpRequest, session: UUID) -> HttpResponse:
    """End one log-in of the person."""
    sessions.log_out(get_object_or_404(sessions.living(request.user), pk=session))
    messages.success(request, _("That log-in has ended."))
    return redirect("accounts:security")


@login_not_required
@form_methods
def not_me(request: HttpRequest) -> HttpResponse:
    """End the log-in that a mail told of, and lead to another password."""
    secret = carried(request, "link")
    session = intruders.session_of(secret)
    if request.method == "POST" and session:
        sessions.log_out(session)
        messages.success(request, _("That log-in has ended. Now set a new password."))
        return redirect("accounts:reset")
    return render(request, "accounts/not_me.html", {"session": session, "link": secret})


@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End all log-ins of the person but this one."""
    count = sessions.end_others(request.user, request.login)
    done = ngettext("%d other log-in has ended.", "%d other log-ins have ended.", count) % count
    messages.success(request, done)
    return redirect("accounts:security")
