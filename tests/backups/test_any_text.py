"""E5: whatever a device may call an entry comes back from the server as the very same text."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backups.kinds import DESCRIPTION_BYTES, NAME_BYTES
from tests.backups.api import Api, entries, event, outcomes, task
from tests.backups.test_any_order import bounded

letters = st.characters(codec="utf-8", exclude_characters="\0")
names = st.text(letters, min_size=1, max_size=60).map(lambda text: cut(text, NAME_BYTES))
descriptions = st.text(letters, max_size=300).map(lambda text: cut(text * 4, DESCRIPTION_BYTES))
plans = st.lists(st.tuples(names, descriptions, st.booleans()), min_size=25, max_size=25)


def cut(text: str, limit: int) -> str:
    """Return as much of a text as fits into so many bytes."""
    return text.encode()[:limit].decode(errors="ignore")


def check(api: Api, texts: list[tuple[str, str, bool]]) -> None:
    # The present place, without a refresh of all that former examples left behind.
    since = api.get("/api/sync/digest/?bucket=0000000").json()["cursor"]
    plan: dict[str, list] = {"task": [], "event": [], "habit": []}
    for name, description, is_task in texts:
        kind, made = ("task", task) if is_task else ("event", event)
        plan[kind].append(made(name, description=description))
    # As an old device writes it, and as a new one does.
    raw = json.dumps(plan, ensure_ascii=texts[0][2]).encode()

    pushed = api.send("POST", "/api/sync/", raw).json()
    pulled = entries(api.pull(since))
    lines = api.get(f"/api/sync/?since={since}", accept="application/x-ndjson").getvalue()

    whole = {entry["id"]: entry for entry in plan["task"]}
    whole |= {entry["id"]: entry | {"deleted": 0} for entry in plan["event"]}
    streamed = [json.loads(line) for line in lines.split(b"\n")[:-1]]
    assert outcomes(pushed) == ["applied"] * len(texts)
    assert {entry["id"]: entry for kind in pulled.values() for entry in kind} == whole
    assert {
        entry["id"]: entry for line in streamed if "cursor" not in line for entry in line.values()
    } == whole


@given(texts=plans)
@settings(max_examples=6, **bounded)
def test_any_text_comes_back_as_it_was_pushed(device_api, texts):
    check(device_api, texts)


@pytest.mark.nightly
@given(texts=plans)
@settings(max_examples=400, **bounded)
def test_ten_thousand_texts_come_back_as_they_were_pushed(device_api, texts):
    check(device_api, texts)
