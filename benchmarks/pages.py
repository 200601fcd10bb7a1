"""What every page costs with 1,000 entries in the plan, beside that of an almost empty one.

Run as `python -m tests.postgres --fast -- python -m benchmarks.pages`.
"""

import argparse
import gc
import logging
import os
import time
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.models import Value  # noqa: E402
from django.db.models.functions import Concat  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.report import show  # noqa: E402
from tests.access import Scene, make_scene  # noqa: E402
from tests.pages import Page, addresses, crowd, furnish, look, takes_forms_alone  # noqa: E402

ENTRIES = 1_000
MOST = 4
"""So many times the CPU of an almost empty plan may a page take."""


def scenes(entries: int) -> tuple[Scene, Scene]:
    """Make two scenes in one database, the second with so many entries more."""
    few = make_scene()
    furnish(few)
    User.objects.update(username=Concat(Value("few-"), "username"))
    many = make_scene()
    furnish(many)
    crowd(many, entries)
    return few, many


def milliseconds(scene: Scene, page: Page) -> float:
    """Return the CPU time of this process that a page takes."""
    start = time.process_time()
    look(scene, page)
    return 1000 * (time.process_time() - start)


def measure(few: Scene, many: Scene, rounds: int) -> list[tuple[str, float, float, int]]:
    """Return each page with its median cost in both scenes, and its bytes in the second."""
    found = []
    for small, large in zip(addresses(few), addresses(many), strict=True):
        answer = look(many, large)
        if takes_forms_alone(answer) or large.name.startswith("/admin/"):
            continue
        look(few, small)
        pairs = [(milliseconds(few, small), milliseconds(many, large)) for _ in range(rounds)]
        cheap, dear = (median(each) for each in zip(*pairs, strict=True))
        found.append((large.name, cheap, dear, len(answer.content)))
    return found


def main() -> None:
    """Measure, and print the pages by their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DEBUG = False
    logging.disable()
    call_command("migrate", verbosity=0)
    made = scenes(options.entries)
    # As deploy/gunicorn.conf.py does: what was loaded before is no part of a page's cost.
    gc.collect()
    gc.freeze()
    measured = measure(*made, options.rounds)
    measured.sort(key=lambda row: row[1] / row[2])
    rows = [
        [name, f"{few:.1f}", f"{many:.1f}", f"{many / few:.1f}", f"{size:,}"]
        for name, few, many, size in measured
    ]
    show(
        f"CPU of a page, {options.entries:,} entries",
        ["page", "few ms", "many ms", "ratio", "bytes"],
        rows,
    )
    over = [name for name, few, many, _size in measured if many > MOST * few]
    print(f"\nOver {MOST} times: {', '.join(over) or 'none'}")


if __name__ == "__main__":
    main()
