"""People with second factors, made by the product's own rules."""

import base64
from json import loads

from django.http import HttpResponse
from django.test import Client
from django_otp.oath import TOTP

from accounts import codes, passkeys, second_factor, sessions
from accounts.models import CodesApp, Passkey, User
from accounts.passkeys import Site
from accounts.sealing import unseal
from planner.times import now
from tests.accounts.authenticator import ORIGIN, Authenticator
from tests.factories import PASSWORD

SITE = Site("testserver", ORIGIN)


class App:
    """A codes app on somebody's phone."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret

    @classmethod
    def typed(cls, secret: str) -> "App":
        return cls(base64.b32decode(secret))

    def code(self, steps: int = 0) -> str:
        """Return what it shows so many half minutes from now."""
        totp = TOTP(self.secret)
        totp.time = now() + 30 * steps
        return f"{totp.token():06}"


def with_app(user: User) -> tuple[App, list[str]]:
    """Set up a codes app, whose present code is still unused, and recovery codes."""
    offered = codes.offer(user)
    app = App.typed(codes.typed(user, offered))
    session = sessions.log_in(user).session
    recovery_codes = second_factor.add_app(session, offered, app.code(), address="")
    CodesApp.objects.update(last_step=0)
    session.delete()
    assert unseal(CodesApp.objects.get(user=user).sealed_secret) == app.secret
    return app, recovery_codes


def with_passkey(user: User, name: str = "Phone") -> tuple[Authenticator, Passkey]:
    """Give a person a passkey."""
    authenticator = Authenticator()
    made = passkeys.read_new(
        user, loads(authenticator.make(passkeys.new_options(user, SITE))), name=name, site=SITE
    )
    passkeys.keep(made)
    return authenticator, made


def half_way(user: User, **fields: str) -> tuple[Client, HttpResponse]:
    """Return a browser that gave the right password, and its answer."""
    browser = Client()
    form = {"username": user.username, "password": PASSWORD, **fields}
    return browser, browser.post("/login/", form)
