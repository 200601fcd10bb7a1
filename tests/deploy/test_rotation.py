"""deploy/rotate.py: the files of the secrets, step by step (matrix B10)."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import rotate
from planner import env

DEPLOY = Path(__file__).parents[2] / "deploy"
AGE = shutil.which("age")
TODAY = time.strftime("%Y-%m-%d", time.gmtime())
RINGS = ("USER_TOKEN_KEYS", "DEVICE_TOKEN_KEYS", "CLAIM_PEPPERS", "SECOND_FACTOR_KEYS")
SIGNING = ("SECRET_KEY", "USER_TOKEN_KEYS", "DEVICE_TOKEN_KEYS")


class Secrets:
    """A folder of secrets, and the script at work on it, one step at a time."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture) -> None:
        self.folder, self.capsys = folder, capsys

    def rotate(self, *arguments: str) -> tuple[int, str]:
        """Return the exit status and what was said."""
        status = rotate.main([*arguments, "--no-restart", "--folder", str(self.folder)])
        return status, self.capsys.readouterr().out

    def change(self, name: str) -> None:
        """Let a new key be used."""
        assert [self.rotate(name)[0] for _step in range(2)] == [0, 0]

    def keys(self, name: str) -> list[str]:
        """Return what counts, the used one first."""
        text = (self.folder / name).read_text().strip()
        if name == "SECRET_KEY":
            text += "," + (self.folder / "SECRET_KEY_FALLBACKS").read_text().strip()
        return [word for word in text.split(",") if word]

    def age(self, name: str, seconds: float) -> None:
        then = time.time() - seconds
        os.utime(self.folder / name, (then, then))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What deploy/secrets.sh makes."""
    folder = tmp_path_factory.mktemp("made") / "secrets"
    subprocess.run([DEPLOY / "secrets.sh", folder], check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture
def secrets(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> Secrets:
    return Secrets(Path(shutil.copytree(made, tmp_path / "secrets")), capsys)


@pytest.fixture
def needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the installation's manage.py name these peppers."""
    manage = tmp_path / "manage"
    monkeypatch.setattr(rotate, "MANAGE", manage)

    def need(*peppers: str) -> None:
        manage.write_text(f"#!/bin/sh\necho {' '.join(peppers)}\n")
        manage.chmod(0o755)

    return need


@pytest.mark.parametrize("name", ["SECRET_KEY", *RINGS])
def test_a_new_key_is_known_before_it_is_used_and_the_former_one_stays(secrets, name):
    """B10"""
    [first] = secrets.keys(name)

    known = secrets.rotate(name)
    [used, waiting] = secrets.keys(name)
    changed = secrets.rotate(name)
    after = secrets.keys(name)
    again = secrets.rotate(name)

    assert (known[0], changed[0]) == (0, 0)
    assert "A new key is known, and not used yet." in known[1]
    assert (used, waiting[:11]) == (first, f"{TODAY}:")
    assert after == [waiting, first]
    assert again == (0, f"{name} was changed today: nothing to do.\n")
    assert secrets.keys(name) == after
    modes = {path.stat().st_mode & 0o777 for path in secrets.folder.iterdir()}
    assert modes == {0o600}


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("SECRET_KEY", 90 * 86_400), ("USER_TOKEN_KEYS", 14 * 86_400), ("DEVICE_TOKEN_KEYS", 3_600)],
)
def test_a_former_key_goes_when_nothing_that_it_signed_is_good_any_more(secrets, name, seconds):
    """B10"""
    secrets.change(name)
    new, former = secrets.keys(name)

    secrets.age(name, seconds - 60)
    early = secrets.rotate(name, "--retire")
    kept = secrets.keys(name)
    secrets.age(name, seconds + 60)
    late = secrets.rotate(name, "--retire")

    assert (early[0], kept) == (1, [new, former])
    assert early[1].startswith("Former keys: 0 go, 1 are needed until 20")
    assert (late[0], secrets.keys(name)) == (0, [new])


