"""A person's way of reading: what is made within is in their language, zone, clock and dates."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone, translation

from accounts.models import Preferences
from planner import formats


@contextmanager
def as_read_by(
    known: Preferences | None, *, language: str = settings.LANGUAGE_CODE
) -> Iterator[None]:
    """Write for a person, or in a `language` for a stranger, of whom nothing else is known."""
    with (
        translation.override(known.language if known else language),
        timezone.override(known and known.time_zone),
        formats.override(known.style if known else formats.PLAIN),
    ):
        yield
