"""The groups of the staff: what each may see and do in the admin, and nothing beyond it."""

import pytest
from django.contrib.auth.models import Group, Permission

from devices import groups
from devices.models import Device
from tests.factories import make_user
from tests.logins import logged_in

pytestmark = pytest.mark.django_db
LISTS = ("batch", "device", "auditentry", "claimattempt")
PAGES = [
    *(f"/admin/devices/{name}/" for name in LISTS),
    *("/admin/accounts/user/", "/admin/auth/group/"),
    *("/admin/devices/batch/add/", "/admin/devices/batch/import/", "/admin/devices/device/labels/"),
    *("/admin/devices/auditentry/export/", "/admin/devices/claimattempt/export/"),
    "/admin/accounts/user/add/",
]
SEES = {
    "Inventory clerk": "200 200 403 403 403 403 200 200 200 403 403 403",
    "Support": "200 200 200 200 200 403 403 403 200 200 200 403",
    "Auditor": "200 200 200 200 200 403 403 403 403 200 200 403",
}
DEVICE_ACTIONS = ["block", "unblock", "release", "recode", "rekey", "retire"]
DOES = {
    "Inventory clerk": ["recode", "rekey", "ask_rekey", "retire"],
    "Support": ["block", "unblock", "release", "recode"],
    "Auditor": [],
}
TO_PEOPLE = {
    "Inventory clerk": [],
    "Support": ["lock", "unlock", "force_reset", "end_log_ins"],
    "Auditor": [],
}


def one_of(group: str):
    user = make_user("helper", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return logged_in(user)


def offered(page) -> list[str]:
    """The actions that a list offers."""
    form = page.context.get("action_form") if page.context else None
    return [name for name, _words in form.fields["action"].choices if name] if form else []


@pytest.mark.parametrize("group", groups.GROUPS)
def test_a_group_sees_what_its_work_needs(group):
    web = one_of(group)

    assert [web.get(page).status_code for page in PAGES] == [int(s) for s in SEES[group].split()]


@pytest.mark.parametrize("group", groups.GROUPS)
def test_a_group_does_what_its_work_needs(group, device, alice):
    web = one_of(group)

    assert offered(web.get("/admin/devices/device/")) == DOES[group]
    assert offered(web.get("/admin/accounts/user/")) == TO_PEOPLE[group]
    for action in set(DEVICE_ACTIONS) - set(DOES[group]):
        form = {"action": action, "_selected_action": device.pk, "number": 1, "reason": "x"}
        web.post("/admin/devices/device/", form)
    assert Device.objects.get().token_generation == device.token_generation


def test_a_group_keeps_the_rights_that_somebody_gave_it():
    group = Group.objects.get(name="Auditor")
    group.permissions.set(Permission.objects.filter(codename="view_batch"))
    Group.objects.filter(name="Support").delete()

    groups.make()

    assert list(group.permissions.values_list("codename", flat=True)) == ["view_batch"]
    assert Group.objects.get(name="Support").permissions.count() == len(groups.GROUPS["Support"])
