"""The table of limits names every bucket, with the numbers that hold."""

import re
from importlib import import_module
from pathlib import Path

from planner.buckets import NEVER, Limit
from tests.test_architecture import product_files

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `([\w-]+)` \| (\d+) \| (.+?) \|", re.MULTILINE)
PERIODS = {"20 min": 1200.0, "1 h": 3600.0, "1 d": 86_400.0, "never": NEVER}


def test_every_limit_stands_in_the_table_as_it_is():
    modules = [path.removesuffix(".py").replace("/", ".") for path in product_files()]
    limits = {
        value
        for module in modules
        if "Limit(" in (ROOT / f"{module.replace('.', '/')}.py").read_text()
        for value in vars(import_module(module)).values()
        if isinstance(value, Limit)
    }

    rows = ROW.findall((ROOT / "docs" / "limits.md").read_text())

    said = {(kind, int(tries), PERIODS[period]) for kind, tries, period in rows}
    assert said == {(limit.kind, limit.capacity, limit.period) for limit in limits}
