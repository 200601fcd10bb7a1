"""The pages about a person's e-mail address: change it, verify it, keep the former one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import emails
from accounts.addresses import client_address
from accounts.forms.emails import EmailForm
from accounts.onward import carried
from accounts.sudo import recently_confirmed
from accounts.views.answers import form_methods, show
from planner.problems import RuleError


@form_methods
@recently_confirmed
def email(request: HttpRequest) -> HttpResponse:
    """Change the address; the new one waits until it is verified."""
    form = EmailForm(request.POST or None, initial={"email": request.user.email})
    if form.is_valid() and form.change(request.login, client_address(request)):
        if request.login.user.unverified_email:
            messages.success(request, _("We have sent a link to the new address. Open it there."))
        else:
            messages.success(request, _("Your account is saved."))
        return redirect("accounts:account")
    return show(request, "accounts/email.html", form)


@require_POST
def email_resend(request: HttpRequest) -> HttpResponse:
    """Send the link once more to the address that waits."""
    if not request.user.unverified_email:
        return redirect("accounts:account")
    try:
        emails.ask_again(request.user, address=client_address(request))
        messages.success(request, _("We have sent the link again."))
    except RuleError as error:
        messages.error(request, error.words)
    return redirect("accounts:account")


@login_not_required
@form_methods
def email_verify(request: HttpRequest) -> HttpResponse:
    """Ask for the one press that verifies an address: mail programs open links by themselves."""
    secret = carried(request, "link")
    waiting = emails.whose(secret)
    context = {"waiting": waiting, "link": secret}
    if request.method == "POST" and waiting:
        try:
            emails.verify(secret, address=client_address(request))
            messages.success(request, _("Your e-mail address is verified."))
            return redirect("accounts:account")
        except RuleError as error:
            context["refusal"] = error.words
    return render(request, "accounts/email_verify.html", context)


@login_not_required
@form_methods
def email_keep(request: HttpRequest) -> HttpResponse:
    """Let the owner of the former address undo a change that was not theirs."""
    secret = carried(request, "link")
    found = emails.kept(secret)
    if request.method == "POST" and found:
        try:
            emails.keep(secret)
            messages.success(request, _("Your former address is back, and all log-ins have ended."))
            return redirect("accounts:reset")
        except RuleError:
            found = None
    context = {"former": found and found[1], "link": secret}
    return render(request, "accounts/email_keep.html", context)
