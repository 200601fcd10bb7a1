"""A deletion beats everything else, whatever the order; 0 and 1 are the last word."""

from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.e2e


@pytest.fixture
def task_id(alice, device):
    """A task that the web and the device know."""
    alice.add_task("Bins")
    device.sync()
    return device.plan()["task"][0]["id"]


def assert_gone(alice, device, task_id):
    device.sync()
    assert device.plan()["task"] == []
    assert alice.names("/tasks/") == []
    assert alice.get(f"/tasks/{task_id}/").heading == "This was deleted"


def test_deleted_on_the_web_and_ticked_offline_is_deleted(alice, device, task_id):
    """A2"""
    device.tick(task_id)
    alice.press_row("/tasks/", "Bins", "Delete")

    report = device.sync()

    assert report.outcomes == {"superseded": 1}
    assert len(device.outbox) == 0
    assert_gone(alice, device, task_id)


def test_ticked_and_then_deleted_on_the_web_is_deleted(alice, device, task_id):
    """A2"""
    device.tick(task_id)
    device.sync()

    alice.press_row("/tasks/", "Bins", "Delete")

    assert_gone(alice, device, task_id)


def test_a_tick_that_is_sent_twice_does_not_bring_a_deleted_task_back(alice, device, task_id):
    """A2"""
    device.tick(task_id)
    tick = device.outbox.batch()[0]
    device.sync()
    alice.press_row("/tasks/", "Bins", "Delete")

    device.outbox.add(tick.type, tick.id, tick.change, tick.at)
    assert device.sync().outcomes == {"superseded": 1}
    device.outbox.add(tick.type, tick.id, tick.change, tick.at)
    assert device.sync().outcomes == {"superseded": 1}

    assert_gone(alice, device, task_id)


def test_a_later_tick_that_arrives_first_changes_nothing_of_it(alice, device, task_id):
    """A2"""
    device.tick(task_id)
    device.untick(task_id)
    first, second = device.outbox.batch()
    device.outbox.drop(first)
    device.sync()
    alice.press_row("/tasks/", "Bins", "Delete")

    device.outbox.add(first.type, first.id, first.change, first.at)

    assert device.sync().outcomes == {"superseded": 1}
    assert_gone(alice, device, task_id)


@pytest.mark.parametrize("number", range(5))
def test_two_pushes_that_race_with_a_deletion_lose(alice, device, task_id, number):
    """A2"""
    device.session.begin()
    body = {"now": device.clock.now(), "task": [{"id": task_id, "completion": 1}]}
    delete = alice.get("/tasks/").rows["Bins"].button("Delete")

    def push():
        client = type(device.client)(alice.url)
        try:
            return client.request("POST", "/api/sync/", body, token=device.session.token)
        finally:
            client.close()

    with ThreadPoolExecutor(3) as threads:
        pushes = [threads.submit(push) for _ in range(2)]
        deletion = threads.submit(alice.press, delete, follow=False)
        outcomes = {push.result()["results"][0]["outcome"] for push in pushes}
        assert deletion.result().status == 302

    assert outcomes <= {"applied", "unchanged", "superseded"}
    assert_gone(alice, device, task_id)


def test_an_edit_of_a_deleted_task_from_an_old_page_changes_nothing_and_says_so(
    alice, device, task_id
):
    """A3"""
    old_page = alice.get(f"/tasks/{task_id}/")
    device.delete(task_id)
    device.sync()

    answer = alice.submit(old_page.form("priority"), name="Bins out")

    assert "It was deleted meanwhile" in answer.text
    assert_gone(alice, device, task_id)


def test_fields_pushed_after_a_deletion_change_nothing(alice, device, task_id):
    """A3"""
    device.edit(task_id, name="Bins out", priority=3, duedate=1900000000)
    alice.press_row("/tasks/", "Bins", "Delete")

    assert device.sync().outcomes == {"superseded": 1}
    assert_gone(alice, device, task_id)


def test_undo_brings_a_task_back_as_it_was_and_a_repeated_deletion_does_not_kill_it(
    alice, device, task_id
):
    """sync.md, merging, 1"""
    before = device.plan()["task"]
    device.delete(task_id)
    deletion = device.outbox.batch()[0]
    device.sync()
    gone = alice.get(f"/tasks/{task_id}/")
    alice.press(gone.root.button("Bring it back"))
    device.outbox.add(deletion.type, deletion.id, deletion.change, deletion.at)

    device.sync()

    assert device.plan()["task"] == before
    assert alice.names("/tasks/") == ["Bins"]


@pytest.mark.parametrize("in_one_message", [True, False], ids=["one message", "two messages"])
def test_ticked_and_unticked_ends_unticked(alice, device, task_id, in_one_message):
    """A4"""
    device.tick(task_id)
    if not in_one_message:
        device.sync()
    device.untick(task_id)
    device.sync()

    assert device.plan()["task"][0]["completion"] == 0
    alice.get("/tasks/").rows["Bins"].button("Mark “Bins” as done")
    device.store.remember(cursor=None)
    device.sync()
    assert device.plan()["task"][0]["completion"] == 0


def test_the_last_word_of_either_side_holds(alice, device, task_id):
    """A4"""
    device.tick(task_id)
    device.sync()
    alice.press_row("/tasks/", "Bins", "as to do")
    device.sync()
    assert device.plan()["task"][0]["completion"] == 0

    alice.press_row("/tasks/", "Bins", "as done")
    device.sync()
    device.untick(task_id)
    device.sync()

    assert device.plan()["task"][0]["completion"] == 0
    alice.get("/tasks/").rows["Bins"].button("Mark “Bins” as done")
