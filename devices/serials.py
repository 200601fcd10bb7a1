"""Serial numbers, claim codes and device keys: made here, and read as people type them."""

import base64
import binascii
import re
import secrets
from collections.abc import Iterable

from django.utils.translation import gettext as _

SERIAL_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
SERIAL_RANDOM = 8
CODE_RANDOM = 11
CODE_LENGTH = CODE_RANDOM + 1
KEY_BYTES = 32
PREFIX_LENGTHS = range(1, 9)

# What people put between the groups: any white space, hyphens and dashes of every width.
SEPARATORS = re.compile(r"[\s\u002d\u00ad\u2010-\u2015\u2212\ufeff\u200b]+")
LOOKALIKES = str.maketrans("OIL", "011")

# x^5 + x^2 + 1, primitive over GF(2): its powers of x are 31 different factors.
SERIAL_FIELD = 0b100101
# A code's letter is a pair of numbers, one of GF(5) and one of GF(4); twice a number of GF(4):
TWICE_IN_GF4 = (0, 2, 3, 1)


def new_prefix(text: str) -> str:
    """Return the prefix of a batch's serials in its one form; ValueError when it cannot be one."""
    prefix = text.strip().upper()
    if len(prefix) not in PREFIX_LENGTHS or not set(prefix) <= set(SERIAL_ALPHABET):
        raise ValueError(_("A prefix is 1 to 8 letters and digits, without I, L, O and U."))
    return prefix


def new_serial(prefix: str) -> str:
    """Return a random serial, `PREFIX-XXXXXXXX-C`."""
    body = "".join(secrets.choice(SERIAL_ALPHABET) for _place in range(SERIAL_RANDOM))
    return f"{prefix}-{body}-{_serial_check(prefix + body)}"


def read_serial(text: str) -> str:
    """Return a typed serial as it is stored; ValueError when no serial reads so."""
    plain = _plain(text).translate(LOOKALIKES)
    prefix, body, check = plain[: -SERIAL_RANDOM - 1], plain[-SERIAL_RANDOM - 1 : -1], plain[-1:]
    if len(prefix) not in PREFIX_LENGTHS or not set(plain) <= set(SERIAL_ALPHABET):
        raise ValueError(_("This does not look like a serial number."))
    if check != _serial_check(prefix + body):
        raise ValueError(_("There is a typing error in this serial number."))
    return f"{prefix}-{body}-{check}"


def new_code() -> str:
    """Return a random claim code as it is printed, `XXXX-XXXX-XXXX`."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_RANDOM))
    return printed_code(letters + _code_check(letters))


def read_code(text: str) -> str:
    """Return the 12 letters of a typed code; ValueError when no code reads so."""
    plain = _plain(text)
    if len(plain) != CODE_LENGTH or not set(plain) <= set(CODE_ALPHABET):
        raise ValueError(_("A claim code has 12 letters, without vowels and Y."))
    if plain[-1] != _code_check(plain[:-1]):
        raise ValueError(_("There is a typing error in this code."))
    return plain


def printed_code(code: str) -> str:
    """Return the 12 letters of a code in the groups that are printed."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def new_key() -> str:
    """Return a random device key: 43 characters that no spreadsheet takes for a formula."""
    while (key := secrets.token_urlsafe(KEY_BYTES)).startswith("-"):
        pass
    return key


def read_key(text: str) -> bytes:
    """Return the 32 bytes of a device key; ValueError when it is not written as one."""
    try:
        key = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(_("This is not a device key.")) from error
    written = base64.urlsafe_b64encode(key).rstrip(b"=").decode()
    if len(key) != KEY_BYTES or written != text or text.startswith("-"):
        raise ValueError(_("This is not a device key."))
    return key


def _plain(text: str) -> str:
    plain = SEPARATORS.sub("", text)
    if not plain.isascii():
        raise ValueError(_("Only the letters and digits on the label belong here."))
    return plain.upper()


def _serial_check(characters: str) -> str:
    """Return the character that makes the sum of value · x^position over GF(32) zero.

    No factor is 0, so a wrong character shows; neighbours have different ones, so their
    transposition shows.
    """
    total = 0
    for value in _values(characters + "0", SERIAL_ALPHABET):
        doubled = total << 1
        total = (doubled ^ SERIAL_FIELD if doubled > 31 else doubled) ^ value
    return SERIAL_ALPHABET[total]


def _code_check(letters: str) -> str:
    """Return the letter that makes two sums zero, over GF(5) and GF(4), with factors 1, 2, 4, …

    There is no field of 20, but a wrong letter or a transposition changes at least one half.
    """
    fives = fours = 0
    for value in _values(letters + CODE_ALPHABET[0], CODE_ALPHABET):
        fives = (2 * fives + value % 5) % 5
        fours = TWICE_IN_GF4[fours] ^ value // 5
    return CODE_ALPHABET[5 * fours + -fives % 5]


def _values(characters: str, alphabet: str) -> Iterable[int]:
    return map(alphabet.index, characters)
