"""The account page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.forms.account import AccountForm
from accounts.reading import as_read_by
from accounts.views.answers import form_methods, show


@form_methods
def account(request: HttpRequest) -> HttpResponse:
    """Show and change who the person is, and how they like the pages."""
    form = AccountForm.of(request.user, request.POST or None)
    if form.is_valid() and form.save_for(request.user):
        with as_read_by(request.user.preferences):
            messages.success(request, _("Your account is saved."))
        return redirect("accounts:account")
    return show(request, "accounts/account.html", form, now=timezone.now())
