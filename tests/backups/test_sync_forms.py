"""What a small device may ask of a pull: pages in bytes, streams of lines, short lines, digests."""

import gzip
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backups.digests import entry_hash
from backups.lines import fitted, line
from backups.models import Task
from planner.times import DAY, now
from tests.backups.api import NOW, Api, entries, event, habit, task

NDJSON = {"accept": "application/x-ndjson"}
DEVICE_LINE = 1_023


def lines_of(api: Api, path: str) -> list[dict]:
    """Read a stream to its end."""
    answer = api.get(path, **NDJSON)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/x-ndjson")
    return [json.loads(each) for each in answer.getvalue().splitlines()]


def entries_of(lines: list[dict]) -> list[dict]:
    """Return the lines that hold an entry."""
    return [each for each in lines if "cursor" not in each]


def many(count: int) -> list[dict]:
    """Return tasks of which every third is due soon."""
    return [task(f"T{number}", duedate=now() + number % 3 * 20 * DAY) for number in range(count)]


@pytest.mark.parametrize("max_bytes", [2_048, 5_000, 100_000])
def test_a_page_is_never_larger_than_asked_and_its_length_is_told(device_api, max_bytes):
    tasks = [task(f"T{number}", description="é" * 100) for number in range(40)]
    device_api.push(task=tasks)

    held, since, more = {}, None, True
    while more:
        query = f"?max_bytes={max_bytes}" + (f"&since={since}" if since else "")
        answer = device_api.get(f"/api/sync/{query}")
        assert len(answer.content) == int(answer["Content-Length"]) <= max_bytes
        page = answer.json()
        held |= {entry["id"]: entry for entry in page["task"]}
        since, more = page["cursor"], page["more"]

    assert held == {entry["id"]: entry for entry in tasks}


def test_a_page_holds_one_entry_at_least_even_a_larger_one(device_api):
    device_api.push(task=[task("\x01" * 127, description="\x01" * 1_023) for _twice in range(2)])

    page = device_api.pull(max_bytes=2_048)

    assert (len(page["task"]), page["more"]) == (1, True)


def test_a_delta_below_a_push_is_as_small_as_asked(device_api, alice_api):
    since = device_api.pull()["cursor"]
    alice_api.push(task=many(5))

    answer = device_api.post("/api/sync/?limit=2", {"since": since, "task": [task()]}).json()

    assert (len(answer["task"]), answer["more"]) == (2, True)
    assert len(device_api.pull(answer["cursor"])["task"]) == 4


