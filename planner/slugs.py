"""The slugs of all problems: a promise to programs, so none ever changes its meaning.

Each has a page under `/problems/<slug>` made of this table.
"""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class Kind(NamedTuple):
    """A problem's usual HTTP status, its title, and what to do about it."""

    status: int
    title: str
    advice: str


KINDS = {
    "token-missing": Kind(
        401,
        _("A token is needed"),
        _("Send the header “Authorization: Bearer …” with an access token."),
    ),
    "token-invalid": Kind(
        401,
        _("The token or its secret is not valid"),
        _(
            "The token cannot be read, is of another kind than this address takes, or the name, "
            "password, serial or key it was asked for with is wrong. Get a new token."
        ),
    ),
    "token-expired": Kind(
        401,
        _("The token's time is over"),
        _("A device asks for a new token with its key; a person refreshes or logs in again."),
    ),
    "token-revoked": Kind(
        401,
        _("The token was revoked"),
        _(
            "A log-out, a new password, or a release, block or new key of the device ended it. "
            "Get a new token, then send the same request again."
        ),
    ),
    "device-unclaimed": Kind(
        403,
        _("Nobody has claimed this device"),
        _("A person claims it with the serial number and the code from its box; then it syncs."),
    ),
    "device-blocked": Kind(
        403,
        _("This device is blocked"),
        _("Staff blocked the device. Its owner or the support can say why."),
    ),
    "claim-pending": Kind(
        202,
        _("The claim waits for the device"),
        _("Accept the claim on the device within ten minutes."),
    ),
    "claim-failed": Kind(
        400,
        _("The device could not be claimed"),
        _(
            "Compare serial number and code with the label. The answer is the same for every "
            "reason, so that nobody learns which devices exist."
        ),
    ),
    "forbidden": Kind(
        403,
        _("This is not allowed"),
        _("The caller is known, but may not do this. A new token does not help."),
    ),
    "not-found": Kind(
        404,
        _("There is nothing here"),
        _("It does not exist, or it is somebody else's: the answer is the same."),
    ),
    "invalid": Kind(
        400,
        _("Some fields are not right"),
        _("“errors” names each field by a JSON pointer and says what to mend."),
    ),
    "malformed-json": Kind(
        400,
        _("The body is not acceptable JSON"),
        _(
            "Send UTF-8 JSON without a byte order mark, at most 32 levels deep, with no key "
            "twice in an object and no NaN. A device that cannot find the fault halves its batch."
        ),
    ),
    "body-too-large": Kind(
        413,
        _("The body is too large"),
        _("A body holds 1 MiB at most, counted after decompression. Send it in parts."),
    ),
    "too-many-items": Kind(
        413,
        _("There are too many items in one request"),
        _("A push holds 1,000 items at most. Send it in parts."),
    ),
    "quota-exceeded": Kind(
        403,
        _("The device's plan is full"),
        _("A device holds 16,000 entries and 32 MB. Delete something, then send it again."),
    ),
    "cursor-expired": Kind(
        410,
        _("The cursor is of another claim or cannot be read"),
        _("Start over with a full refresh: ask without “since”."),
    ),
    "history-changed": Kind(
        409,
        _("The server does not have the history of this cursor"),
        _("Push everything the device has without “since”, then ask for a full refresh."),
    ),
    "push-id-reused": Kind(
        409,
        _("The idempotency key was used for other items"),
        _("Send the items that the key was made for, or take a new key."),
    ),
    "conflict": Kind(
        409,
        _("This does not go with the present state"),
        _("Read the present state; “detail” says what stands against the request."),
    ),
    "precondition-failed": Kind(
        412,
        _("Somebody changed it meanwhile"),
        _("Read the entry again and repeat the change with its new ETag."),
    ),
    "method-not-allowed": Kind(
        405,
        _("This address does not take that method"),
        _("The “Allow” header lists the methods it takes."),
    ),
    "unsupported-media-type": Kind(
        415,
        _("The body's type or encoding is not accepted"),
        _("Send “Content-Type: application/json” in UTF-8, plain or as gzip."),
    ),
    "throttled": Kind(
        429,
        _("Too many tries"),
        _("Wait for the seconds that “Retry-After” names."),
    ),
    "internal": Kind(
        500,
        _("Something went wrong on the server"),
        _("It is the server's fault, and nothing was changed. Tell us the “request_id”."),
    ),
    "unavailable": Kind(
        503,
        _("The server cannot answer right now"),
        _("Send the very same request again after the seconds that “Retry-After” names."),
    ),
}
