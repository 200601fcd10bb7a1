"""Errors: `RuleError` for the rules, and RFC 9457 problem documents for the API."""

import logging
import secrets
from math import ceil

import orjson
from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.utils.log import log_response
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import exceptions
from rest_framework.request import Request

from planner.logging import kind_of, request_id
from planner.slugs import KINDS

log = logging.getLogger("planner.problems")

ERRORS_SHOWN = 20
ERROR_MEMBERS = ("pointer", "code", "detail")
# With the worst case of two bytes of JSON for each, a problem stays under 1 KB.
TEXT_BYTES = 320
RETRY_SECONDS = 5
# Who was told at the same moment shall not come back at the same moment.
RETRY_SPREAD = 10
# Resources, connection, operator, deadlock, serialization, lock time: the same request may go
# through later. https://www.postgresql.org/docs/current/errcodes-appendix.html
FOREIGN_KEY_VIOLATION = "23503"
PASSING_SQLSTATES = ("53", "57P", "08", "40P01", "40001", "55P03", "57014")


class RuleError(Exception):
    """Raised by the rules: `slug` is for programs, `detail` for people.

    `errors` are dicts of `pointer` (RFC 6901), `code` and `detail`, one for each bad field;
    `retry_after` is in seconds. The status is the slug's own.
    """

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        errors: list[dict] | None = None,
        retry_after: int | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(str(detail))
        self.slug = slug
        self.detail = detail
        self.errors = errors
        self.retry_after = retry_after
        self.status = status or KINDS[slug].status

    @property
    def words(self) -> str:
        """What was refused, and when to try again."""
        if self.retry_after is None:
            return self.detail
        minutes = ceil(self.retry_after / 60)
        wait = ngettext("Try again in %d minute.", "Try again in %d minutes.", minutes) % minutes
        return f"{self.detail} {wait}"


def field_error(pointer: str, code: str, detail: str) -> dict:
    """Return one entry of a problem's `errors`."""
    return dict(zip(ERROR_MEMBERS, (_shown(pointer), code, str(detail)), strict=True))


def problem(
    slug: str,
    detail: str = "",
    *,
    errors: list[dict] | None = None,
    retry_after: int | None = None,
    status: int | None = None,
) -> HttpResponse:
    """Return an `application/problem+json` answer (RFC 9457) for one of the slugs of `KINDS`."""
    kind = KINDS[slug]
    body = {
        "type": f"/problems/{slug}",
        "code": slug,
        "title": str(kind.title),
        "status": status or kind.status,
        "detail": _shown(str(detail or kind.title)),
        "request_id": request_id.get(),
    }
    if errors:
        body["errors"] = errors[:ERRORS_SHOWN]
    answer = HttpResponse(
        orjson.dumps(body), status=body["status"], content_type="application/problem+json"
    )
    answer.slug = slug
    if answer.status_code == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if retry_after is not None or answer.status_code in (429, 503):
        usual = retry_seconds() if answer.status_code == 503 else RETRY_SECONDS
        answer["Retry-After"] = str(retry_after or usual)
    return answer


def retry_seconds() -> int:
    """Return how many seconds to leave a server alone that cannot answer right now."""
    return RETRY_SECONDS + secrets.randbelow(RETRY_SPREAD)


def _shown(text: str) -> str:
    # What a caller sent may be in it: of any length, with lone surrogates that no JSON can hold.
    plain = "".join(letter if letter.isprintable() else "?" for letter in text[:TEXT_BYTES])
    return plain.encode()[:TEXT_BYTES].decode(errors="ignore")


def is_passing(error: BaseException | None) -> bool:
    """Return whether a database error may be gone when the same request comes again."""
    if isinstance(error, InterfaceError):
        return True
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    state = getattr(cause, "pgcode", None)
    # SQLite and a refused connection carry no SQLSTATE; there every OperationalError passes.
    if isinstance(error, OperationalError):
        return state is None or state.startswith(PASSING_SQLSTATES)
    # Of a server that died while it was asked, psycopg2 says no more than this.
    return type(error) is DatabaseError and hasattr(cause, "pgcode") and state is None


def gone(error: BaseException | None) -> RuleError | None:
    """Return the refusal of a write whose row points at one that was deleted meanwhile.

    The log names the foreign key: met often, it is a fault of ours.
    """
    cause = error.__cause__
    if getattr(cause, "pgcode", None) != FOREIGN_KEY_VIOLATION:
        return None
    log.warning("points at a row that is gone: %s", cause.diag.constraint_name)
    return RuleError("conflict", _("What this belongs to was deleted meanwhile."))


def exception_handler(error: Exception, context: dict) -> HttpResponse:
    """Turn what an API view raised into a problem, while developing too."""
    answer = _answer(error, context) or _internal(error, context["request"])
    # DRF's own helper would roll back under ATOMIC_REQUESTS, which is off here.
    answer.exception = True
    return answer


def _internal(error: Exception, request: Request) -> HttpResponse:
    # As Django does before it calls handler500.
    got_request_exception.send(sender=None, request=request)
    answer = problem("internal")
    log_response(
        "%s: %s",
        answer.reason_phrase,
        request.path,
        response=answer,
        request=request,
        exception=error,
    )
    return answer


def _answer(error: Exception, context: dict) -> HttpResponse | None:
    if refusal := error if isinstance(error, RuleError) else gone(error):
        return of_rule(refusal)
    if isinstance(error, exceptions.ValidationError):
        return problem("invalid", errors=list(pointed(error.detail)))
    if isinstance(error, exceptions.MethodNotAllowed):
        answer = problem("method-not-allowed", str(error.detail))
        answer["Allow"] = ", ".join(context["view"].allowed_methods)
        return answer
    if is_passing(error):
        log.warning("database unavailable: %s", kind_of(error))
        return problem("unavailable")
    for kind, slug in SLUGS.items():
        if isinstance(error, kind):
            return problem(slug, getattr(error, "detail", ""))
    return None


SLUGS = {
    exceptions.ParseError: "malformed-json",
    exceptions.UnsupportedMediaType: "unsupported-media-type",
    exceptions.NotAuthenticated: "token-missing",
    exceptions.AuthenticationFailed: "token-invalid",
    exceptions.PermissionDenied: "forbidden",
    PermissionDenied: "forbidden",
    exceptions.NotFound: "not-found",
    Http404: "not-found",
    exceptions.Throttled: "throttled",
}


def of_rule(error: RuleError) -> HttpResponse:
    """Return the answer to an error that a rule raised."""
    return problem(
        error.slug,
        error.words,
        errors=error.errors,
        retry_after=error.retry_after,
        status=error.status,
    )


def pointed(detail: object, pointer: str = "") -> list[dict]:
    """Flatten DRF's nested error details into entries with a JSON pointer each."""
    if isinstance(detail, dict):
        pairs = detail.items()
    elif isinstance(detail, list) and any(isinstance(part, dict | list) for part in detail):
        pairs = enumerate(detail)
    elif isinstance(detail, list):
        return [entry for part in detail for entry in pointed(part, pointer)]
    else:
        code = getattr(detail, "code", "invalid").replace("_", "-")
        return [field_error(pointer or "/", code, detail)]
    return [entry for key, part in pairs for entry in pointed(part, pointer + step(key))]


def step(key: object) -> str:
    """Return a key as a step of a JSON pointer."""
    if key == "non_field_errors":
        return ""
    return "/" + str(key).replace("~", "~0").replace("/", "~1")
