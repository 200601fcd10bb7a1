"""What a log line carries, the request's id, and what it never does, what somebody planned."""

import logging
import re
import time
import traceback
from contextvars import ContextVar
from textwrap import indent
from typing import Any

import orjson

request_id: ContextVar[str] = ContextVar("request_id", default="-")

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""What could move a terminal's cursor or colour its text; a new line is judged by itself."""
DATABASE_MODULES = ("django.db", "psycopg2", "sqlite3")


class RequestIdFilter(logging.Filter):
    """Puts the id of the present request on every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class DiscreetFormatter(logging.Formatter):
    """Writes an event as one line, whatever it quotes, and a trace below it, set in.

    A database's own words about an error are kept to one line: those after it quote whole rows.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as below
        return harmless(super().formatMessage(record)).replace("\n", "\\n")

    def formatException(self, exc_info: Any) -> str:  # noqa: N802 - the name of the base class
        told = traceback.TracebackException(*exc_info)
        waiting = [told]
        while waiting:
            part = waiting.pop()
            if part.exc_type.__module__.startswith(DATABASE_MODULES):
                # The message has no public name; `str` of the part is made of this.
                part._str = "" if part.exc_type.__name__ == "DataError" else _first_line(part)
            waiting += [one for one in (part.__cause__, part.__context__) if one]
        # Set in, no line of it can pass for an event of its own.
        return indent(harmless("".join(told.format())).rstrip(), "    ")


class JsonFormatter(DiscreetFormatter):
    """Writes each line as a JSON object, for programs that collect logs."""

    converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03}Z",
            "level": record.levelname,
            "logger": record.name,
            "request_id": record.request_id,
            # JSON has no place for half of a pair of UTF-16, which the name of a file may hold.
            "message": record.getMessage().encode(errors="backslashreplace").decode(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def harmless(text: str) -> str:
    """Return a text with its control characters, but for new lines, in letters."""
    return CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def kind_of(error: Exception) -> str:
    """Return which database error it is, by its driver's name for it: its words quote hosts."""
    return type(error.__cause__ or error).__name__


def _first_line(part: traceback.TracebackException) -> str:
    return str(part).partition("\n")[0]
