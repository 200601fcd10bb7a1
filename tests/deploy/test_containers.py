"""The files for containers, read closely: there is no engine where the tests run."""

import re
from pathlib import Path

import pytest
import yaml

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
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["edge"]
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
    assert ["HEALTHCHECK" in stage for stage in stages] == [False, True, True]


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


def test_an_image_runs_as_nobody_special():
    users = [rest for name, rest in STEPS if name in ("FROM", "USER")]
    stages = " ".join(users).split("docker.io/")[1:]

    assert [stage.split()[-1] for stage in stages] == ["built", "10001", "101"]


def test_images_are_named_with_a_version():
    images = [rest.split()[0] for name, rest in STEPS if name == "FROM"]
    images.append(SERVICES["database"]["image"])

    assert [image for image in images if not re.search(r":\d+[\w.-]+$", image)] == []


def test_what_is_copied_is_there_and_libraries_are_checked():
    copied = [rest.split() for name, rest in STEPS if name == "COPY"]
    sources = [words[0] for words in copied if not words[0].startswith("--from")]

    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [name for name, _rest in STEPS if name == "ADD"] == []
    assert [
        rest for name, rest in STEPS if "pip install" in rest and "--require-hashes" not in rest
    ] == []
    assert {".git", ".local", ".venv", "deploy/secrets", "deploy/tls"} <= set(
        (ROOT / ".dockerignore").read_text().split()
    )
