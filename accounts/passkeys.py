"""Passkeys (WebAuthn): made, used, taken away. One is enough to log in, without a password.

Every passkey is one that its holder finds by itself (discoverable) and that asks its person for a
finger, a face or a PIN (user verification): so it is two factors in one.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts import challenges
from accounts.models import Passkey, User
from planner.buckets import Limit
from planner.problems import RuleError

MOST = 20
LONGEST = 16_384
LONGEST_ID = 1023
"""In bytes (WebAuthn, credential id)."""
REQUIRED = UserVerificationRequirement.REQUIRED
WRONG = Limit("passkey-address", 60, 3600.0)
MALFORMED = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What reading an answer raises when whoever made it is no authenticator."""


@dataclass(frozen=True)
class Site:
    """Where a browser is: passkeys are made for one host, and sign its origin."""

    host: str
    origin: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Site":
        origin = f"{request.scheme}://{request.get_host()}"
        return cls(urlsplit(origin).hostname or "", origin)


def new_options(user: User, site: Site) -> str:
    """Return what a browser needs to make a passkey, as JSON."""
    known = list(user.passkeys.all())
    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name="Planner",
            user_id=_handle(user),
            user_name=user.username,
            user_display_name=str(user),
            challenge=challenges.new(_making(user)),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
            ),
            exclude_credentials=[_descriptor(passkey) for passkey in known],
        )
    )


def read_new(user: User, answer: dict, *, name: str, site: Site) -> Passkey:
    """Return the passkey that the browser made, to be kept; RuleError `invalid`."""
    try:
        challenge = _challenge_of(answer)
        challenges.use(challenge, _making(user))
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except MALFORMED:
        raise _unusable() from None
    if len(made.credential_id) > LONGEST_ID:
        raise _unusable()
    return Passkey(
        user=user,
        name=name,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=_transports(answer),
        is_synced=made.credential_backed_up,
    )


def keep(passkey: Passkey) -> None:
    """Keep a new passkey; RuleError `conflict` beyond 20 of a person, `invalid` for a known one."""
    if passkey.user.passkeys.count() >= MOST:
        raise RuleError("conflict", _("You have %d passkeys already.") % MOST)
    try:
        with transaction.atomic():
            passkey.save(force_insert=True)
    except IntegrityError:
        raise _unusable() from None


def options(purpose: str, site: Site, user: User | None = None) -> str:
    """Return what a browser needs to use a passkey, as JSON: one of the user's, or of anybody."""
    known = user.passkeys.all() if user else ()
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host,
            challenge=challenges.new(purpose),
            allow_credentials=[_descriptor(passkey) for passkey in known],
            user_verification=REQUIRED,
        )
    )


def use(
    answer: dict, purpose: str, site: Site, *, address: str, user: User | None = None
) -> Passkey:
    """Return the passkey that signed, of this user or of anybody who is active.

    Raises RuleError `invalid`, and `throttled` after 60 wrong answers in an hour from an address.
    """
    try:
        return _used(answer, purpose, site, user)
    except RuleError:
        WRONG.spend(address)
        raise


def _used(answer: dict, purpose: str, site: Site, user: User | None) -> Passkey:
    passkey = _known(answer, user)
    try:
        challenge = _challenge_of(answer)
        challenges.use(challenge, purpose)
        proof = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except MALFORMED:
        raise _unusable() from None
    # A copy of the key that counts apart from the original is noticed, at two places at once too.
    same = Passkey.objects.filter(pk=passkey.pk, sign_count=passkey.sign_count)
    if not same.update(
        sign_count=proof.new_sign_count,
        is_synced=proof.credential_backed_up,
        last_used_at=timezone.now(),
    ):
        raise _unusable()
    return passkey


def _known(answer: dict, user: User | None) -> Passkey:
    found = Passkey.objects.select_related("user__preferences").filter(user__is_active=True)
    found = found.filter(user=user) if user else found
    credential_id = answer.get("id")
    passkey = found.filter(credential_id=credential_id).first() if _is_id(credential_id) else None
    if passkey is None:
        raise RuleError("invalid", _("This passkey is not known here."))
    return passkey


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _challenge_of(answer: dict) -> bytes:
    said = base64url_to_bytes(answer["response"]["clientDataJSON"])
    return parse_client_data_json(said).challenge


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        id=base64url_to_bytes(passkey.credential_id),
        transports=[AuthenticatorTransport(name) for name in passkey.transports],
    )


def _transports(answer: dict) -> list[str]:
    told = answer["response"].get("transports")
    known = [transport.value for transport in AuthenticatorTransport]
    return [name for name in known if name in told] if isinstance(told, list) else []


def _handle(user: User) -> bytes:
    """Return by what an authenticator tells accounts apart; it says nothing about the person."""
    return salted_hmac("accounts.passkeys", str(user.pk), algorithm="sha256").digest()


def _making(user: User) -> str:
    return f"make {user.pk}"


def _unusable() -> RuleError:
    return RuleError("invalid", _("This passkey could not be used. Try again."))
