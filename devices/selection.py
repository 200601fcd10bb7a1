"""The device that a person has chosen: a cookie with a token, renewed while it may be."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import cookies
from accounts.models import Session
from accounts.tokens import bearer
from devices import callers, tokens
from devices.callers import Caller
from devices.models import Device, PersonalToken
from devices.tokens import Access, MemberAccess, ProgramAccess
from planner.problems import RuleError


@dataclass(frozen=True)
class Chosen:
    """What the cookie came to: a caller, maybe with a new token, or an error, or nothing."""

    caller: Caller | None = None
    renewed: Access | None = None
    error: RuleError | None = None


def grant(proof: Session | PersonalToken, device: Device) -> Access:
    """Return a token for one of the person's devices, to a log-in or a program.

    Raises RuleError `device-blocked` when the device is shut out.
    """
    callers.check_open(device)
    kind = ProgramAccess if isinstance(proof, PersonalToken) else MemberAccess
    return kind.by(proof, device).written()


def choose(response: HttpResponse, session: Session, device: Device) -> Access:
    """Make a device the one whose plan this browser shows, and the person's later ones at first.

    Raises RuleError `device-blocked` when the device is shut out.
    """
    access = grant(session, device)
    device.memberships.filter(user=session.user_id).update(chosen_at=timezone.now())
    cookies.set_device(response, access.access, session)
    return access


def read(request: HttpRequest) -> Chosen:
    """Return what the cookie says, at the first call from the database.

    An `Authorization: Bearer` header counts alone: then the cookies are not looked at.
    """
    if not hasattr(request, "_device_chosen"):
        request._device_chosen = _find(request)
    return request._device_chosen


def finish(request: HttpRequest, response: HttpResponse) -> None:
    """Send a renewed token, or the end of a choice that holds no more; a view's own word stands."""
    chosen = getattr(request, "_device_chosen", Chosen())
    if cookies.name(cookies.DEVICE) in response.cookies:
        return
    if chosen.renewed:
        cookies.set_device(response, chosen.renewed.access, request.login)
    elif chosen.error and _is_seen(request):
        cookies.clear_device(response)


def needs_device(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a page be seen only with a chosen device, as `request.caller`; else go and choose one.

    At first, a browser shows the plan that the person chose last, in whichever browser.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        chosen = read(request)
        if chosen == Chosen():
            chosen = request._device_chosen = _usual(request)
        if chosen.caller is None:
            # The word about a choice that holds no more is theirs, and so is its end.
            request._device_chosen = Chosen()
            return redirect("devices:devices")
        request.caller = chosen.caller
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response["X-Keep"] = _whose(request)
        return response

    return page


def tell_lost(request: HttpRequest) -> None:
    """Say, where somebody sees it, that the device they had chosen can be chosen no more."""
    error = read(request).error
    if error and _is_seen(request):
        messages.warning(request, _why_not(error))


def look_again(request: HttpRequest) -> None:
    """Read the cookie again: the person has just parted with a device."""
    request._device_chosen = _find(request)


def _is_seen(request: HttpRequest) -> bool:
    """Return whether a browser shows the answer; else the word waits for one that is shown."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _why_not(error: RuleError) -> str:
    if error.slug == "device-blocked":
        return _("The device you had chosen is blocked.")
    return _("The device you had chosen is not yours any more.")


def _whose(request: HttpRequest) -> str:
    """Return a name for this log-in and device, by which a browser keeps their pages apart."""
    about = f"{request.login.pk}:{request.caller.device.claim}"
    return salted_hmac("planner.kept", about).hexdigest()[:16]


def _usual(request: HttpRequest) -> Chosen:
    caller = callers.usual(request.login)
    return Chosen(caller, renewed=grant(request.login, caller.device)) if caller else Chosen()


def _find(request: HttpRequest) -> Chosen:
    text = cookies.device_token(request)
    if not text or bearer(request.headers.get("Authorization")) is not None or not request.login:
        return Chosen()
    try:
        return _current(request, text) or _renewed(request, text)
    except RuleError as error:
        return Chosen(error=error)


def _current(request: HttpRequest, text: str) -> Chosen | None:
    """Return the caller of a token that is still good; None for one to be renewed."""
    try:
        return Chosen(callers.of_member(MemberAccess.read(text), request.login))
    except RuleError as error:
        if error.slug in ("token-expired", "token-revoked"):
            return None
        raise


def _renewed(request: HttpRequest, text: str) -> Chosen:
    """Choose the same device again, if it is still the person's."""
    device_id = tokens.choice(text)
    caller = callers.of_choice(request.login, device_id)
    return Chosen(caller, renewed=grant(request.login, caller.device))
