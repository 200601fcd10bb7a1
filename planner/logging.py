"""What a log line carries, the request's id, and what it never does, what somebody planned."""

import logging
import time
import traceback
from contextvars import ContextVar
from typing import Any

import orjson

request_id: ContextVar[str] = ContextVar("request_id", default="-")

DATABASE_MODULES = ("django.db", "psycopg2", "sqlite3")


class RequestIdFilter(logging.Filter):
    """Puts the id of the present request on every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class DiscreetFormatter(logging.Formatter):
    """Keeps a database's own words about an error to one line: those after it quote whole rows."""

    def formatException(self, exc_info: Any) -> str:  # noqa: N802 - the name of the base class
        told = traceback.TracebackException(*exc_info)
        waiting = [told]
        while waiting:
            part = waiting.pop()
            if part.exc_type.__module__.startswith(DATABASE_MODULES):
                # The message has no public name; `str` of the part is made of this.
                part._str = "" if part.exc_type.__name__ == "DataError" else _first_line(part)
            waiting += [one for one in (part.__cause__, part.__context__) if one]
        return "".join(told.format()).rstrip()


class JsonFormatter(DiscreetFormatter):
    """Writes each line as a JSON object, for programs that collect logs."""

    converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03}Z",
            "level": record.levelname,
            "logger": record.name,
            "request_id": record.request_id,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def kind_of(error: Exception) -> str:
    """Return which database error it is, by its driver's name for it: its words quote hosts."""
    return type(error.__cause__ or error).__name__


def _first_line(part: traceback.TracebackException) -> str:
    return str(part).partition("\n")[0]
