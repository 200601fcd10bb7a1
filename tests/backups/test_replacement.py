"""A new device takes an old one's place: the same plan, all of it or nothing, for one owner."""

import re
from functools import partial

import pytest

from accounts.models import User
from backups import changes, kept, replacement
from backups.actors import Actor
from backups.items import Item
from backups.models import Backup, Commit, KeptPlan, RestorePoint
from devices import claims, lifecycle, servicing
from devices.callers import Caller
from devices.inventory import Unit
from devices.models import AuditEntry, Device, Membership
from planner.problems import RuleError
from tests.backups.api import Api, event, habit, task
from tests.backups.present import present
from tests.devices.http import Http, person, problem
from tests.factories import claim_unit, make_device, make_unit
from tests.logins import logged_in
from tests.races import RACE, at_once, meanwhile
from tests.refusals import refusal
from tests.shown import toasts

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(unit: Unit, device: Device) -> Device:
    """Alice's kitchen tablet, with a plan of three entries."""
    run = habit("Run") | {"completed": [1_794_096_000, 1_794_182_400]}
    Api.of_device(unit).push(task=[task("Bins")], event=[event("Dentist")], habit=[run])
    return device


@pytest.fixture
def spare() -> Unit:
    return make_unit()


@pytest.fixture
def new(spare: Unit, alice: User) -> Device:
    """Alice's new tablet, empty."""
    return claim_unit(spare, alice, name="New tablet")


def plan(device: Device) -> dict:
    return present(Backup.objects.of(device))


def refreshed(unit: Unit) -> dict[str, list]:
    answer = Api.of_device(unit).get("/api/sync/").json()
    return {kind: answer[kind] for kind in ("task", "event", "habit")}


def test_the_new_device_gets_the_whole_old_plan_under_its_ids(unit, old, spare, new, alice):
    """A17"""
    before = refreshed(unit)

    replacement.replace(new, old, by=alice)

    assert refreshed(spare) == before == refreshed(unit)
    assert plan(new) == plan(old)


def test_the_old_device_has_to_sign_in_anew(unit, old, new, alice):
    """B9: what it sends with its old token is refused."""
    tablet = Api.of_device(unit)

    replacement.replace(new, old, by=alice)

    assert problem(tablet.post("/api/sync/", {"task": [task()]})) == (401, "token-revoked")
    assert Api.of_device(unit).get("/api/sync/").status_code == 200


def test_a_replacement_is_written_down_and_pinned(old, new, alice):
    replacement.replace(new, old, by=alice)

    entry = AuditEntry.objects.get(action="replace")
    assert (entry.by, entry.device, entry.after["from"]) == (alice, new, old.serial)
    backup = Backup.objects.of(new)
    assert [point.reason for point in backup.points.all()] == [RestorePoint.Reason.REPLACE]
    assert Commit.objects.filter(backup=backup).latest("revision").by == "Alice Ash"


def test_a_second_press_changes_nothing(old, new, alice):
    replacement.replace(new, old, by=alice)
    revision = Backup.objects.of(new).revision

    replacement.replace(new, old, by=alice)

    assert Backup.objects.of(new).revision == revision


@pytest.fixture
def busy(new, spare) -> Device:
    """The new tablet with entries of its own, a habit of the same name among them."""
    Api.of_device(spare).push(task=[task("Own")], habit=[habit("Run")])
    return new


def test_where_something_is_there_somebody_must_choose(old, busy, alice):
    before = plan(busy)

    assert refusal(lambda: replacement.replace(busy, old, by=alice)) == "conflict"
    assert plan(busy) == before


def test_a_merge_that_meets_a_name_says_the_other_before(old, spare, new, alice):
    Api.of_device(spare).push(habit=[habit("Run")])

    [found] = [one for one in replacement.preview(new, old).of("merge") if one.key[0] == "habit"]
    assert found.then.values["name"] == "Run (2)"
    replacement.replace(new, old, by=alice, mode="merge")

    assert plan(new)[found.key] == found.then


