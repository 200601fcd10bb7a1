"""The cookies of a log-in: set, cleared, and read once a request, renewing it when that is due."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts import known, sessions
from accounts.addresses import client_address
from accounts.models import Session, User
from accounts.sessions import Pair
from accounts.tokens import UserAccess, bearer
from planner import times
from planner.problems import RuleError

ACCESS, REFRESH, DEVICE, KNOWN = "access", "refresh", "device", "known"
A_YEAR = 365 * 86_400
LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"


@dataclass(frozen=True)
class Found:
    """What a request's cookies came to: a log-in, maybe renewed, or an error, or nothing."""

    session: Session | None = None
    renewed: Pair | None = None
    error: RuleError | None = None


def name(kind: str) -> str:
    """Return the name of one of the cookies."""
    return f"{settings.COOKIE_PREFIX}{kind}"


def device_token(request: HttpRequest) -> str | None:
    """Return the token of the chosen device as the browser sent it."""
    return request.COOKIES.get(name(DEVICE))


def mark(request: HttpRequest) -> str:
    """Return what the browser says of who logged in with it before."""
    return request.COOKIES.get(name(KNOWN), "")


def is_known(request: HttpRequest, user: User) -> bool:
    """Return whether this person has logged in with this browser before."""
    return known.browser_of(user, mark(request)) is not None


def set_pair(response: HttpResponse, pair: Pair) -> None:
    """Give the browser a log-in: until it is closed, or with "keep me logged in" until it ends."""
    seconds = _lifetime(pair.session)
    put(response, ACCESS, pair.access, seconds)
    put(response, REFRESH, pair.refresh, seconds)
    # It outlives the log-in, and opens nothing by itself.
    put(response, KNOWN, known.mark(pair.session), A_YEAR)


def set_device(response: HttpResponse, token: str, session: Session | None = None) -> None:
    """Give the browser the token of the chosen device, for as long as it keeps that log-in."""
    put(response, DEVICE, token, _lifetime(session))


def clear(response: HttpResponse) -> None:
    """Take away what opens anything."""
    for kind in (ACCESS, REFRESH, DEVICE):
        put(response, kind, "", 0)


def leave(response: HttpResponse) -> None:
    """Take away what opens anything at a log-out, and what the browser kept: pages, storage."""
    response["Clear-Site-Data"] = '"cache", "storage"'
    clear(response)


def clear_device(response: HttpResponse) -> None:
    """Take the chosen device away."""
    put(response, DEVICE, "", 0)


def read(request: HttpRequest) -> Found:
    """Return what the cookies say, at the first call from the database.

    An `Authorization: Bearer` header counts alone: then the cookies are not looked at.
    """
    if not hasattr(request, "_cookies_found"):
        request._cookies_found = _find(request)
    return request._cookies_found


def finish(request: HttpRequest, response: HttpResponse) -> None:
    """Send what reading came to: a renewed pair, or the end of cookies that are of no use.

    What a view has set or cleared itself stands.
    """
    found = getattr(request, "_cookies_found", Found())
    if name(ACCESS) in response.cookies:
        return
    if found.renewed:
        set_pair(response, found.renewed)
    elif found.error:
        clear(response)


def _find(request: HttpRequest) -> Found:
    if bearer(request.headers.get("Authorization")) is not None:
        return Found()
    access, refresh = (request.COOKIES.get(name(kind)) for kind in (ACCESS, REFRESH))
    try:
        if access:
            return Found(sessions.find(UserAccess.read(access)))
    except RuleError as error:
        if not refresh or error.slug != "token-expired":
            return Found(error=error)
    return _renewed(refresh, client_address(request)) if refresh else Found()


def _renewed(refresh: str, address: str) -> Found:
    try:
        pair = sessions.rotate(refresh, address=address)
    except RuleError as error:
        return Found(error=error)
    return Found(pair.session, renewed=pair)


def _lifetime(session: Session | None) -> int | None:
    """Return for how many seconds the browser keeps a cookie; None: until it is closed."""
    if session is None or not session.remember:
        return None
    return int(session.expires_at.timestamp()) - times.now()


def put(response: HttpResponse, kind: str, value: str, max_age: int | None) -> None:
    """Give the browser a cookie that no script reads; 0 seconds take it away, None: till closed."""
    response.set_cookie(
        name(kind),
        value,
        max_age=max_age,
        expires=LONG_AGO if max_age == 0 else None,
        path="/",
        secure=settings.COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
