"""Whether settings, database, clock, chores and copies are as they must be."""

import math
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import connection
from django.http.request import validate_host
from django.utils import timezone

from planner import certificates, chores, copies, disks, vitals
from planner.doctor import Finding, diagnosis, fault, risk

OLDEST_POSTGRESQL = 14
MOST_SKEW = timedelta(seconds=2)
LEAST_ROOM = 0.1
SPARE_CONNECTIONS = 10
MOST_DEAD = 0.4
"""Autovacuum begins at a fifth."""
PATIENCE = 3
"""So many times later than it should be, a chore is no more just late."""
OLDEST_COPY = timedelta(days=2)
LEAST_VALID = timedelta(days=20)
"""certbot renews ten days earlier, twice a day until it succeeds."""


@diagnosis("settings")
def look_at_settings() -> Iterator[Finding]:
    """Yield what Django's own checks say, and what they do not know."""
    for message in checks.run_checks(include_deployment_checks=not settings.DEBUG):
        if not message.is_silenced():
            make = fault if message.is_serious() else risk
            yield make(str(message.msg), message.hint or f"See Django's check {message.id}.")
    if settings.DEBUG:
        yield risk("DEBUG is on: errors show their code.", "Leave DEBUG out of the environment.")
    if not settings.SECURITY_CONTACT and not settings.DEBUG:
        yield risk("Nobody is named to be told of a weakness.", "Set SECURITY_CONTACT=mailto:you@…")
    host = urlsplit(settings.SITE_URL).hostname
    if not validate_host(host, settings.ALLOWED_HOSTS):
        yield fault(
            f"Links in mails lead to {host}, which this server refuses.",
            "Make SITE_URL's host one of ALLOWED_HOSTS.",
        )


@diagnosis("style sheets and scripts")
def look_at_static_files() -> Iterator[Finding]:
    """Yield whether they were collected."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not settings.DEBUG and not manifest.exists():
        yield fault("No page can be shown.", "Run deploy/manage collectstatic --no-input.")


@diagnosis("database")
def look_at_database() -> Iterator[Finding]:
    """Yield whether it keeps what it acknowledges, has room, and is migrated."""
    if count := vitals.unapplied_migrations():
        yield fault(f"{count} migrations are not applied.", "Run deploy/manage migrate.")
    if connection.vendor == "postgresql":
        yield from _durability()
        yield from _room_in_it()
    elif not settings.DEBUG:
        yield risk("Everything is in SQLite.", "Set DATABASE_URL to a PostgreSQL.")


def _durability() -> Iterator[Finding]:
    version = connection.pg_version // 10_000
    if version < OLDEST_POSTGRESQL:
        yield fault(f"PostgreSQL {version} is too old.", f"{OLDEST_POSTGRESQL} or newer is needed.")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if vitals.value(f"SHOW {setting}") == "off":
            yield fault(
                f"{setting} is off: a power cut loses what devices were told is kept.",
                f"Set {setting} to on in postgresql.conf.",
            )
    if vitals.value("SHOW data_checksums") == "off":
        yield risk(
            "Nobody would notice a page that the disk has garbled: data_checksums is off.",
            "Stop PostgreSQL, run pg_checksums --enable on its folder, and start it again.",
        )


def _room_in_it() -> Iterator[Finding]:
    taken = vitals.value("SELECT count(*) FROM pg_stat_activity")
    free = int(vitals.value("SHOW max_connections")) - taken
    if free < SPARE_CONNECTIONS:
        yield risk(f"Only {free} connections are left.", "Raise max_connections, or use a pooler.")
    for table, part in vitals.dead_parts():
        if part > MOST_DEAD:
            yield risk(
                f"{math.floor(100 * part)} % of the rows of {table} are dead.",
                "Is autovacuum on? A transaction that stays open keeps it from its work:"
                " SELECT pid, usename, now() - xact_start FROM pg_stat_activity"
                " ORDER BY 3 DESC NULLS LAST",
            )


@diagnosis("clock")
def look_at_the_clock() -> Iterator[Finding]:
    """Yield whether this machine and the database agree on the time."""
    if connection.vendor != "postgresql":
        return
    skew = abs(timezone.now() - vitals.value("SELECT clock_timestamp()"))
    if skew > MOST_SKEW:
        seconds = round(skew.total_seconds())
        yield fault(
            f"The clocks of this machine and of the database differ by {seconds} s.",
            "Let both follow a time server (systemd-timesyncd).",
        )


@diagnosis("certificate")
def look_at_the_certificate() -> Iterator[Finding]:
    """Yield whether it ends soon."""
    left = certificates.remaining()
    if left is None or left > LEAST_VALID:
        return
    good = f"is good for {left.days} days" if left > timedelta(0) else "is over"
    yield fault(
        f"The certificate {good}: afterwards no device and no browser connects.",
        "certbot renew says what fails. One that install.sh made is made anew when it is gone.",
    )


@diagnosis("room")
def look_at_room() -> Iterator[Finding]:
    """Yield whether the disks of this machine fill up."""
    for folder, free in disks.room():
        if free < LEAST_ROOM:
            words = f"The disk of {folder} has {math.floor(100 * free)} % left."
            yield risk(words, "Make room on it: without any, pushes are refused.")


@diagnosis("chores")
def look_at_chores() -> Iterator[Finding]:
    """Yield the chores that are not done in their time."""
    remedy = "Does planner-chores.timer run? deploy/manage chores says what fails."
    for name, late in chores.overdue(PATIENCE):
        when = f"for {late.days} days" if late.days else f"for {late.seconds // 3_600} hours"
        yield fault(f"{name} was not done {when}.", remedy)
    if not chores.ages():
        yield fault("No chore was ever done.", remedy)


@diagnosis("copies")
def look_at_copies() -> Iterator[Finding]:
    """Yield whether there is a copy of the whole database, of one of the last nights."""
    age = copies.age()
    if age is None and not settings.DEBUG:
        yield risk(
            "No copy of the database was made: all is lost with its disk.",
            "Put a public key of age into /etc/planner/backup-recipients, as docs/backup.md says.",
        )
    elif age and age > OLDEST_COPY:
        yield fault(
            f"The last copy of the database was made {age.days} days ago.",
            "Does planner-backup.timer run? journalctl -u planner-backup says what fails.",
        )
    if copies.is_log_stuck():
        yield fault(
            "PostgreSQL cannot copy its log of changes, and keeps it until its disk is full.",
            "PostgreSQL's own log has what archive_command says. Has its folder room?",
        )
