"""Values from the environment: typed, also from files, and refused in one clear line."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from planner import env

KEY = base64.b64encode(b"k" * 32).decode()
OLDER = base64.b64encode(b"o" * 48).decode()
NAMES = ("SECRET_KEY", "USER_TOKEN_KEYS")
PROCESSES = 8
MAKE_SECRETS = f"""
import os, pathlib, sys
from planner import env
sys.stdin.readline()
env.development_secrets(pathlib.Path(sys.argv[1]), {NAMES!r})
print(os.environ["SECRET_KEY"], os.environ["USER_TOKEN_KEYS"])
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """An environment of this test's own; a refusal also shortens the traces of this process."""
    monkeypatch.setattr(sys, "tracebacklimit", 1_000, raising=False)
    for name in ("X", "X_FILE", *NAMES):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def refusal(read, *arguments) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        read(*arguments)
    return str(caught.value)


def test_a_text_is_the_value_or_the_default(environment):
    assert env.text("X", "default") == "default"
    environment.setenv("X", " as it is ")
    assert env.text("X", "default") == " as it is "


@pytest.mark.parametrize("value", [None, ""])
def test_a_text_without_value_and_default_is_refused(environment, value):
    if value is not None:
        environment.setenv("X", value)

    assert refusal(env.text, "X") == "X is not set"
    assert env.text("X", "default") == "default"


def test_a_file_gives_the_value_without_the_line_end_and_wins(environment, tmp_path):
    path = tmp_path / "x"
    path.write_text("from a file\n")
    environment.setenv("X_FILE", str(path))
    environment.setenv("X", "from the environment")

    assert env.text("X") == "from a file"
    assert env.is_set("X")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "X_FILE cannot be read: No such file or directory"),
        (b"\xff\xfe", "X_FILE cannot be read: it is not text"),
        (b"\n", "X is not set"),
    ],
)
def test_a_file_that_gives_nothing_is_refused(environment, tmp_path, content, reason):
    path = tmp_path / "x"
    if content is not None:
        path.write_bytes(content)
    environment.setenv("X_FILE", str(path))

    assert refusal(env.text, "X") == reason


@pytest.mark.parametrize("value", ["1", "true", "TRUE", "on", "On", "yes", "YES"])
def test_a_flag_is_on(environment, value):
    environment.setenv("X", value)

    assert env.flag("X") is True


@pytest.mark.parametrize("value", ["0", "false", "FALSE", "off", "Off", "no", "NO"])
def test_a_flag_is_off(environment, value):
    environment.setenv("X", value)

    assert env.flag("X", default=True) is False


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_flag_has_its_default(environment, default):
    assert env.flag("X", default) is default
    environment.setenv("X", "")
    assert env.flag("X", default) is default


def test_another_word_is_no_flag(environment):
    environment.setenv("X", "maybe")

    assert refusal(env.flag, "X") == "X must be on or off, not 'maybe'"


@pytest.mark.parametrize(
    ("value", "words"),
    [("", []), ("a", ["a"]), (" a , b,,c ", ["a", "b", "c"]), (" , ", [])],
)
def test_words_are_separated_by_commas(environment, value, words):
    environment.setenv("X", value)

    assert env.words("X") == words


def test_keys_are_read_in_their_order(environment):
    environment.setenv("X", f"new:{KEY}, old:{OLDER}")

    assert list(env.keys("X").items()) == [("new", b"k" * 32), ("old", b"o" * 48)]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "X is not set"),
        (",", "X is not set"),
        (KEY, "X: a key needs an id and at least 32 bytes"),
        (f":{KEY}", "X: a key needs an id and at least 32 bytes"),
        ("a:c2hvcnQ=", "X: a key needs an id and at least 32 bytes"),
        (f"a:{KEY},b:***", "X: the key 'b' is not base64"),
    ],
)
def test_keys_that_are_none_are_refused_and_not_shown(environment, value, reason):
    environment.setenv("X", value)

    assert refusal(env.keys, "X") == reason


def test_development_secrets_are_made_once_for_their_owner_alone(environment, tmp_path):
    path = tmp_path / "new" / "secrets.json"

    env.development_secrets(path, NAMES)
    first = [os.environ.pop(name) for name in NAMES]
    env.development_secrets(path, NAMES)

    assert [os.environ[name] for name in NAMES] == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert len(env.keys("USER_TOKEN_KEYS")["dev"]) == 32


def test_a_secret_that_is_set_stays(environment, tmp_path):
    environment.setenv("SECRET_KEY", "mine")

    env.development_secrets(tmp_path / "secrets.json", NAMES)

    assert os.environ["SECRET_KEY"] == "mine"
    assert "dev" in env.keys("USER_TOKEN_KEYS")


