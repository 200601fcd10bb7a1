"""What the server tells Prometheus, and what its alert rules and its dashboard ask for."""

import json
import re
from math import inf
from pathlib import Path

import pytest
import time_machine
import yaml
from django.db import OperationalError, connection
from prometheus_client.parser import text_string_to_metric_families

from planner import chores
from tests.backups.api import Api, task
from tests.vitals import pretend, pretend_dead_rows

ROOT = Path(__file__).parents[1]
MONITORING = ROOT / "deploy/monitoring"
SAID = {"summary", "description"}
NAME = re.compile(r"\bplanner_[a-z_]+")

pytestmark = pytest.mark.django_db


def told(client):
    """Return every sample of /metrics: {(name, *label values): value}."""
    answer = client.get("/metrics")
    assert (answer.status_code, answer["Content-Type"][:10]) == (200, "text/plain")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def grown(client, act):
    """Return what became more between two looks, without what looking itself does."""
    before = told(client)
    act()
    after = told(client)
    changes = {key: value - before.get(key, 0) for key, value in after.items()}
    return {
        key: change
        for key, change in changes.items()
        if change and key[0].startswith("planner_") and "metrics" not in key
    }


def test_a_request_is_counted_by_its_route_and_not_by_its_address(client):
    more = grown(client, lambda: client.get("/problems/conflict"))

    assert more[("planner_http_requests_total", "GET", "problems/<slug:slug>", "200")] == 1
    assert more[("planner_http_request_seconds_count", "problems/<slug:slug>")] == 1


def test_what_a_client_makes_up_makes_no_series_of_its_own(client):
    more = grown(client, lambda: client.generic("BREW", "/no/such/page/"))

    assert more[("planner_http_requests_total", "other", "none", "404")] == 1
    assert not any("BREW" in key or "such" in key for key in more)


def test_a_sync_is_counted_with_what_became_of_its_changes(client, device, unit):
    tablet = Api.of_device(unit)

    more = grown(client, lambda: tablet.push(task=[task()]))

    assert more[("planner_syncs_total", "done")] == 1
    assert more[("planner_sync_changes_total", "applied")] == 1
    assert more[("planner_entries", "live")] == 1


def test_a_wrong_password_is_counted(client):
    form = {"username": "nobody", "password": "not-the-password"}

    more = grown(client, lambda: client.post("/login/", form))

    assert more[("planner_password_checks_total", "wrong")] == 1


def test_the_age_of_every_chore_that_was_done_is_told(client):
    done = [chore.name for chore in chores.run_due()]

    ages = {key[1]: age for key, age in told(client).items() if "chore_age" in key[0]}

    assert sorted(ages) == done
    assert all(0 <= age < chores.HOUR for age in ages.values())


def test_the_age_of_the_last_copy_is_told_and_endless_without_one(client, settings, tmp_path):
    settings.BACKUP_FOLDER = tmp_path
    assert told(client)[("planner_copy_age_seconds",)] == inf

    for day in ("20261122", "20261121"):
        (tmp_path / f"base-{day}T023000Z.tar.gz.age").touch()
    with time_machine.travel("2026-11-22T02:40:00Z", tick=False):
        assert told(client)[("planner_copy_age_seconds",)] == 600


def test_deadlocks_are_told_as_postgresql_counts_them(client):
    pretend("pg_stat_database", "current_database() AS datname, 3 AS deadlocks")

    assert told(client)[("planner_database_deadlocks",)] == 3


@pytest.mark.parametrize(
    ("dead", "part"), [(10_000, None), (10_001, 10_001 / 20_001)], ids=["few", "many"]
)
def test_the_part_of_dead_rows_is_told_where_there_are_many(client, dead, part):
    pretend_dead_rows(dead, 10_000)

    assert told(client).get(("planner_database_dead_ratio", "backups_backup")) == part


def test_the_age_of_the_oldest_transaction_is_told(client):
    others = "0 AS pid, current_database() AS datname, 'active' AS state"
    pretend("pg_stat_activity", f"{others}, clock_timestamp() - interval '2 hours' AS xact_start")

    age = told(client)[("planner_database_oldest_transaction_seconds",)]

    assert 7_200 <= age < 7_260


def test_while_the_database_is_away_the_counters_are_told_and_that_it_is(client):
    def away(*_arguments):
        raise OperationalError("away")

    with connection.execute_wrapper(away):
        answer = told(client)

    assert answer[("planner_database_up",)] == 0
    assert ("planner_devices", "claimed") not in answer
    assert any(key[0] == "planner_http_requests_total" for key in answer)


def test_who_comes_through_the_proxy_sees_no_metrics(client):
    answer = client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"})

    assert answer.status_code == 404
    assert b"planner_http" not in answer.content


def test_each_alert_and_each_panel_asks_for_metrics_that_there_are_and_is_explained(client):
    client.post("/login/", {"username": "nobody", "password": "not-the-password"})
    chores.run_due()
    answer = client.get("/metrics").content.decode()
    known = {family.name for family in text_string_to_metric_families(answer)}
    asked = NAME.findall((MONITORING / "alerts.yaml").read_text())
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    asked += [
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in NAME.findall(target["expr"])
    ]
    manual = (ROOT / "docs/monitoring.md").read_text()
    written = NAME.findall(manual)
    [group] = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"]
    assert {rule["labels"]["severity"] for rule in group["rules"]} == {"page", "ticket"}
    alerts = [rule["alert"] for rule in group["rules"] if rule["annotations"].keys() == SAID]
    assert sorted(re.findall(r"`(Planner\w+)`", manual)) == sorted(alerts)

    families = {re.sub("_(total|bucket|count|sum)$", "", name) for name in (*asked, *written)}

    assert families - known == set()
    assert {name for name in known if name.startswith("planner_")} - {
        re.sub("_total$", "", name) for name in written
    } == set()