def test_merged_both_plans_are_there(old, busy, alice):
    both = {still.values["name"] for still in (*plan(old).values(), *plan(busy).values())}

    replacement.replace(busy, old, by=alice, mode="merge")

    names = sorted(still.values["name"] for still in plan(busy).values())
    assert names == sorted({*both, "Run (2)"})


def test_overwritten_the_new_plan_is_the_old_one_and_can_be_brought_back(old, busy, alice):
    replacement.replace(busy, old, by=alice, mode="overwrite")

    assert plan(busy) == plan(old)
    assert Backup.objects.of(busy).points.get().counts == {"task": 1, "event": 0, "habit": 1}


def test_merging_what_grew_apart_keeps_the_days_of_both(unit, old, spare, new, alice):
    replacement.replace(new, old, by=alice)
    run = next(key[1] for key in plan(old) if key[0] == "habit")
    Api.of_device(unit).push(habit=[{"id": run, "date": 1_794_268_800, "action": "add"}])
    Api.of_device(spare).push(habit=[{"id": run, "date": 1_794_355_200, "action": "add"}])

    replacement.replace(new, old, by=alice, mode="merge")

    days = plan(new)["habit", run].days
    assert days == (1_794_096_000, 1_794_182_400, 1_794_268_800, 1_794_355_200)


def test_what_does_not_fit_is_refused_whole(old, busy, alice, monkeypatch):
    before = plan(busy)
    monkeypatch.setattr(changes, "MAX_LIVE", 4)

    slug = refusal(lambda: replacement.replace(busy, old, by=alice, mode="merge"))

    assert (slug, plan(busy)) == ("quota-exceeded", before)
    assert Device.objects.get(pk=old.pk).token_generation == old.token_generation


def test_what_was_looked_at_is_what_is_overwritten(spare, old, busy, alice):
    looked_at = replacement.preview(busy, old)
    Api.of_device(spare).push(task=[task("Later")])

    slug = refusal(
        lambda: replacement.replace(
            busy, old, by=alice, mode="overwrite", expected=looked_at.revision
        )
    )

    assert slug == "precondition-failed"


@pytest.mark.parametrize("side", ["old", "new"])
@pytest.mark.parametrize("role", ["editor", "viewer", None])
def test_the_owner_of_only_one_is_refused(old, new, bob, side, role):
    """A17"""
    mine = make_device(bob, name="Bob's")
    other = old if side == "old" else new
    if role:
        Membership.objects.create(device=other, user=bob, role=role)
    pair = (mine, other) if side == "old" else (other, mine)

    slug = refusal(lambda: replacement.replace(*pair, by=bob))

    assert slug == ("forbidden" if role else "not-found")
    assert plan(new) == plan(mine) == {}


def test_a_device_cannot_take_its_own_place(old, alice):
    assert refusal(lambda: replacement.replace(old, old, by=alice)) == "conflict"


# --- Kept plans ----------------------------------------------------------------------------


def test_a_released_plan_is_kept_for_its_owner_and_comes_to_a_new_device(old, new, alice):
    before = plan(old)
    lifecycle.release(old, by=alice)
    [mine] = kept.of(alice)

    replacement.replace(new, mine, by=alice)

    assert (mine.name, mine.serial, plan(new)) == ("Kitchen tablet", old.serial, before)


def test_a_kept_plan_that_was_erased_meanwhile_overwrites_nothing(old, busy, alice):
    lifecycle.release(old, by=alice)
    source, before = kept.of(alice).get(), plan(busy)
    kept.erase(kept.of(alice).get())

    refused = refusal(lambda: replacement.replace(busy, source, by=alice, mode="overwrite"))

    assert (refused, plan(busy)) == ("not-found", before)


