"""Recovery codes: ten on paper, each good once, for whoever lost app and passkeys."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from accounts.models import RecoveryCode, User

COUNT = 10
GROUPS, GROUP = 4, 4
# Without letters and digits that look alike on paper.
LETTERS = "23456789abcdefghijkmnpqrstuvwxyz"


@transaction.atomic
def renew(user: User) -> list[str]:
    """Return ten new codes, this once; the ones of before count no more."""
    codes = [_code() for _ in range(COUNT)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=_digest(user, _plain(code))) for code in codes
    )
    return codes


def left(user: User) -> int:
    """Return how many codes the person has not used yet."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def accept(user: User, code: str) -> bool:
    """Return whether the person has this code unused, and use it up: of two at once one counts."""
    unused = RecoveryCode.objects.filter(
        user=user, code_hash=_digest(user, _plain(code)), used_at=None
    )
    return unused.update(used_at=timezone.now()) == 1


def forget(user: User) -> None:
    """Delete all codes of the person."""
    RecoveryCode.objects.filter(user=user).delete()


def _code() -> str:
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def _plain(code: str) -> str:
    """Return a code as it is compared: case, spaces and dashes do not matter."""
    return "".join(letter for letter in code.lower() if letter.isalnum())


def _digest(user: User, code: str) -> str:
    return hashlib.sha256(f"{user.pk} {code}".encode()).hexdigest()
