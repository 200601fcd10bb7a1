"""Faults are told to a Sentry, where an operator has one, without anything that people wrote."""

from typing import Any

import sentry_sdk

KEPT = [
    "event_id",
    "timestamp",
    "platform",
    "level",
    "logger",
    "transaction",
    "release",
    "environment",
    "sdk",
    "modules",
]
FRAME = ("filename", "abs_path", "function", "module", "lineno", "in_app")


def report_to(dsn: str) -> None:
    """Send each fault from now on to the Sentry of this address (its "DSN")."""
    sentry_sdk.init(
        dsn=dsn,
        auto_session_tracking=False,
        before_send=discreet,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        send_default_pii=False,
    )


def discreet(event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """Return what may leave the house of an event: where it happened, not what was sent or said.

    Messages are left out whole, because those of databases and of parsers quote what they refuse.
    """
    said = {name: event[name] for name in KEPT if name in event}
    faults = event.get("exception", {}).get("values", [])
    return said | {"exception": {"values": [_fault(fault) for fault in faults]}}


def _fault(fault: dict[str, Any]) -> dict[str, Any]:
    frames = fault.get("stacktrace", {}).get("frames", [])
    places = [{name: frame[name] for name in FRAME if name in frame} for frame in frames]
    return {
        "type": fault.get("type"),
        "module": fault.get("module"),
        "stacktrace": {"frames": places},
    }
