"""Mails in the admin: staff see which are dead, and let them be tried again."""

import pytest

from accounts import mails, outbox
from accounts.models import Mail
from devices.models import AuditEntry
from tests.factories import make_user
from tests.logins import logged_in
from tests.mailbox import delivered

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/mail/"


@pytest.fixture
def dead(alice) -> Mail:
    """A mail that was tried too often."""
    alice.email = "alice@example.org"
    alice.save(update_fields=["email"])
    mails.post("password-changed", to=alice)
    Mail.objects.update(attempts=outbox.MOST_ATTEMPTS)
    return Mail.objects.get()


def again(mail: Mail) -> dict:
    """The form by which staff confirm that a mail is sent again."""
    chosen = {"action": "send_again", "_selected_action": mail.pk}
    return chosen | {"number": 1, "reason": "the mail server is back"}


def test_a_dead_mail_is_sent_again_and_that_is_written_down(desk, dead, staff, alice):
    before = delivered()

    desk.post(LIST, again(dead))

    assert before == []
    assert [letter.to for letter in delivered()] == ["alice@example.org"]
    entry = AuditEntry.objects.get(action="send-again")
    assert (entry.by, entry.person, entry.reason) == (staff, alice, "the mail server is back")
    assert entry.after == {"kind": "password-changed"}


def test_a_mail_that_is_not_dead_is_left_alone(desk, dead):
    Mail.objects.update(attempts=1)

    answer = desk.post(LIST, again(dead), follow=True)

    assert "password-changed: This mail is not dead." in map(str, answer.context["messages"])
    assert Mail.objects.get().attempts == 1


def test_mails_are_found_by_state_person_and_address(desk, dead, alice, bob):
    mails.post("reset-password", to="nobody@example.org")

    def found(**query) -> list[str]:
        return [mail.kind for mail in desk.get(LIST, query).context["cl"].result_list]

    assert (found(state="dead"), found(state="waiting")) == (
        ["password-changed"],
        ["reset-password"],
    )
    assert (found(state="sent"), found(q="alice")) == ([], ["password-changed"])
    assert found(q="NOBODY@example.org") == ["reset-password"]


def test_the_list_costs_the_same_for_any_number(desk, alice, django_assert_max_num_queries):
    for number in range(20):
        mails.post("reset-password", to=f"person{number}@example.org")

    with django_assert_max_num_queries(5):
        desk.get(LIST)


def test_what_a_mail_tells_is_not_shown(desk, alice):
    mails.post("join-request", to="a@example.org", facts={"by": "Somebody Secret"}, person=alice)
    mail = Mail.objects.get()

    pages = desk.get(LIST).content + desk.get(f"{LIST}{mail.pk}/change/").content

    assert b"Somebody Secret" not in pages


def test_who_may_only_look_sends_nothing(dead):
    assert logged_in(make_user("helper", is_staff=True)).post(LIST, again(dead)).status_code == 403
