"""Whether something was a short while ago, by a clock that may be set back.

A moment ahead of the present was written by a clock that was wrong: what it held up goes on now,
and not when that moment comes.
"""

from datetime import datetime, timedelta

from django.db.models import Q

SKEW = timedelta(minutes=1)
"""By so much the clocks of two servers may differ."""


def is_lately(moment: datetime | None, span: timedelta, now: datetime) -> bool:
    """Return whether `moment` is less than `span` ago; none and one yet to come are not."""
    return moment is not None and now - span < moment <= now + SKEW


def lately(field: str, span: timedelta, now: datetime) -> Q:
    """Return the same of a column, as a condition."""
    return Q(**{f"{field}__gt": now - span, f"{field}__lte": now + SKEW})