def test_no_file_is_made_where_all_secrets_are_set(environment, tmp_path):
    for name in NAMES:
        environment.setenv(name, "mine")

    env.development_secrets(tmp_path / "secrets.json", NAMES)

    assert list(tmp_path.iterdir()) == []


def test_a_file_of_an_older_version_gets_what_it_lacks(environment, tmp_path):
    path = tmp_path / "secrets.json"
    path.write_text('{"SECRET_KEY": "old"}')

    env.development_secrets(path, NAMES)
    first = [os.environ.pop(name) for name in NAMES]
    env.development_secrets(path, NAMES)

    assert first[0] == "old"
    assert [os.environ[name] for name in NAMES] == first


def test_many_processes_that_start_at_once_agree_on_the_secrets(tmp_path):
    path = tmp_path / "secrets.json"
    root = Path(__file__).parents[2]
    given = {name: value for name, value in os.environ.items() if name not in NAMES}
    command = [sys.executable, "-c", MAKE_SECRETS, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, cwd=root, env=given, **pipes) for _ in range(PROCESSES)]

    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = {process.communicate()[0] for process in running}

    assert len(told) == 1
    assert [process.returncode for process in running] == [0] * PROCESSES
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "value", ["https://planner.example", "http://127.0.0.1:8000", "https://[2001:db8::1]"]
)
def test_an_origin_is_a_scheme_and_a_host(environment, value):
    environment.setenv("X", value)

    assert env.origin("X", "http://other.example") == value


@pytest.mark.parametrize(
    "value",
    [
        *(
            "planner.example",
            "https://",
            "https://a.example/",
            "https://a.example/x",
            "ftp://a.org",
        ),
        *(
            "https://a.example?b",
            "https://me@a.example",
            "https://a.example:port",
            "https://*.a.org",
        ),
    ],
)
def test_anything_else_is_no_origin(environment, value):
    environment.setenv("X", value)

    assert refusal(env.origin, "X", "") == f"X must be like https://planner.example, not {value!r}"


@pytest.mark.parametrize(
    ("url", "backend", "others"),
    [
        ("", "dummy", {}),
        ("console:", "console", {}),
        ("file:///var/mails%20out", "filebased", {"EMAIL_FILE_PATH": "/var/mails out"}),
        ("smtp://localhost", "smtp", {"EMAIL_HOST": "localhost", "EMAIL_PORT": 25}),
        (
            "smtp+starttls://me%40example.org:p%2Fw@mail.example",
            "smtp",
            {
                "EMAIL_HOST": "mail.example",
                "EMAIL_PORT": 587,
                "EMAIL_HOST_USER": "me@example.org",
                "EMAIL_HOST_PASSWORD": "p/w",
                "EMAIL_USE_TLS": True,
            },
        ),
        (
            "smtps://mail.example:4650",
            "smtp",
            {"EMAIL_HOST": "mail.example", "EMAIL_PORT": 4650, "EMAIL_USE_SSL": True},
        ),
    ],
)
def test_a_mail_server_is_one_url(environment, url, backend, others):
    environment.setenv("X", url)

    assert (
        env.mail("X", "")
        == {
            "EMAIL_BACKEND": f"django.core.mail.backends.{backend}.EmailBackend",
            "EMAIL_FILE_PATH": None,
            "EMAIL_HOST": "",
            "EMAIL_PORT": None,
            "EMAIL_HOST_USER": "",
            "EMAIL_HOST_PASSWORD": "",
            "EMAIL_USE_SSL": False,
            "EMAIL_USE_TLS": False,
        }
        | others
    )


@pytest.mark.parametrize("url", ["mail.example", "imap://mail.example", "smtp:", "smtp://a:port"])
def test_what_is_no_mail_server_is_refused_without_its_password(environment, url):
    environment.setenv("X", url)

    assert refusal(env.mail, "X", "") == "X is not the URL of a mail server"


@pytest.mark.parametrize("value", ["", "mailto:a@b.example", "https://planner.example/report"])
def test_a_contact_is_an_address_or_a_page(environment, value):
    environment.setenv("X", value)

    assert env.contact("X") == value


@pytest.mark.parametrize(
    "value", ["a@b.example", "http://b.example", "mailto:", "https://", "mailto:a@b\nExpires: now"]
)
def test_another_contact_stops_the_start(environment, value):
    environment.setenv("X", value)

    with pytest.raises(ImproperlyConfigured, match="^X must begin with mailto: or https://, not "):
        env.contact("X")
