"""`manage.py doctor` says in plain words what is wrong with an installation."""

import subprocess
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts import mails, outbox
from accounts.models import Mail
from planner import chores, disks, doctor
from planner.models import Chore
from tests.factories import PASSWORD
from tests.vitals import pretend, pretend_dead_rows

pytestmark = pytest.mark.django_db
CERTIFICATE = Path(__file__).parents[1] / "deploy" / "certificate.sh"
STRAY = "base-of-Z.tar.gz.age"
# The PostgreSQL of most tests forgets when it falls.
FORGETFUL = ("fsync is off", "full_page_writes is off")


@pytest.fixture
def well(settings, django_user_model, tmp_path):
    """An installation that lacks nothing."""
    settings.STAFF_SECOND_FACTOR = False
    settings.ALLOWED_HOSTS = ["planner.example"]
    settings.SITE_URL = "https://planner.example"
    settings.BACKUP_FOLDER = tmp_path
    settings.CERTIFICATE = tmp_path / "none"
    copied(tmp_path, timedelta(hours=9))
    list(chores.run_due())
    django_user_model.objects.create_superuser("root", email="root@example.org", password=PASSWORD)


def copied(folder: Path, ago: timedelta) -> None:
    """Leave a copy of the database as deploy/backup does, but empty."""
    (folder / f"base-{timezone.now() - ago:%Y%m%dT%H%M%SZ}.tar.gz.age").touch()


def found(*about: str) -> list[tuple[str, str]]:
    """Return what the diagnoses of these sides say: level and words."""
    return [
        (finding.level, finding.words)
        for side, findings in doctor.examine()
        if side in about
        for finding in findings
    ]


SQLITE = ("risk", "Everything is in SQLite.")


def test_of_a_sound_installation_it_says_that_all_is_well(well):
    assert found("clock", "certificate", "chores", "copies", "mails", "staff") == []


def test_sqlite_is_a_risk_and_a_durable_postgresql_is_well(well):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")

    said = [words for words in found("database") if not words[1].startswith(FORGETFUL)]

    assert said == ([] if connection.vendor == "postgresql" else [SQLITE])


def test_migrations_that_wait_are_a_fault(well):
    MigrationRecorder(connection).record_unapplied("planner", "0001_initial")

    assert ("fault", "1 migrations are not applied.") in found("database")


def test_a_database_that_does_not_answer_is_a_fault_of_each_side_that_asks_it(well):
    def away(*_arguments):
        raise OperationalError("secret-host")

    with connection.execute_wrapper(away):
        said = found("chores", "mails", "staff")

    # A driver may name it by another error from the second question on.
    assert [(level, words.partition(":")[0]) for level, words in said] == [
        ("fault", "The database did not answer")
    ] * 3
    assert "secret-host" not in str(said)


def test_a_chore_that_is_three_times_late_is_a_fault(well):
    Chore.objects.filter(name="sync-reports").update(ran_at=timezone.now() - timedelta(hours=4))
    Chore.objects.filter(name="old-mails").update(ran_at=timezone.now() - timedelta(days=4))

    assert found("chores") == [
        ("fault", "old-mails was not done for 4 days."),
        ("fault", "sync-reports was not done for 4 hours."),
    ]


def test_without_any_chore_done_the_timer_does_not_run(db):
    assert found("chores") == [("fault", "No chore was ever done.")]


def test_a_database_of_which_no_copy_is_made_is_a_risk(db, settings, tmp_path):
    words = "No copy of the database was made: all is lost with its disk."
    for name in ("dump-20261122T033000Z.age", STRAY):
        (tmp_path / name).touch()

    for folder in (tmp_path, tmp_path / "nowhere"):
        settings.BACKUP_FOLDER = folder
        assert found("copies") == [("risk", words)]


