"""The six digits of an app (TOTP, RFC 6238): set up, accepted once each, taken away."""

import base64
import secrets
from urllib.parse import quote, urlencode

import segno
from django.core import signing
from django.db import transaction
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django_otp.oath import TOTP

from accounts import sealing
from accounts.models import CodesApp, User
from planner.problems import RuleError, field_error

ISSUER = "Planner"
SECRET_BYTES = 20
STEP = 30
TOLERANCE = 1
"""So many steps a person's clock may be early or late."""
OFFER_SECONDS = 3600


def offer(user: User) -> str:
    """Return a new secret for this person's app, signed: nothing is kept before it is confirmed."""
    secret = secrets.token_bytes(SECRET_BYTES)
    return signing.dumps(base64.b32encode(secret).decode(), salt=_salt(user))


def typed(user: User, offered: str) -> str:
    """Return an offered secret as an app takes it when typed; RuleError `invalid` if it is old."""
    try:
        return signing.loads(offered, salt=_salt(user), max_age=OFFER_SECONDS)
    except signing.BadSignature:
        raise RuleError("invalid", _("This page was too old. Scan the picture anew.")) from None


def picture(user: User, secret: str) -> SafeString:
    """Return the QR code that an app scans, as SVG without any style of its own."""
    label = quote(f"{ISSUER}:{user.username}")
    query = urlencode({"secret": secret, "issuer": ISSUER}, quote_via=quote)
    made = segno.make_qr(f"otpauth://totp/{label}?{query}", error="m")
    return SafeString(
        made.svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None, light="#fff")
    )


def confirm(user: User, offered: str, code: str) -> None:
    """Make the offered secret that of the person's app, in place of another one.

    Raises RuleError `invalid` unless `code` is what the app shows now.
    """
    secret = base64.b32decode(typed(user, offered))
    step = _step_of(secret, code, after=0)
    if step is None:
        detail = _("This is not what the app shows now. Look again, or check its clock.")
        raise RuleError("invalid", detail, errors=[field_error("/code", "wrong", detail)])
    facts = {"sealed_secret": sealing.seal(secret), "last_step": step}
    CodesApp.objects.update_or_create(user=user, defaults=facts)


def accept(user: User, code: str) -> bool:
    """Return whether the person's app shows this code; of two uses, even at once, one counts."""
    app = CodesApp.objects.filter(user=user).first()
    if app is None:
        return False
    step = _step_of(sealing.unseal(app.sealed_secret), code, after=app.last_step)
    unused = CodesApp.objects.filter(user=user, last_step=app.last_step)
    return step is not None and unused.update(last_step=step) == 1


@transaction.atomic
def remove(user: User) -> bool:
    """Forget the person's app; return whether there was one."""
    return CodesApp.objects.filter(user=user).delete()[0] > 0


def reseal() -> int:
    """Seal every app's secret under the newest of SECOND_FACTOR_KEYS; return how many cannot be.

    Their key is gone, so they are worth nothing already.
    """
    unreadable = 0
    for app in CodesApp.objects.iterator():
        if sealed := sealing.reseal(app.sealed_secret):
            # Another secret that was set up meanwhile is sealed under the newest key by itself.
            same = CodesApp.objects.filter(pk=app.pk, sealed_secret=app.sealed_secret)
            same.update(sealed_secret=sealed)
        else:
            unreadable += 1
    return unreadable


def _step_of(secret: bytes | None, code: str, *, after: int) -> int | None:
    """Return the time step, later than `after`, whose code this is."""
    if secret is None or not (code.isascii() and code.isdigit() and len(code) == 6):
        return None
    totp = TOTP(secret, STEP)
    return totp.t() if totp.verify(int(code), TOLERANCE, after + 1) else None


def _salt(user: User) -> str:
    return f"accounts.codes {user.pk}"