def test_a_factory_reset_keeps_the_plan_for_the_former_owner(unit, old, alice):
    """A12"""
    tablet, stranger = Api.of_device(unit), Api.of_device(make_unit())

    first = tablet.post("/api/device/reset/", {})
    again = Api.of_device(unit).post("/api/device/reset/", {})
    stranger.post("/api/device/reset/", {})

    assert (first.status_code, again.status_code) == (204, 204)
    assert problem(tablet.get("/api/sync/")) == (401, "token-revoked")
    assert person(alice).get("/api/devices/").json() == []
    assert [one.name for one in kept.of(alice)] == ["Kitchen tablet"]


def test_erased_at_once_nothing_is_left(old, alice):
    lifecycle.release(old, by=alice, keep=False)

    assert (list(kept.of(alice)), Backup.objects.count()) == ([], 0)


def test_the_next_owner_reaches_nothing_of_the_former_one(unit, old, alice, bob):
    """C12"""
    lifecycle.release(old, by=alice)
    claim = KeptPlan.objects.get().backup.claim
    label = {"serial": unit.serial, "code": unit.code, "name": "Bob's"}
    person(bob).post("/api/devices/", label)
    Api.of_device(unit).post("/api/device/claim/", {"accept": True})
    tablet, web = Api.of_device(unit), Api.of_person(bob, old)

    seen = [
        api.get(path).content.decode()
        for api in (tablet, web, person(bob))
        for path in (
            "/api/sync/",
            "/api/tasks/",
            "/api/events/",
            "/api/habits/",
            "/api/backups/",
            "/api/backups/state/?at=1794182400",
            "/api/kept/",
            f"/api/kept/{claim}/",
        )
    ]
    taken = person(bob).post(f"/api/devices/{old.pk}/replace/", {"kept": str(claim)})

    assert [text for text in seen if "Bins" in text or "Dentist" in text or "Run" in text] == []
    assert problem(taken) == (404, "not-found")
    assert plan(Device.objects.get(pk=old.pk)) == {}


def test_a_kept_plan_is_listed_shown_and_erased(old, alice, bob):
    lifecycle.release(old, by=alice)
    http, row = person(alice), KeptPlan.objects.get()
    path = f"/api/kept/{row.backup.claim}/"

    listed, one = http.get("/api/kept/").json(), http.get(path).json()
    others = [problem(person(bob).get(path)), problem(person(bob).delete(path))]
    erased = http.delete(path)

    released = int(row.released_at.timestamp())
    assert listed == [one]
    assert one == {
        "id": str(row.backup.claim),
        "name": "Kitchen tablet",
        "serial": old.serial,
        "released": released,
        "until": released + 30 * 86_400,
        "entries": 3,
    }
    assert others == [(404, "not-found")] * 2
    assert (erased.status_code, http.get("/api/kept/").json()) == (204, [])
    assert Backup.objects.count() == 0