def test_a_stream_is_the_very_lines_that_devices_store(device_api):
    bins, dentist, run = task("Déposer 📦"), event(), habit(completed=[NOW])
    device_api.push(task=[bins], event=[dentist], habit=[run])

    answer = device_api.get("/api/sync/", **NDJSON)

    head, *stored, last = answer.getvalue().splitlines()
    day = now() // DAY * DAY - 400 * DAY
    assert json.loads(head) == {"cursor": json.loads(head)["cursor"], "days_since": day}
    assert sorted(stored) == sorted(
        json.dumps(each, ensure_ascii=False, separators=(",", ":")).encode()
        for each in (
            {"task": bins},
            {"event": dentist | {"deleted": 0}},
            {"habit": run | {"completed": [NOW // DAY * DAY], "deleted": 0}},
        )
    )
    assert json.loads(last) == {"cursor": device_api.pull()["cursor"], "more": False}


@pytest.mark.parametrize("cut", [1, 2, 150, 202, 350, 450])
def test_a_stream_that_was_cut_goes_on_from_its_last_cursor_line(device_api, alice_api, cut):
    tasks = many(500)
    alice_api.push(task=tasks)

    kept = lines_of(device_api, "/api/sync/")[:cut]
    since = [each["cursor"] for each in kept if "cursor" in each][-1]
    alice_api.push(task=[{"id": tasks[0]["id"], "completion": 2}])
    rest = lines_of(device_api, f"/api/sync/?since={since}")
    news = lines_of(device_api, f"/api/sync/?since={rest[-1]['cursor']}")

    held = {}
    for each in entries_of(kept + rest + news):
        held[each["task"]["id"]] = each["task"]
    assert held == {entry["id"]: entry for entry in tasks} | {
        tasks[0]["id"]: tasks[0] | {"completion": 2}
    }
    assert len(entries_of(rest)) <= 500


def test_a_stream_has_a_cursor_at_least_every_two_hundred_entries(device_api):
    device_api.push(task=many(450))

    lines = lines_of(device_api, "/api/sync/")

    places = [number for number, each in enumerate(lines) if "cursor" in each]
    assert places == [0, 201, 402, 453]


@pytest.mark.parametrize("limit", [1, 7, 199, 200, 201, 450, 2_000])
def test_a_stream_of_so_many_entries_tells_that_there_is_more(device_api, limit):
    tasks = many(450)
    device_api.push(task=tasks)

    first = lines_of(device_api, f"/api/sync/?limit={limit}")
    rest = lines_of(device_api, f"/api/sync/?since={first[-1]['cursor']}")

    sent, left = entries_of(first), entries_of(rest)
    assert (len(sent), len(left)) == (min(limit, 450), max(450 - limit, 0))
    assert [first[-1]["more"], rest[-1]["more"]] == [limit < 450, False]
    assert {each["task"]["id"] for each in sent + left} == {each["id"] for each in tasks}


@pytest.mark.parametrize("max_bytes", [2_048, 5_000, 60_000, 100_000])
def test_a_stream_is_no_longer_than_asked(device_api, max_bytes):
    tasks = many(450)
    device_api.push(task=tasks)

    held, path, more = [], f"/api/sync/?max_bytes={max_bytes}", True
    while more:
        body = device_api.get(path, **NDJSON).getvalue()
        assert max_bytes - 400 < len(body) <= max_bytes or b'"more":false' in body
        page = [json.loads(each) for each in body.splitlines()]
        held += entries_of(page)
        more, path = page[-1]["more"], f"{path.partition('&')[0]}&since={page[-1]['cursor']}"

    assert sorted(each["task"]["id"] for each in held) == sorted(each["id"] for each in tasks)


def test_a_stream_holds_one_entry_at_least_even_a_larger_one(device_api):
    device_api.push(task=[task("Long", description="é" * 511), task("é" * 63)])
    device_api.push(habit=[habit("Old", completed=[NOW - day * DAY for day in range(300)])])

    lines = lines_of(device_api, "/api/sync/?max_bytes=2048&limit=2")

    assert (len(entries_of(lines)), lines[-1]["more"]) == (1, True)


def test_a_stream_brings_the_digest_at_its_head(device_api):
    device_api.push(task=many(3))

    head, *_entries = lines_of(device_api, "/api/sync/?digest=1")

    assert head["digest"] == device_api.pull(digest=1)["digest"]
    assert set(head) == {"cursor", "days_since", "digest"}


def test_a_delta_streams_too(device_api, alice_api):
    since = device_api.pull()["cursor"]
    bins = task()
    alice_api.push(task=[bins])
    alice_api.push(task=[{"id": bins["id"], "completion": 2}])

    lines = lines_of(device_api, f"/api/sync/?since={since}")

    assert entries_of(lines) == [{"task": bins | {"completion": 2}}]
    assert lines[-1]["more"] is False


def test_a_bad_question_is_no_304_either(device_api):
    answer = device_api.get("/api/sync/?max_bytes=1", **{"if-none-match": "*"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/max_bytes")


def test_a_stream_has_an_etag_of_its_own_and_answers_304(device_api):
    plain = device_api.get("/api/sync/")["ETag"]
    etag = device_api.get("/api/sync/", **NDJSON)["ETag"]

    again = device_api.get("/api/sync/", **NDJSON, **{"if-none-match": etag})

    assert (etag != plain, again.status_code, again.content) == (True, 304, b"")


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/x-ndjson;q=0.5, application/json", "application/json"),
        ("application/x-ndjson, application/json;q=0.5", "application/x-ndjson"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
    ],
)
def test_the_form_is_the_one_that_the_caller_likes_best(device_api, accept, form):
    assert device_api.get("/api/sync/", accept=accept)["Content-Type"] == form


def test_answers_are_compressed_when_asked_for(device_api):
    device_api.push(task=many(50))

    plain, packed = (
        device_api.get("/api/sync/", **{"accept-encoding": how}) for how in ("identity", "gzip")
    )

    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) * 2 < len(plain.content)
    assert entries(json.loads(gzip.decompress(packed.content))) == entries(plain.json())


@pytest.mark.parametrize(
    ("how", "coding"),
    [
        ("gzip;q=0", None),
        ("GZIP ; q=0.000, identity", None),
        ("br, gzip;q=0,identity", None),
        ("gzip;q=0.1", "gzip"),
        ("br;q=0, gzip", "gzip"),
    ],
)
def test_answers_are_not_compressed_for_those_who_refuse_it(device_api, how, coding):
    device_api.push(task=many(5))

    for path in ("/api/sync/", "/api/tasks/"):
        answer = device_api.get(path, **{"accept-encoding": how})

        assert answer.get("Content-Encoding") == coding
        assert "Accept-Encoding" in answer["Vary"]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=400)


@given(texts.filter(lambda text: 0 < len(text.encode()) <= 127), texts.map(lambda t: t * 3))
def test_a_line_is_shortened_at_its_description_alone(name, description):
    whole = task(name, description=description)
    wire = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))

    short = json.loads(fitted("task", wire, DEVICE_LINE))

    assert len(line("task", fitted("task", wire, DEVICE_LINE)).encode()) <= DEVICE_LINE
    assert short | {"description": description} == whole
    cut = short["description"]
    assert cut in (description, "") or description.startswith(cut.removesuffix("…"))


