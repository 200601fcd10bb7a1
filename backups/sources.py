"""Where a process hears of news: PostgreSQL's notices, or the version of SQLite's file.

`backups.waiting` runs one source for all who wait. Whatever it hears, who is woken asks the
database again; so to wake too many is a waste, and to wake too few is what must not happen.
"""

import asyncio
import logging
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import psycopg2
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error, connection

from backups import news
from backups.live import Hub
from planner.logging import kind_of

SECONDS_BETWEEN_TRIES = 1.0
SECONDS_BETWEEN_POLLS = 0.5

log = logging.getLogger("planner.live")


class Source:
    """What both kinds share."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def look(self, plans: Collection[int]) -> None:
        """Compare what those who wait for these plans know with the database."""
        try:
            found = await sync_to_async(news.revisions)(plans)
        except Error as error:
            # Who waits asks the database too, and answers what is wrong with it.
            log.warning("cannot look for news: %s", kind_of(error))
            self.hub.announce(plans)
        else:
            self.hub.compare(plans, found)


class Notices(Source):
    """LISTEN on a PostgreSQL connection of its own."""

    async def run(self) -> None:
        """Listen for ever, over any number of lost connections."""
        while True:
            try:
                await self._listen()
            except (Error, psycopg2.Error) as error:
                log.warning("not listening for news: %s", kind_of(error))
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        listening = await asyncio.to_thread(_listening)
        number, lost = listening.fileno(), loop.create_future()
        loop.add_reader(number, self._hear, listening, lost)
        try:
            # What was told while nobody listened is not told again.
            await self.look(self.hub.plans)
            await lost
        finally:
            loop.remove_reader(number)
            listening.close()

    def _hear(self, listening: psycopg2.extensions.connection, lost: asyncio.Future) -> None:
        try:
            listening.poll()
        except psycopg2.Error as error:
            if not lost.done():
                lost.set_exception(error)
            return
        self.hub.announce({int(notice.payload) for notice in listening.notifies})
        listening.notifies.clear()


class Polls(Source):
    """A look at SQLite's file twice a second, and at the plans when somebody has written to it."""

    async def run(self) -> None:
        """Poll for ever."""
        loop = asyncio.get_running_loop()
        # Versions can be compared on one and the same connection only.
        own = ThreadPoolExecutor(1, "polls")
        seen = None
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_POLLS)
            version = await loop.run_in_executor(own, _version)
            if version != seen:
                await self.look(self.hub.plans)
            seen = version


def source(hub: Hub) -> Notices | Polls:
    """Return the source of news for the database in use."""
    return (Notices if connection.vendor == "postgresql" else Polls)(hub)


def _listening() -> psycopg2.extensions.connection:
    if settings.POOLER_URL:
        # A pooler lends no session that stays.
        listening = psycopg2.connect(settings.DATABASE_URL)
    else:
        listening = connection.get_new_connection(connection.get_connection_params())
    listening.autocommit = True
    with listening.cursor() as cursor:
        cursor.execute(f"LISTEN {news.CHANNEL}")
    return listening


def _version() -> int | None:
    """Return a number that changes when another connection commits; None while it cannot be had."""
    try:
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA data_version").fetchone()[0]
    except Error:
        connection.close()
        return None
