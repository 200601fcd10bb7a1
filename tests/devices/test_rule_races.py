"""What changes between a rule's look and its write changes nothing else, on PostgreSQL."""

from functools import partial

import pytest

from accounts import closing
from accounts.models import User
from devices import describing, lifecycle, members, personal_tokens, rekeying, saved_views
from devices.models import (
    Batch,
    Device,
    Membership,
    PersonalToken,
    RekeyRequest,
    SavedView,
)
from planner.problems import RuleError
from tests.factories import make_device, make_unit
from tests.logins import logged_in
from tests.races import RACE, at_once, meanwhile

pytestmark = RACE
ASKED = 'UPDATE "devices_rekeyrequest"'


@pytest.mark.parametrize("accept", [True, False])
def test_an_answer_to_a_question_that_runs_out_at_that_moment_is_refused(alice, staff, accept):
    device = make_device(alice)
    rekeying.ask(device, by=staff, reason="theft")

    ends = partial(RekeyRequest.objects.all().delete)
    with (
        meanwhile(ends, before=ASKED if accept else "DELETE FROM"),
        pytest.raises(RuleError, match="Nobody asks"),
    ):
        rekeying.answer(device, by=alice, accept=accept)


def test_of_saved_views_that_are_kept_at_once_none_is_beyond_the_twentieth(staff):
    SavedView.objects.bulk_create(
        SavedView(user=staff, name=f"{number}", query="q=1") for number in range(19)
    )
    keep = partial(saved_views.keep, staff, query="q=1")

    with meanwhile(partial(keep, name="x"), before='INSERT INTO "devices_savedview"') as outcomes:
        keep(name="y")

    assert outcomes == ["waits"]
    assert SavedView.objects.filter(user=staff).count() == 20


def test_no_token_is_made_of_an_account_that_begins_to_end_at_that_moment(alice):
    ends = partial(closing.begin, User.objects.get(pk=alice.pk), address="")

    with (
        meanwhile(ends, before="FOR NO KEY UPDATE"),
        pytest.raises(RuleError, match="This log-in has ended"),
    ):
        personal_tokens.make(alice, name="One", scope="read", days=7)

    assert not PersonalToken.objects.exists()


def test_of_two_presses_that_make_a_batch_the_second_is_told_that_the_name_is_taken(staff):
    web = logged_in(staff)
    form = {"name": "Spring", "prefix": "SP", "count": 2}

    def make() -> str:
        return web.post("/admin/devices/batch/add/", form).getvalue().decode()

    with meanwhile(make, before='INSERT INTO "devices_batch"') as first:
        second = make()

    assert "2 units of Spring" in first[0]
    assert "There is a batch of this name by now: nothing was made." in second
    assert (Batch.objects.count(), Device.objects.count()) == (1, 2)


def test_who_becomes_the_owner_at_that_moment_leaves_nothing_by_an_old_role(alice, bob):
    """Whoever means to leave is the owner by then: to release it would end the others' plan."""
    device = make_device(alice)
    place = Membership.objects.create(device=device, user=bob, role="editor")
    members.offer(device, place.pk, by=alice)

    with (
        meanwhile(partial(members.take_over, device, by=bob), before="FOR NO KEY UPDATE"),
        pytest.raises(RuleError, match="hand it over first"),
    ):
        lifecycle.part(device, by=bob, role="editor")

    assert Device.objects.get().state == "claimed"


def test_a_note_that_changes_at_that_moment_is_shown_again_before_it_is_overwritten(staff):
    unit, web = make_unit(), logged_in(staff)
    page, text = "/admin/devices/device/update/", f"serial,note\n{unit.serial},New\n"
    digest = describing.update(text, by=staff).digest
    written = partial(describing.describe, Device.objects.get(), by=staff, note="Other")
    confirmed = {"text": text, "digest": digest, "reason": "stocktaking"}

    with meanwhile(written, before='SELECT "devices_device"'):
        answer = web.post(page, confirmed)

    assert "This has changed meanwhile: look again." in answer.content.decode()
    assert Device.objects.get().note == "Other"


def test_a_rule_of_a_device_and_the_end_of_its_owner_wait_for_one_another_in_one_order(alice):
    """The rule has the device's row and is to write who did it; the end has the person's row."""
    device = make_device(alice)
    User.objects.filter(pk=alice.pk).update(closes_at=device.created_at)

    rename = partial(lifecycle.rename, device, by=alice)
    outcomes = at_once([closing.close_due, *(partial(rename, f"Name {n}") for n in range(6))])

    assert (outcomes[0], User.objects.filter(pk=alice.pk).count()) == (1, 0)
