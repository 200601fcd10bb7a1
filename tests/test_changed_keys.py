"""A secret is changed while people and devices go on (matrix B10): the former key counts as well.

What the files hold meanwhile, step by step, is in tests/deploy/test_rotation.py.
"""

import io
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as configured
from django.core.management import call_command

from accounts import codes, known, passwords, sessions
from accounts.keyring import Keyring
from accounts.models import CodesApp
from accounts.tokens import KeyringBackend, UserRefresh, UserToken
from devices import attempts, claims
from devices.models import Device
from devices.tokens import BACKEND as DEVICES
from planner.problems import RuleError
from tests.accounts.factors import with_app
from tests.devices.http import Http, problem, tablet
from tests.factories import claim_unit, make_unit, make_user
from tests.logins import bearer, logged_in

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
# What the processes read, one after another; old and new ones are there at the same time.
STEPS = [{"old": OLD}, {"old": OLD, "new": NEW}, {"new": NEW, "old": OLD}, {"new": NEW}]
PEOPLE = UserToken.backend
Ring = Callable[[KeyringBackend, dict[str, bytes]], None]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    """Be a process that was started with these keys, and remembers no token."""

    def start(backend: KeyringBackend, keys: dict[str, bytes]) -> None:
        monkeypatch.setattr(backend, "keyring", Keyring(keys))
        monkeypatch.setattr(backend, "_verified", backend._verify)

    return start


def as_person(headers: dict[str, str]):
    return Http(headers).get("/api/me/")


def as_device(headers: dict[str, str]):
    return Http(headers).get("/api/sync/")


@pytest.fixture
def callers(alice, unit, device) -> list[tuple]:
    """Whose keys, how somebody gets a token, and where it is shown."""
    return [
        (PEOPLE, lambda: bearer(alice), as_person),
        (DEVICES, lambda: tablet(unit).headers, as_device),
    ]


@pytest.mark.parametrize(
    ("made", "met"),
    [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (0, 2)],
    ids=lambda step: ["before", "known", "used", "retired"][step],
)
def test_processes_one_step_apart_take_each_other_s_tokens(callers, ring, made, met):
    """B10"""
    for backend, log_in, call in callers:
        ring(backend, STEPS[made])
        headers = log_in()
        ring(backend, STEPS[met])

        assert call(headers).status_code == 200


def test_a_token_of_a_retired_or_an_unknown_key_is_refused(callers, ring):
    """B10"""
    for backend, log_in, call in callers:
        ring(backend, STEPS[0])
        retired = log_in()
        ring(backend, STEPS[3])
        unknown = log_in()

        assert problem(call(retired)) == (401, "token-invalid")
        ring(backend, STEPS[0])
        assert problem(call(unknown)) == (401, "token-invalid")


def test_nobody_is_logged_out_by_a_new_key(alice, ring):
    """B10"""
    ring(PEOPLE, STEPS[0])
    pair = sessions.log_in(alice)
    for keys in STEPS[1:]:
        ring(PEOPLE, keys)
        pair = sessions.rotate(pair.refresh)

    assert sessions.living(alice).get() == pair.session


@pytest.fixture
def new_secret_key(settings) -> Callable[..., None]:
    """Start with another SECRET_KEY; the former one still counts unless it is `gone`."""

    def start(*, gone: bool = False) -> None:
        former = [] if gone else [configured.SECRET_KEY]
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another one", former

    return start


def test_a_renewal_whose_answer_was_lost_while_the_key_changed_is_answered_again(
    alice, new_secret_key
):
    """B7, B10"""
    used = sessions.log_in(alice).refresh
    lost = sessions.rotate(used)

    new_secret_key()
    again = sessions.rotate(used)

    assert UserRefresh.read(again.refresh)["jti"] == UserRefresh.read(lost.refresh)["jti"]
    assert sessions.rotate(again.refresh).session == lost.session


def test_without_the_former_key_the_retry_is_refused_and_the_log_in_lives(alice, new_secret_key):
    used = sessions.log_in(alice).refresh
    got = sessions.rotate(used)

    new_secret_key(gone=True)

    with pytest.raises(RuleError, match="has ended"):
        sessions.rotate(used)
    assert sessions.rotate(got.refresh).session == got.session


@pytest.mark.parametrize("gone", [False, True], ids=["kept", "gone"])
def test_links_and_known_browsers_live_as_long_as_the_key_they_were_made_under(
    alice, new_secret_key, gone
):
    link = parse_qs(urlsplit(passwords.reset_link(alice)).query)["link"][0]
    browser = known.mark(sessions.log_in(alice).session)

    new_secret_key(gone=gone)

    assert (passwords.whose_reset(link) is None) == gone
    assert (known.browser_of(alice, browser) is None) == gone


def test_tries_are_found_by_the_serial_that_was_hashed_under_the_former_key(
    alice, unit, new_secret_key
):
    attempts.note(alice, serial=unit.serial, address="192.0.2.7", result="claim-failed")

    new_secret_key()

    root = make_user("root", is_staff=True, is_superuser=True)
    found = logged_in(root).get("/admin/devices/claimattempt/", {"q": unit.serial})
    assert [attempt.user for attempt in found.context["cl"].result_list] == [alice]


def test_codes_apps_are_sealed_anew_and_then_the_former_key_is_not_needed(alice, settings):
    settings.SECOND_FACTOR_KEYS = STEPS[0]
    app, _recovery_codes = with_app(alice)

    settings.SECOND_FACTOR_KEYS = STEPS[2]
    call_command("reseal", stderr=(told := io.StringIO()))
    settings.SECOND_FACTOR_KEYS = STEPS[3]

    assert told.getvalue() == ""
    assert codes.accept(alice, app.code())


def test_what_cannot_be_sealed_anew_stays_and_is_told(alice, settings):
    settings.SECOND_FACTOR_KEYS = {"gone": OTHER}
    with_app(alice)
    before = CodesApp.objects.values().get()

    settings.SECOND_FACTOR_KEYS = STEPS[3]
    call_command("reseal", stderr=(told := io.StringIO()))

    assert told.getvalue().startswith("1 were sealed under a key that is gone")
    assert CodesApp.objects.values().get() == before


def test_codes_on_boxes_count_under_the_pepper_they_were_made_with(alice, settings):
    settings.CLAIM_PEPPERS = STEPS[0]
    unit = make_unit()
    settings.CLAIM_PEPPERS = STEPS[2]
    newer = make_unit()

    assert needed_peppers() == ["new", "old"]
    assert claim_unit(unit, alice).pepper_id == "old"
    assert claim_unit(newer, alice).pepper_id == "new"
    Device.objects.filter(serial=unit.serial).update(state=Device.State.RETIRED)
    assert needed_peppers() == ["new"]


def test_a_code_whose_pepper_is_gone_is_as_good_as_a_wrong_one(alice, settings):
    settings.CLAIM_PEPPERS = STEPS[0]
    unit = make_unit()
    settings.CLAIM_PEPPERS = STEPS[3]

    with pytest.raises(RuleError) as refused:
        claims.claim(alice, serial=unit.serial, code=unit.code, name="Desk", address="")

    assert refused.value.slug == "claim-failed"


def needed_peppers() -> list[str]:
    call_command("needed_peppers", stdout=(told := io.StringIO()))
    return sorted(told.getvalue().split())