def test_copies_that_are_made_no_more_are_a_fault(db, settings, tmp_path):
    settings.BACKUP_FOLDER = tmp_path
    for ago in (timedelta(days=5), timedelta(days=3, hours=2)):
        copied(tmp_path, ago)
    (tmp_path / STRAY).touch()

    assert found("copies") == [("fault", "The last copy of the database was made 3 days ago.")]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (69, []),
        (70, ["is good for 19 days"]),
        (89, ["is good for 0 days"]),
        (90, ["is over"]),
    ],
)
def test_a_certificate_that_ends_soon_is_a_fault(well, settings, tmp_path, days, said):
    subprocess.run([CERTIFICATE, tmp_path, "planner.example"], check=True, capture_output=True)
    settings.CERTIFICATE = tmp_path / "fullchain.pem"

    with time_machine.travel(timezone.now() + timedelta(days=days)):
        assert found("certificate") == [
            ("fault", f"The certificate {words}: afterwards no device and no browser connects.")
            for words in said
        ]


def test_a_certificate_that_cannot_be_read_is_over_and_none_is_none_of_ours(
    well, settings, tmp_path
):
    settings.CERTIFICATE = tmp_path / "fullchain.pem"
    assert found("certificate") == []

    settings.CERTIFICATE.write_text("cut off")

    [(level, words)] = found("certificate")
    assert (level, words[:23]) == ("fault", "The certificate is over")


def test_a_disk_that_fills_up_is_a_risk(well, settings, monkeypatch, tmp_path):
    settings.BASE_DIR = settings.BACKUP_FOLDER = tmp_path
    monkeypatch.setattr(disks, "USED", ())
    monkeypatch.setattr(disks.os, "statvfs", lambda _: SimpleNamespace(f_bavail=99, f_blocks=1_000))

    assert found("room") == [("risk", f"The disk of {tmp_path} has 9 % left.")]


def test_a_log_that_cannot_be_copied_is_a_fault(well):
    row = "now() AS last_failed_time, NULL::timestamptz AS last_archived_time"
    pretend("pg_stat_archiver", row)

    assert [words[:42] for _, words in found("copies")] == [
        "PostgreSQL cannot copy its log of changes,"
    ]


@pytest.mark.parametrize(
    ("dead", "said"),
    [(40_000, []), (60_000, [("risk", "50 % of the rows of backups_backup are dead.")])],
)
def test_rows_that_nobody_clears_away_are_a_risk(well, dead, said):
    pretend_dead_rows(dead, 60_000)

    assert [one for one in found("database") if "rows" in one[1]] == said


def test_mails_that_nobody_sends_are_a_fault_and_those_given_up_a_risk(well):
    for _ in range(2):
        mails.post("password-changed", to="alice@example.org")
    late, dead = Mail.objects.order_by("pk")
    Mail.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(minutes=20))
    Mail.objects.filter(pk=dead.pk).update(attempts=outbox.MOST_ATTEMPTS)

    assert found("mails") == [
        ("fault", "1 mails were not even tried."),
        ("risk", "1 mails were given up."),
    ]


def test_an_admin_that_nobody_can_open_is_a_risk(well, settings, django_user_model):
    settings.STAFF_SECOND_FACTOR = True
    without_factor = found("staff")
    django_user_model.objects.update(is_active=False)

    assert without_factor == [
        ("risk", "No superuser has a second factor, which the admin asks for.")
    ]
    assert found("staff") == [("risk", "Nobody may open all of the admin.")]


def test_links_in_mails_that_lead_nowhere_are_a_fault(well, settings):
    settings.ALLOWED_HOSTS = ["other.example"]

    words = "Links in mails lead to planner.example, which this server refuses."
    assert ("fault", words) in found("settings")


def test_durability_that_is_switched_off_is_a_fault(well):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is set by the server itself")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    assert (
        "fault",
        "synchronous_commit is off: a power cut loses what devices were told is kept.",
    ) in found("database")


def test_the_command_says_what_is_well_what_is_not_and_what_to_do(well):
    Chore.objects.filter(name="old-mails").update(ran_at=timezone.now() - timedelta(days=4))
    out = StringIO()

    with pytest.raises(CommandError, match="to mend"):
        call_command("doctor", stdout=out)

    lines = out.getvalue().splitlines()
    place = lines.index("chores:")
    assert lines[place + 1 : place + 3] == [
        "  fault: old-mails was not done for 4 days.",
        "    Does planner-chores.timer run? deploy/manage chores says what fails.",
    ]
    assert "mails: well" in lines
