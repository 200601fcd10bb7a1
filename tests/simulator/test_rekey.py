"""The power is cut anywhere while a device replaces its key: it never locks itself out."""

from pathlib import Path
from random import Random

import pytest

from devices.inventory import Unit
from devices.models import Device as Row
from simulator.device import Device
from simulator.store import Store
from simulator.transport import Reply, Request
from tests.backups.replicas import InProcess
from tests.devices.http import Http, problem
from tests.factories import claim_unit, make_unit

pytestmark = pytest.mark.django_db

ODDS = 0.3


class PowerCutError(Exception):
    """The device is off, wherever it was."""


class Cuts:
    """Cuts the power before or after any request and any write, with even odds."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.left = 0
        self.inner = InProcess()

    def here(self) -> None:
        if self.left and self.random.random() < ODDS:
            self.left -= 1
            raise PowerCutError

    def send(self, request: Request) -> Reply:
        self.here()
        reply = self.inner.send(request)
        self.here()
        return reply

    def close(self) -> None:
        pass


def live(cuts: Cuts, unit: Unit, path: Path) -> None:
    """Switch the device on, let it sync, and switch it off."""
    device = Device("http://testserver", unit.serial, unit.key, path, transport=cuts)
    try:
        device.sync()
    except PowerCutError:
        pass
    finally:
        device.close()


@pytest.mark.parametrize("count", [30, pytest.param(1000, marks=pytest.mark.nightly)])
def test_no_cut_bricks_a_device(alice, tmp_path, monkeypatch, count):
    """C10: many re-keys, each cut several times at random."""
    unit = make_unit(must_rekey=True)
    row, cuts = claim_unit(unit, alice), Cuts(seed=count)
    remember = Store.remember

    def cut_around(store: Store, **values: str | int | None) -> None:
        cuts.here()
        remember(store, **values)
        cuts.here()

    monkeypatch.setattr(Store, "remember", cut_around)
    keys = {unit.key}
    while count:
        Row.objects.filter(pk=row.pk).update(rekey=Row.Rekey.NEEDED)
        cuts.left = min(count, 3)
        count -= cuts.left
        while cuts.left:
            live(cuts, unit, tmp_path / "calendar.db")
        live(cuts, unit, tmp_path / "calendar.db")

        store = Store(tmp_path / "calendar.db")
        keys.add(store.recall("own_key"))
        store.close()
        row.refresh_from_db()
        assert (row.rekey, row.next_key_hash) == (Row.Rekey.NO, "")

    newest = {"serial": unit.serial, "key": unit.key}
    assert problem(Http().post("/api/device/token/", newest)) == (401, "token-invalid")
    assert len(keys) > 5


def test_a_device_whose_own_key_is_gone_from_the_server_tries_the_factorys(alice, tmp_path):
    """C10: an operator put an older database back."""
    unit = make_unit()
    row, cuts = claim_unit(unit, alice), Cuts(seed=1)
    factorys = row.key_hash
    live(cuts, unit, tmp_path / "calendar.db")
    assert Row.objects.get(pk=row.pk).key_hash != factorys

    Row.objects.filter(pk=row.pk).update(key_hash=factorys, rekey=Row.Rekey.ASKED)
    live(cuts, unit, tmp_path / "calendar.db")

    row.refresh_from_db()
    assert (row.key_hash != factorys, row.rekey) == (True, Row.Rekey.NO)


def test_the_first_generation_keeps_the_factorys_key(alice, tmp_path):
    unit = make_unit()
    row = claim_unit(unit, alice)
    device = Device(
        "http://testserver",
        unit.serial,
        unit.key,
        tmp_path / "calendar.db",
        transport=InProcess(),
        generation=1,
    )

    device.sync()
    device.close()

    assert Row.objects.get(pk=row.pk).key_hash == row.key_hash