def test_a_line_that_fits_is_left_as_it_is():
    wire = json.dumps(task(description="x" * 700), separators=(",", ":"))

    assert fitted("task", wire, DEVICE_LINE) == wire


def test_a_habits_line_loses_its_oldest_days(device_api):
    first = now() // DAY * DAY - 300 * DAY
    device_api.push(habit=[habit(completed=[first + number * DAY for number in range(300)])])

    lines = lines_of(device_api, f"/api/sync/?max_line={DEVICE_LINE}")
    [short] = device_api.pull(max_line=DEVICE_LINE)["habit"]

    assert entries_of(lines) == [{"habit": short}]
    assert (
        short["completed"]
        == [first + number * DAY for number in range(300)][-len(short["completed"]) :]
    )
    assert DEVICE_LINE - 11 <= len(line("habit", json.dumps(short, separators=(",", ":")))) <= 1_023


def test_every_line_of_a_full_device_fits_its_buffer(device_api):
    """F12r."""
    device_api.push(
        task=[
            task("\x01" * 127, description="\x02" * 1_023),
            task("📦" * 31, description='"' * 1_023),
        ],
        event=[event("\\" * 127, description="\n" * 1_023)],
        habit=[habit("\x1f" * 127, completed=[now() - number * DAY for number in range(400)])],
    )

    raw = device_api.get(f"/api/sync/?max_line={DEVICE_LINE}", **NDJSON).getvalue()

    assert max(len(each) + 1 for each in raw.splitlines()) <= DEVICE_LINE
    assert len(raw.splitlines()) == 6


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("max_bytes=2047", "/max_bytes"),
        ("max_bytes=x", "/max_bytes"),
        ("max_line=1022", "/max_line"),
        ("digest=1&max_line=1023", "/max_line"),
        ("digest=maybe", "/digest"),
    ],
)
def test_a_bad_question_is_refused_by_name(device_api, query, pointer):
    for answer in (
        device_api.get(f"/api/sync/?{query}"),
        device_api.post(f"/api/sync/?{query}", {"task": [task()]}),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not Task.objects.exists()


def hash_by_hand(*parts: object) -> int:
    """The hash as docs/device-guide.md tells a firmware engineer to compute it."""
    text = "\0".join(map(str, parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def test_a_digest_is_a_sum_that_a_device_can_compute(device_api):
    first, second = task("Déposer 📦"), task()
    dentist, run = event(), habit(completed=[NOW])
    gone = task()
    device_api.push(task=[first, second, gone], event=[dentist], habit=[run])
    device_api.push(task=[{"id": gone["id"], "completion": 2}])

    digest = device_api.pull(digest=1)["digest"]

    tasks = [
        hash_by_hand("task", *(each[name] for name in ("id", "name", "description")), 0, 1, NOW)
        for each in (first, second)
    ]
    dentist_hash = hash_by_hand("event", dentist["id"], "Dentist", "", NOW, 3600)
    run_hash = hash_by_hand("habit", run["id"], "Run", 42, NOW // DAY * DAY)
    assert digest == {
        "task": [2, f"{sum(tasks) % 2**64:016x}"],
        "event": [1, f"{dentist_hash:016x}"],
        "habit": [1, f"{run_hash:016x}"],
    }


def test_the_digest_of_an_empty_plan_is_nothing(device_api):
    nothing = [0, "0" * 16]

    assert device_api.pull(digest=1)["digest"] == dict.fromkeys(("task", "event", "habit"), nothing)


def digest_of(held: dict, part: str) -> str:
    """Return the sum over the held tasks whose ids begin with `part`."""
    hashes = [entry_hash("task", entry) for id, entry in held.items() if id.startswith(part)]
    return f"{sum(hashes) % 2**64:016x}"


def test_a_device_finds_the_one_entry_that_differs_by_buckets(device_api):
    """From the whole to a bucket to the entry, by the sums of what the device holds."""
    tasks = many(300)
    device_api.push(task=tasks)
    held = {entry["id"]: entry for entry in tasks}
    spoiled = tasks[150]["id"]
    held[spoiled] |= {"name": "Spoiled"}

    bucket = ""
    while True:
        answer = device_api.get(f"/api/sync/digest/?bucket={bucket}").json()
        if "entries" in answer["task"]:
            break
        parts = answer["task"]["parts"].items()
        [bucket] = [part for part, (_count, total) in parts if total != digest_of(held, part)]

    hashes = answer["task"]["entries"]
    differing = [id for id in hashes if hashes[id] != f"{entry_hash('task', held[id]):016x}"]
    assert differing == [spoiled]
    assert device_api.get(f"/api/tasks/{spoiled}/").json()["name"] == "T150"


@pytest.mark.parametrize("bucket", ["G", "A", "0123456789", "-", "%00"])
def test_a_bucket_is_up_to_seven_hexadecimal_digits(device_api, bucket):
    answer = device_api.get(f"/api/sync/digest/?bucket={bucket}")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/bucket")
