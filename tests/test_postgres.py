"""The private PostgreSQL: it starts, it is private, it keeps what was committed, it goes away."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests.postgres import new_database, private_postgres


def ask(url: str, question: str) -> object:
    """Return the one value that a query gives."""
    parts = urlsplit(url)
    connection = psycopg2.connect(
        host=parts.query.removeprefix("host="), user=parts.username, dbname=parts.path[1:]
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(question)
        value = cursor.fetchone()[0]
    connection.close()
    return value


@pytest.fixture(scope="module")
def url():
    with private_postgres() as url:
        yield url


def test_it_answers_as_postgresql(url):
    assert ask(url, "SELECT version()").startswith("PostgreSQL ")


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_it_keeps_the_default_durability(url, setting):
    assert ask(url, f"SHOW {setting}") == "on"


def test_it_listens_in_its_own_folder_only(url):
    folder = Path(urlsplit(url).query.removeprefix("host="))

    assert ask(url, "SHOW listen_addresses") == ""
    assert folder.stat().st_mode & 0o077 == 0


def test_it_gives_databases_apart(url):
    other = new_database(url)

    ask(url, "CREATE TABLE here (); SELECT 1")

    assert ask(other, "SELECT to_regclass('here')") is None


def test_the_command_gets_the_database_and_its_status_is_kept():
    report = "import os, sys; print(os.environ['DATABASE_URL']); sys.exit(7)"
    command = [sys.executable, "-m", "tests.postgres", "--fast", "--", sys.executable, "-c", report]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    folder = urlsplit(done.stdout.strip()).query.removeprefix("host=")

    assert done.returncode == 7
    assert folder.startswith("/")
    assert not Path(folder).exists()