def test_a_replacement_by_the_api_tells_what_it_did(old, busy, alice):
    http, path = person(alice), f"/api/devices/{busy.pk}/replace/"

    unclear = http.post(path, {"old": old.pk})
    done = http.post(path, {"old": old.pk, "mode": "overwrite"})

    assert problem(unclear) == (409, "conflict")
    assert (done.status_code, done.json()) == (
        200,
        {
            "plan": {"task": 1, "event": 1, "habit": 1},
            "counts": {"back": 3, "changes": 0, "goes": 2},
        },
    )


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/old"),
        ({"old": 1, "kept": "00000000-0000-4000-8000-000000000001"}, "/old"),
        ({"old": "1"}, "/old"),
        ({"old": 0}, "/old"),
        ({"old": 2**64}, "/old"),
        ({"kept": "x"}, "/kept"),
        ({"old": 1, "mode": "both"}, "/mode"),
        ({"old": 1, "all": True}, "/all"),
    ],
)
def test_a_bad_replacement_names_its_field(new, alice, body, pointer):
    answer = person(alice).post(f"/api/devices/{new.pk}/replace/", body)

    assert problem(answer) == (400, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


# --- Pages ---------------------------------------------------------------------------------


def test_the_page_shows_what_comes_and_one_press_brings_it(web, old, new):
    path = f"/devices/{new.pk}/replace/"

    choice = web.get(path).content.decode()
    shown = web.get(f"{path}?source=device-{old.pk}")
    fields = {"source": f"device-{old.pk}", "expected": shown.context["preview"].revision}
    done = web.post(path, fields, follow=True)

    assert f"Kitchen tablet · {old.serial}" in choice
    assert "1 task, 1 event and 1 habit" in shown.content.decode()
    assert toasts(done) == ["Done. New tablet has it after its next sync."]
    assert plan(new) == plan(old)


def test_the_page_asks_what_becomes_of_what_is_there(web, old, busy):
    path, source = f"/devices/{busy.pk}/replace/", f"device-{old.pk}"

    shown = web.get(f"{path}?source={source}").content.decode()
    unclear = web.post(path, {"source": source})
    web.post(path, {"source": source, "mode": "overwrite"})

    assert "Keep it: 3 come." in " ".join(shown.split())
    assert "Put in its place: 3 come and 2 go." in " ".join(shown.split())
    assert "Choose whether to merge" in unclear.context["form"].non_field_errors()[0]
    assert plan(busy) == plan(old)


def test_a_device_with_nothing_on_it_offers_the_kept_plan_on_its_own_page(web, old, new, alice):
    lifecycle.release(old, by=alice)
    bring = f'href="/devices/{new.pk}/replace/?source=kept-{KeptPlan.objects.get().backup.claim}"'

    offered = web.get(f"/devices/{new.pk}/").content.decode()
    replacement.replace(new, kept.of(alice).get(), by=alice)
    filled = web.get(f"/devices/{new.pk}/").content.decode()

    assert "<strong>Kitchen tablet</strong>, with 3 entries, until" in offered
    assert (bring in offered, bring in filled) == (True, False)


def test_several_kept_plans_are_chosen_from(web, old, new, alice):
    desk = make_unit()
    for unit, name in ((desk, "Desk"), (make_unit(), "Never used")):
        claim_unit(unit, alice, name=name)
    Api.of_device(desk).push(task=[task("Bins")])
    for one in Device.objects.exclude(pk=new.pk):
        lifecycle.release(one, by=alice)

    page = web.get(f"/devices/{new.pk}/").content.decode()

    assert "You still have plans of devices that you parted with." in page
    assert f'<a class="button" href="/devices/{new.pk}/replace/">Bring one here</a>' in page


def test_only_the_owner_is_offered_a_kept_plan(web, old, new, alice, bob):
    lifecycle.release(old, by=alice)
    Membership.objects.filter(device=new).update(role="viewer")

    page = web.get(f"/devices/{new.pk}/").content.decode()

    assert "You still have" not in page


def test_a_blocked_device_is_offered_no_kept_plan(web, old, new, alice):
    lifecycle.release(old, by=alice)
    lifecycle.block(new)

    page = web.get(f"/devices/{new.pk}/").content.decode()

    assert "You still have" not in page


def test_somebody_with_one_device_is_told_to_claim_the_new_one_first(web, device):
    page = web.get(f"/devices/{device.pk}/replace/").content.decode()

    assert "Claim the new one first." in page


@pytest.mark.parametrize("source", ["device-999", "kept-x", "", "\x00"])
def test_what_is_no_plan_of_mine_is_not_offered(web, old, new, source):
    answer = web.post(f"/devices/{new.pk}/replace/", {"source": source})

    assert list(answer.context["form"].errors) == ["source"]


def test_a_release_asks_what_becomes_of_the_plan(web, old, alice):
    path = f"/devices/{old.pk}/remove/"

    page = web.get(path).content.decode()
    taken = web.get(f"/devices/{old.pk}/download/")
    plan_file = b"".join(taken)
    web.post(path, {"name": "Kitchen tablet", "keep": "erase"})

    assert f'href="/devices/{old.pk}/download/"' in page
    assert taken["Content-Disposition"] == 'attachment; filename="kitchen-tablet.json"'
    assert b"Dentist" in plan_file
    assert (list(kept.of(alice)), Device.objects.get().state) == ([], "in_stock")


def test_a_kept_plan_is_on_the_page_of_devices_until_it_is_erased(web, old, alice):
    lifecycle.release(old, by=alice)
    path = f"/kept/{KeptPlan.objects.get().backup.claim}/erase/"

    listed = web.get("/devices/").content.decode()
    asked = web.get(path).content.decode()
    web.post(path)

    assert path in listed
    assert ">Claim a device for it</a>" in listed
    assert "3 entries and their whole history go for good" in asked
    assert list(kept.of(alice)) == []


def test_a_kept_plan_leads_to_each_device_of_one_s_own_that_it_may_come_to(
    web, old, new, alice, bob
):
    Membership.objects.create(device=make_device(bob), user=alice, role="editor")
    lifecycle.release(old, by=alice)
    way = f"/devices/{new.pk}/replace/?source=kept-{KeptPlan.objects.get().backup.claim}"

    listed = web.get("/devices/").content.decode()

    assert re.findall(r'href="([^"]*source=kept[^"]*)">([^<]*)<', listed) == [
        (way, f"Bring it to {new}")
    ]
    assert web.get(way).context["preview"]


# --- Races ---------------------------------------------------------------------------------


class TestRaces:
    """B9"""

    pytestmark = RACE

    @pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.nightly)])
    def test_a_push_in_flight_is_wholly_in_the_copy_or_refused(self, alice, rounds):
        for number in range(rounds):
            old, new = make_device(alice, name=f"Old {number}"), make_device(alice, name="New")
            backup, actor = Backup.objects.of(old), Actor.of(Caller(old, by_key=True))

            def push_on(backup=backup, actor=actor, number=number) -> int:
                pushed = 0
                while True:
                    pair = [
                        Item("task", task()["id"], {"name": name, "priority": 1, "duedate": 0})
                        for name in "AB"
                    ]
                    try:
                        changes.push(backup, pair, actor)
                    except RuleError:
                        return pushed
                    pushed += 2

            pushed, _copy = at_once([push_on, partial(replacement.replace, new, old, by=alice)])

            assert len(plan(new)) == len(plan(old)) == pushed
            for device in (old, new):
                lifecycle.release(Device.objects.get(pk=device.pk), by=alice)

    def test_a_device_that_is_claimed_anew_at_that_moment_gives_its_present_plan(self, alice):
        old, new = make_device(alice), make_device(alice, name="New")
        item = Item("task", task()["id"], {"name": "Past", "priority": 1, "duedate": 0})
        changes.push(Backup.objects.of(old), [item], Actor.server("test"))

        def claim_anew() -> None:
            lifecycle.release(old, by=alice)
            unit = servicing.recode(old, by=None, reason="")
            claims.claim(alice, serial=unit.serial, code=unit.code, name="Anew", address="")

        with meanwhile(claim_anew, before="FOR NO KEY UPDATE"):
            replacement.replace(new, old, by=alice)

        assert not plan(new)

    def test_two_devices_that_take_each_others_place_at_once_end_without_deadlock(self, alice):
        one, two = make_device(alice, name="One"), make_device(alice, name="Two")

        found = at_once(
            [
                partial(replacement.replace, one, two, by=alice),
                partial(replacement.replace, two, one, by=alice),
            ]
            * 4
        )

        assert {type(each) for each in found} == {replacement.Preview}


def test_nobody_gets_a_kept_plan_by_guessing(old, alice, bob):
    lifecycle.release(old, by=alice)
    claim = KeptPlan.objects.get().backup.claim

    assert logged_in(bob).get(f"/kept/{claim}/erase/").status_code == 404
    assert problem(Http().get(f"/api/kept/{claim}/")) == (401, "token-missing")
