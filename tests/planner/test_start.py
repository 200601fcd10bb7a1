"""How the server starts: what it needs, what it says when that is missing, and what it sets."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUP = "import django; django.setup()"
KEYS = {
    name: f"a:{base64.b64encode(os.urandom(32)).decode()}"
    for name in ("USER_TOKEN_KEYS", "DEVICE_TOKEN_KEYS", "CLAIM_PEPPERS", "SECOND_FACTOR_KEYS")
}
PRODUCTION = KEYS | {"SECRET_KEY": KEYS["CLAIM_PEPPERS"] * 2, "ALLOWED_HOSTS": "planner.example"}


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment that holds nothing but what a start needs."""
    bare = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "planner.settings",
        "PLANNER_LOCAL_DIR": str(folder),
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=bare | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(folder: Path, names: list[str], **environment: str) -> dict:
    """Return some settings as that environment makes them."""
    script = (
        "import json, sys; from django.conf import settings;"
        "print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))"
    )
    done = run(folder, "-c", script, *names, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("missing", PRODUCTION)
def test_a_missing_value_stops_the_start_with_one_line(tmp_path, missing):
    given = {name: value for name, value in PRODUCTION.items() if name != missing}

    done = run(tmp_path, "-c", SETUP, **given)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"django.core.exceptions.ImproperlyConfigured: {missing} is not set\n"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", "perhaps", "DEBUG must be on or off, not 'perhaps'"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is not a database's URL"),
        ("EMAIL_URL", "nonsense", "EMAIL_URL is not the URL of a mail server"),
        ("SITE_URL", "x.org", "SITE_URL must be like https://planner.example, not 'x.org'"),
        ("ALLOWED_HOSTS", "*", "SITE_URL must be like https://planner.example, not 'https://*'"),
        ("POOLER_URL", "postgres:///x", "POOLER_URL needs DATABASE_URL beside it"),
        ("ADMIN", "yes", "ADMIN must be on or off or only, not 'yes'"),
        ("DATABASE_URL", "postgres://h:port/x", "DATABASE_URL is not a database's URL"),
        (
            "SECRET_KEY_FILE",
            "/no/such",
            "SECRET_KEY_FILE cannot be read: No such file or directory",
        ),
    ],
)
@pytest.mark.parametrize(
    "command", [("-c", SETUP), ("manage.py", "check")], ids=["setup", "manage"]
)
def test_a_wrong_value_stops_the_start_with_one_line(tmp_path, command, name, value, said):
    done = run(tmp_path, *command, **PRODUCTION | {name: value})

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"django.core.exceptions.ImproperlyConfigured: {said}\n"


def test_behind_a_pooler_nothing_is_kept_in_a_session(tmp_path):
    urls = {"DATABASE_URL": "postgres:///plans", "POOLER_URL": "postgres:///plans?host=/pooler"}
    names = ["DATABASES", "PREPARED_STATEMENTS"]

    found = settings_of(tmp_path, names, **urls, **PRODUCTION)

    database = found["DATABASES"]["default"]
    assert (database["OPTIONS"], database["USER"]) == ({"host": "/pooler"}, "")
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert found["PREPARED_STATEMENTS"] is False


def test_a_bare_gunicorn_starts_with_debug_alone(tmp_path):
    arguments = ("-m", "gunicorn", "planner.wsgi:application", "--check-config")

    done = run(tmp_path, *arguments, DEBUG="1")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_djangos_own_checks_for_a_deployment_find_nothing(tmp_path):
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (0 silenced).\n"
    assert list(tmp_path.iterdir()) == []


COOKIES = [
    *("COOKIE_PREFIX", "COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"),
    *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
    *("SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY", "SECURE_SSL_REDIRECT"),
]


def test_in_production_all_cookies_are_for_this_host_over_tls(tmp_path):
    assert settings_of(tmp_path, COOKIES, **PRODUCTION) == {
        "COOKIE_PREFIX": "__Host-",
        "COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SECURE_SSL_REDIRECT": True,
    }


def test_in_development_cookies_work_over_plain_http(tmp_path):
    assert settings_of(tmp_path, COOKIES, DEBUG="on") == {
        "COOKIE_PREFIX": "",
        "COOKIE_SECURE": False,
        "SESSION_COOKIE_NAME": "session",
        "CSRF_COOKIE_NAME": "csrf",
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SECURE_SSL_REDIRECT": False,
    }


def test_the_database_is_a_file_of_this_machine_until_a_url_names_another(tmp_path):
    own = settings_of(tmp_path, ["DATABASES"], DEBUG="on")
    url = "postgres://planner:pw@db.example:6543/plans"
    other = settings_of(tmp_path, ["DATABASES"], DATABASE_URL=url, **PRODUCTION)

    assert own["DATABASES"]["default"]["NAME"] == str(tmp_path / "planner.sqlite3")
    engine, host, port, name = (
        other["DATABASES"]["default"][key] for key in ("ENGINE", "HOST", "PORT", "NAME")
    )
    assert (engine, host, port, name) == (
        "django.db.backends.postgresql",
        "db.example",
        6543,
        "plans",
    )