def test_a_pepper_goes_when_no_box_has_a_code_under_it(secrets, needed):
    [first] = secrets.keys("CLAIM_PEPPERS")
    secrets.change("CLAIM_PEPPERS")
    needed(TODAY, first.partition(":")[0])
    early, _said = secrets.rotate("CLAIM_PEPPERS", "--retire")
    kept = secrets.keys("CLAIM_PEPPERS")
    needed(TODAY)
    late, _said = secrets.rotate("CLAIM_PEPPERS", "--retire")

    assert (early, len(kept)) == (1, 2)
    assert (late, secrets.keys("CLAIM_PEPPERS")) == (0, kept[:1])


@pytest.mark.parametrize("name", SIGNING)
def test_a_key_that_somebody_may_know_is_replaced_at_once(secrets, name):
    """B10"""
    [first] = secrets.keys(name)

    assert secrets.rotate(name, "--at-once")[0] == 0

    [new] = secrets.keys(name)
    assert new != first


@pytest.mark.parametrize("name", ["CLAIM_PEPPERS", "SECOND_FACTOR_KEYS"])
def test_what_is_kept_under_a_key_is_not_lost_at_once(secrets, name):
    before = secrets.keys(name)

    assert secrets.rotate(name, "--at-once")[0] == 2
    assert secrets.keys(name) == before


def test_no_key_is_retired_while_another_waits_to_be_used(secrets):
    secrets.rotate("USER_TOKEN_KEYS")
    before = secrets.keys("USER_TOKEN_KEYS")

    assert secrets.rotate("USER_TOKEN_KEYS", "--retire")[0] == 1
    assert secrets.keys("USER_TOKEN_KEYS") == before


def test_the_settings_read_what_the_script_writes(secrets, monkeypatch):
    for name in (*RINGS, "SECRET_KEY"):
        secrets.change(name)
        monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(f"{name}_FILE", str(secrets.folder / name))
    monkeypatch.setenv("SECRET_KEY_FALLBACKS_FILE", str(secrets.folder / "SECRET_KEY_FALLBACKS"))

    assert [next(iter(env.keys(name))) for name in RINGS] == [TODAY] * 4
    assert [env.text("SECRET_KEY")[:10], len(env.words("SECRET_KEY_FALLBACKS"))] == [TODAY, 1]


@pytest.mark.skipif(AGE is None, reason="age is not installed")
def test_copies_are_for_both_keys_while_that_of_the_copies_is_changed(tmp_path):
    """J3"""
    public = {}
    for name in ("old", "new"):
        subprocess.run([f"{AGE}-keygen", "-o", tmp_path / name], check=True, capture_output=True)
        told = subprocess.check_output([f"{AGE}-keygen", "-y", tmp_path / name], text=True)
        public[name] = told

    def opens(copy: str, identity: str) -> bool:
        sealed, target = tmp_path / f"wal-{copy}.gz.age", tmp_path / "back"
        opened = subprocess.run(
            [DEPLOY / "unseal", tmp_path / identity, sealed, target], capture_output=True
        )
        return opened.returncode == 0 and target.read_text() == "what was acknowledged"

    piece, recipients = tmp_path / "piece", tmp_path / "recipients"
    piece.write_text("what was acknowledged")
    places = {"BACKUP_FOLDER": str(tmp_path), "BACKUP_RECIPIENTS": str(recipients)}
    for copy, names in (("before", ["old"]), ("meanwhile", ["old", "new"]), ("after", ["new"])):
        recipients.write_text("".join(public[name] for name in names))
        subprocess.run([DEPLOY / "backup", "wal", piece, copy], check=True, env=os.environ | places)

    copies = ("before", "meanwhile", "after")
    assert [opens(copy, "old") for copy in copies] == [True, True, False]
    assert [opens(copy, "new") for copy in copies] == [False, True, True]
