"""Where the admin sends whoever it does not let in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import second_factor
from accounts.admin_site import is_proved


@login_not_required
@require_safe
def admin_login(request: HttpRequest) -> HttpResponse:
    """Send strangers to the one log-in page, and staff to the second step that they lack."""
    asked = request.GET.get("next", "")
    if not request.user.is_authenticated:
        return redirect_to_login(asked)
    if not request.user.is_staff or is_proved(request):
        raise PermissionDenied
    if second_factor.has(request.user):
        return redirect_to_login(asked, reverse("accounts:second"))
    messages.warning(request, _("The admin needs a second step. Add a passkey or a codes app."))
    return redirect("accounts:security")
