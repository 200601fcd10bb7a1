"""A fleet: many devices in one process, bounded in number and time, and its figures."""

import asyncio
import csv

import pytest

from backups.models import Task
from devices.models import Device
from simulator import fleet
from simulator.figures import Figures
from simulator.fleet import Unit
from simulator.wire import Wire
from tests.factories import claim_unit, make_unit

CLOSED = "http://127.0.0.1:9"


@pytest.fixture
def units(tmp_path, owner):
    """A CSV of three claimed devices, as the factory writes it."""
    made = [make_unit() for _ in range(3)]
    for unit in made:
        claim_unit(unit, owner)
    path = tmp_path / "units.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("serial", "code", "key"), *made])
    return path


# The tests' SQLite lies in memory, where a writer does not wait for another.
@pytest.mark.race
def test_a_fleet_polls_and_pushes_and_tells_its_figures(live_server, units, capsys):
    status = fleet.main(
        ["3", "--url", live_server.url, "--units", str(units)]
        + ["--seconds", "3", "--pace", "0.0005", "--push", "0.3"]
    )

    printed = capsys.readouterr().out.splitlines()
    told = {line[:22].strip(): line[22:] for line in printed[1:]}
    assert status == 0
    assert printed[0] == f"3 devices for 3 s at {live_server.url}"
    assert list(told) == [
        "requests",
        "304 not modified",
        "pushes acknowledged",
        "latency, median",
        "latency, p95",
        "errors",
    ]
    assert int(told["304 not modified"]) > 0
    assert int(told["pushes acknowledged"].split()[0]) > 0
    assert told["errors"] == "0"
    devices = Task.objects.values_list("backup__device_id", flat=True).distinct()
    assert set(devices) <= set(Device.objects.values_list("pk", flat=True))
    assert Task.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["0"], "N is 1 to 5000"),
        (["5001"], "N is 1 to 5000"),
        (["1", "--seconds", "0"], "--seconds is at most 3600"),
        (["1", "--seconds", "3601"], "--seconds is at most 3600"),
    ],
)
def test_a_fleet_is_bounded(arguments, said, capsys):
    with pytest.raises(SystemExit):
        fleet.main([*arguments, "--units", "units.csv"])

    assert said in capsys.readouterr().err


def test_a_fleet_needs_units(tmp_path, capsys):
    path = tmp_path / "units.csv"
    path.write_text("serial,code,key\nSC-1,c,k\n")

    assert fleet.main(["2", "--units", str(path)]) == 2
    assert fleet.main(["2", "--units", str(tmp_path / "none.csv")]) == 2

    first, second = capsys.readouterr().err.splitlines()
    assert first == f"fleet: {path} has 1 units, 2 are wanted"
    assert "none.csv" in second


def serve(answer: bytes, seconds: float, **options) -> tuple[Figures, int]:
    """Run one device against a server that always says the same; return also what it heard."""
    heard = []

    async def reply(reader, writer):
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        writer.close()

    async def play():
        server = await asyncio.start_server(reply, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            url = f"http://127.0.0.1:{port}"
            return await fleet.run([Unit("SC-1", "key")], url, seconds, **options)

    return asyncio.run(play()), len(heard)


def test_a_device_leaves_a_busy_server_alone_as_long_as_it_says():
    body = b'{"code":"throttled"}'
    head = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/problem+json\r\n"
    answer = head + b"Retry-After: 30\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    figures, heard = serve(answer, 1, pace=0, push=0)

    assert (heard, figures.requests, figures.errors) == (1, 1, {"throttled": 1})


def test_answers_that_nobody_can_read_are_counted_as_no_answer():
    figures, _ = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", 0.5, pace=0, push=0)

    assert figures.errors == {"offline": 1}


def test_nobody_there_is_counted():
    figures = asyncio.run(fleet.run([Unit("SC-1", "key")], CLOSED, 0.5, pace=0, push=0))

    assert figures.errors == {"offline": 1}


def test_chunked_answers_are_put_together():
    async def reply(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        writer.write(head + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n')
        writer.close()

    async def play():
        server = await asyncio.start_server(reply, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await Wire(f"http://127.0.0.1:{port}").ask("GET", "/")

    assert asyncio.run(play()).body == {"a": 1}


def test_figures_of_nothing_are_told_too():
    assert Figures().lines()[-1] == "errors                0"
    assert Figures(seconds=[0.5]).lines()[3] == "latency, median       500.0 ms"
