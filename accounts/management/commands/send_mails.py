"""`manage.py send_mails`: send what waits, once or as it comes."""

import logging
import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, close_old_connections
from django.utils.module_loading import autodiscover_modules

from accounts import outbox
from planner.logging import kind_of

NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
SECONDS_BETWEEN, SECONDS_AFTER_A_FAILURE = 2, 30

log = logging.getLogger("planner.mails")


class Command(BaseCommand):
    help = "Send the mails that wait; with --watch go on until told to end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="look again every two seconds")

    def handle(self, *, watch: bool, **options: Any) -> None:
        if settings.EMAIL_BACKEND == NOWHERE:
            raise CommandError("EMAIL_URL is not set.")
        autodiscover_modules("mail_kinds")
        if watch:
            self._watch()
            return
        try:
            self._send()
        except OSError as error:
            raise CommandError(f"The mail server does not answer: {error}") from error

    def _watch(self) -> None:
        place = settings.EMAIL_FILE_PATH or settings.EMAIL_HOST or "this terminal"
        self._say(f"Mails go to {place}")
        asked_to_end = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: asked_to_end.set())
        while not asked_to_end.is_set():
            wait = SECONDS_BETWEEN
            close_old_connections()
            try:
                self._send()
            except (Error, OSError) as error:
                # The database or the mail server is away; neither is gone for good.
                log.warning("no mails for now: %s", kind_of(error))
                wait = SECONDS_AFTER_A_FAILURE
            asked_to_end.wait(wait)

    def _send(self) -> None:
        for mail in outbox.send_due():
            self._say(f"Sent: {mail}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
