"""The pages of personal tokens: the list, a new one shown once, and the end of one."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.addresses import client_address
from accounts.sudo import recently_confirmed
from accounts.views.answers import form_methods
from devices import personal_tokens
from devices.forms.personal_tokens import PersonalTokenForm
from devices.models import PersonalToken


@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """Show the person's tokens, never what they are."""
    return render(request, "devices/tokens.html", {"tokens": _of(request)})


@form_methods
@recently_confirmed
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token, and show it this once."""
    form = PersonalTokenForm(request.user, request.POST or None)
    if form.is_valid() and form.make(client_address(request)):
        return render(request, "devices/token_made.html", {"form": form})
    return render(request, "devices/token_new.html", {"form": form}, status=form.status)


@require_POST
def token_end(request: HttpRequest, token: int) -> HttpResponse:
    """End one of the person's tokens."""
    found = get_object_or_404(_of(request), pk=token)
    personal_tokens.end(found)
    messages.success(request, _("%s has ended: it opens nothing any more.") % found)
    return redirect("devices:tokens")


def _of(request: HttpRequest) -> QuerySet[PersonalToken]:
    return PersonalToken.objects.filter(user=request.user).select_related("membership__device")
