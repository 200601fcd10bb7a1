"""What the process for waiting does around a question: who has gone, and which cookies count."""

import asyncio

import pytest

from backups import waiting


async def staying():
    await asyncio.sleep(10)


async def going():
    return {"type": "http.disconnect"}


def test_the_work_for_a_caller_who_goes_is_dropped():
    ended = []

    async def work():
        try:
            await asyncio.sleep(10)
        finally:
            ended.append(True)

    asyncio.run(waiting._unless_gone(going, work()))

    assert ended == [True]


def test_the_work_for_a_caller_who_stays_is_done():
    done = []

    async def work():
        done.append(True)

    asyncio.run(waiting._unless_gone(staying, work()))

    assert done == [True]


def test_an_error_in_the_work_reaches_the_server():
    async def work():
        raise LookupError("broken")

    with pytest.raises(LookupError, match="broken"):
        asyncio.run(waiting._unless_gone(staying, work()))


def test_a_question_asked_again_cannot_renew_a_log_in():
    headers = [(b"host", b"x"), (b"cookie", b"access=a; refresh=b; device=c; refreshing=d")]

    assert waiting._without_renewal(headers) == [
        (b"host", b"x"),
        (b"cookie", b"access=a; device=c; refreshing=d"),
    ]
