"""The files for containers, read closely: there is no engine where the tests run."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from planner.places import FOLDER

ROOT = Path(__file__).parents[2]
CONTAINERFILE = (ROOT / "Containerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
STEPS = [
    (name, rest.replace("\\\n", " "))
    for name, rest in re.findall(
        r"^([A-Z]+) ((?:.*\\\n)*.*)$", re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.M), re.M
    )
]


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_change_neither_itself_nor_its_rights(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] > 0
    assert "privileged" not in service


def test_only_nginx_is_reached_from_outside_and_only_mails_go_out():
    ports = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert ports == {"edge": ["80:80", "443:443", "127.0.0.1:9199:9199"]}
    assert [name for name, one in SERVICES.items() if one.get("network_mode") != "none"] == [
        "mails",
        "edge",
    ]


def test_only_the_sender_of_mails_knows_the_mail_server():
    assert [name for name, one in SERVICES.items() if "EMAIL_URL" in one.get("secrets", [])] == [
        "mails"
    ]
    named = {secret for one in SERVICES.values() for secret in one.get("secrets", [])}
    assert named == set(COMPOSE["secrets"])
    assert all(
        SERVICES["mails"]["environment"][f"{name}_FILE"] == f"/run/secrets/{name}" for name in named
    )


def test_every_service_tells_how_it_is():
    without = [name for name, one in SERVICES.items() if "healthcheck" not in one]

    # These two have their image's own.
    assert without == ["sync", "edge"]
    stages = re.split(r"^FROM ", CONTAINERFILE, flags=re.M)[1:]
    assert ["HEALTHCHECK" in stage for stage in stages] == [False, True, False, True]


def test_whoever_is_waited_for_is_there_and_tells_how_it_is():
    waited = {name for one in SERVICES.values() for name in one.get("depends_on", {})}

    assert waited == {"database", "migrate", "sync", "pages", "live", "staff"}


def test_each_service_is_the_role_that_its_work_needs():
    urls = {
        name: one["environment"].get("DATABASE_URL", "")
        for name, one in SERVICES.items()
        if "environment" in one
    }
    roles = {name: url.partition("//")[2].partition("@")[0] for name, url in urls.items() if url}

    assert roles == {
        "migrate": "planner_owner",
        "staff": "planner_staff",
        **dict.fromkeys(("sync", "pages", "live", "chores", "mails"), "planner_app"),
    }
    assert {
        name for name, one in SERVICES.items() if one.get("environment", {}).get("ADMIN") == "only"
    } == {"staff"}


def test_three_services_are_counted_together():
    counted = {
        name: (one["environment"]["PLANNER_SERVICE"], one["environment"][FOLDER])
        for name, one in SERVICES.items()
        if FOLDER in one.get("environment", {})
    }

    assert counted == {name: (name, "/run/planner/metrics") for name in ("sync", "pages", "live")}
    assert "install -d -o planner -g planner /run/planner /run/planner/metrics" in CONTAINERFILE
    assert all("sockets:/run/planner" in SERVICES[name]["volumes"] for name in counted)


def test_who_tells_of_the_certificate_and_of_copies_sees_them_and_changes_neither():
    seen = [one for one in SERVICES["pages"]["volumes"] if one.endswith(":ro")]

    assert [one.rpartition("}:")[2] for one in seen] == [
        f"{settings.CERTIFICATE.parent}:ro",
        f"{settings.BACKUP_FOLDER}:ro",
    ]
    # What the services read of it is not its key.
    assert 'install -m 600 "$work/privkey.pem"' in (ROOT / "deploy/certificate.sh").read_text()


def test_a_log_is_copied_as_soon_as_there_is_a_key_for_it(tmp_path):
    """J3"""
    [command] = [word for word in SERVICES["database"]["command"] if "archive_command" in word]
    command = command.partition("=")[2].replace("$$", "$").replace("%p", "piece")
    command = command.replace("%f", "000000010000000000000001")
    command = command.replace("/opt/planner/deploy", str(ROOT / "deploy"))
    key, kept = tmp_path / "recipients", tmp_path / "kept"
    (tmp_path / "piece").write_text("what changed")
    kept.mkdir()

    def copied():
        told = {"BACKUP_RECIPIENTS": key, "BACKUP_FOLDER": kept, "PATH": os.environ["PATH"]}
        subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, env=told, check=True)
        return [path.name for path in kept.iterdir()]

    before = copied()
    made = subprocess.run(["/usr/bin/age-keygen"], check=True, capture_output=True, text=True)
    key.write_text(re.search(r"age1\w+", made.stdout)[0])

    assert (before, copied()) == ([], ["wal-000000010000000000000001.gz.age"])


def test_the_metrics_of_a_container_are_open_to_whom_the_engine_lets_in():
    [told] = [rest for name, rest in STEPS if name == "RUN" and "9199" in rest]
    sites = subprocess.run(
        [
            "/usr/bin/sed",
            re.search(r'sed -i "(s/listen .*?)"', told)[1],
            ROOT / "nginx/planner.conf",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert "listen 9199;" in sites
    assert "127.0.0.1" not in sites
    assert "deny" not in sites


def test_an_image_runs_as_nobody_special():
    users = [rest for name, rest in STEPS if name in ("FROM", "USER")]
    stages = " ".join(users).split("docker.io/")[1:]

    assert [stage.split()[-1] for stage in stages] == ["built", "10001", "postgres", "101"]


def test_images_are_named_with_a_version():
    images = [rest.split()[0] for name, rest in STEPS if name == "FROM"]

    assert [image for image in images if not re.search(r":\d+[\w.-]+$", image)] == []


def test_what_is_copied_is_there_and_libraries_are_checked():
    copied = [rest.split() for name, rest in STEPS if name == "COPY"]
    sources = [word for words in copied if not words[0].startswith("--from") for word in words[:-1]]

    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [name for name, _rest in STEPS if name == "ADD"] == []
    assert [
        rest for name, rest in STEPS if "pip install" in rest and "--require-hashes" not in rest
    ] == []
    assert {".git", ".local", ".venv", "deploy/secrets", "deploy/tls", "deploy/copies"} <= set(
        (ROOT / ".dockerignore").read_text().split()
    )
