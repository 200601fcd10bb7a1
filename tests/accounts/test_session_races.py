"""Many renewals at once leave one log-in with one successor (matrix B5), on PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts import sessions
from accounts.models import Session, User
from planner.problems import RuleError
from tests.factories import make_user

THREADS = 8

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time"),
]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in a thread and a connection each, all started together."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait()
            return call()
        except RuleError as error:
            return error.slug
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


@pytest.fixture
def person() -> User:
    return make_user("alice")


def test_parallel_refreshes_get_one_successor(person):
    for _ in range(10):
        pair = sessions.log_in(person)

        pairs = at_once(*[lambda used=pair.refresh: sessions.rotate(used)] * THREADS)

        assert len({each.refresh for each in pairs}) == 1
        assert {each.session.pk for each in pairs} == {pair.session.pk}
        sessions.verify(pairs[0].refresh)
        assert Session.objects.get(pk=pair.session.pk).ended_at is None


def test_no_renewal_survives_a_log_out_beside_it(person):
    for _ in range(10):
        pair = sessions.log_in(person)

        rotate = [lambda used=pair.refresh: sessions.rotate(used)] * (THREADS - 1)
        answers = at_once(lambda session=pair.session: sessions.log_out(session), *rotate)

        for each in answers[1:]:
            refresh = each if isinstance(each, str) else each.refresh
            with pytest.raises(RuleError):
                sessions.verify(refresh)


def test_no_renewal_survives_the_end_of_all_log_ins_beside_it(person):
    for _ in range(10):
        pair = sessions.log_in(person)

        rotate = [lambda used=pair.refresh: sessions.rotate(used)] * (THREADS - 1)
        answers = at_once(lambda: sessions.end_all(person), *rotate)

        for each in answers[1:]:
            refresh = each if isinstance(each, str) else each.refresh
            with pytest.raises(RuleError):
                sessions.verify(refresh)
        person.refresh_from_db()
