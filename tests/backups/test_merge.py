"""The merge's rules, as sync.md states them."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backups.merge import Change, Merged, State, merge

BLANK = {"name": "", "completion": 0, "priority": 1}


def made(stamp: int = 10, **values) -> State:
    """A task that was created at `stamp`."""
    state = State(dict(BLANK))
    merge(state, Change(stamp, {"name": "Bins", **values}))
    return state


def test_a_rename_and_a_tick_both_survive():
    state = made()

    merge(state, Change(20, {"name": "Bins out"}))
    merge(state, Change(15, {"completion": 1}))

    assert state.values == {"name": "Bins out", "completion": 1, "priority": 1}


def test_the_later_of_two_values_wins_whatever_the_order():
    state = made()

    late = merge(state, Change(30, {"completion": 0}))
    early = merge(state, Change(20, {"completion": 1}))

    assert late == Merged("unchanged", seen=False, stored=True)
    assert early == Merged(
        "superseded", seen=False, stored=False, lost={"completion": 1}, detail="newer"
    )
    assert state.values["completion"] == 0


@pytest.mark.parametrize(
    ("field", "less", "greater"),
    [
        ("priority", 2, 3),
        ("priority", 9, 10),
        ("name", "a", "b"),
        ("name", "z", "é"),
        ("name", "￿", "𐀀"),
    ],
)
def test_of_equal_stamps_the_greater_value_wins(field, less, greater):
    for first, second in permutations((less, greater)):
        state = made()
        merge(state, Change(20, {field: first}))
        merge(state, Change(20, {field: second}))

        assert state.values[field] == greater


def test_an_equal_value_with_a_later_stamp_raises_the_stamp_unseen():
    state = made()

    again = merge(state, Change(20, {"name": "Bins"}))

    assert again == Merged("unchanged", seen=False, stored=True)
    assert state.stamps["name"] == 20


def test_a_deleted_task_stays_deleted_and_takes_edits_unseen():
    state = made()
    merge(state, Change(20, deleted=True))

    edit = merge(state, Change(30, {"completion": 1}))

    assert edit == Merged(
        "superseded", seen=False, stored=True, lost={"completion": 1}, detail="deleted"
    )
    assert not state.alive
    assert state.values["completion"] == 1


def test_a_deletion_sent_again_changes_nothing():
    state = made()

    first = merge(state, Change(20, deleted=True))
    again = merge(state, Change(20, deleted=True))

    assert first == Merged("applied", seen=True, stored=True)
    assert again == Merged("unchanged", seen=False, stored=False)


def test_a_restore_brings_the_entry_back_and_a_late_repeat_does_not_kill_it_again():
    state = made()
    merge(state, Change(20, deleted=True))

    back = merge(state, Change(30, restored=True))
    late = merge(state, Change(20, deleted=True))

    assert back == Merged("applied", seen=True, stored=True)
    assert late == Merged(
        "superseded", seen=False, stored=False, lost={"deleted": 1}, detail="restored"
    )
    assert state.alive


def test_a_deletion_at_the_very_stamp_of_a_restore_kills():
    state = made()
    merge(state, Change(30, restored=True))

    merge(state, Change(30, deleted=True))

    assert not state.alive


def test_each_day_of_a_habit_is_a_register_of_its_own():
    state = State({"name": "", "goal": 0})
    merge(state, Change(10, {"name": "Run", "goal": 42}))

    merge(state, Change(20, days={86_400: True, 172_800: True}))
    merge(state, Change(30, days={86_400: False}))
    late = merge(state, Change(25, days={86_400: True}))

    assert late.lost == {"days/86400": 1}
    assert state.days == {86_400: (30, False), 172_800: (20, True)}


stamps = st.integers(11, 40)
changes = st.one_of(
    st.builds(
        lambda stamp, fields, days: Change(stamp, fields, days),
        stamps,
        st.fixed_dictionaries(
            {},
            optional={
                "name": st.sampled_from(["Bins", "Bin", "é", "𐀀"]),
                "completion": st.sampled_from([0, 1]),
                "priority": st.sampled_from([1, 2, 3]),
            },
        ),
        st.dictionaries(st.sampled_from([0, 86_400]), st.booleans(), max_size=2),
    ),
    stamps.map(lambda stamp: Change(stamp, deleted=True)),
    stamps.map(lambda stamp: Change(stamp, restored=True)),
)


@given(st.lists(changes, max_size=8), st.randoms())
def test_any_order_and_any_repetition_ends_in_the_same_state(history, random):
    shuffled = history + random.sample(history, k=len(history) // 2)
    random.shuffle(shuffled)
    one, other = made(), made()

    for change in history:
        merge(one, change)
    for change in shuffled:
        merge(other, change)

    assert one == other


@given(st.lists(changes, max_size=8))
def test_applying_a_change_again_is_never_seen(history):
    state = made()
    for change in history:
        merge(state, change)

    again = [merge(state, change) for change in history]

    assert not any(merged.seen or merged.stored for merged in again)
