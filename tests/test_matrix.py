"""Every attack and fault that was thought of has a test: its docstring names the row."""

import re
from pathlib import Path

LAST = {"A": 10, "B": 12, "C": 12, "D": 10, "E": 14, "F": 12, "G": 8, "H": 12, "I": 6, "J": 4}


def test_every_row_of_the_matrix_is_named_by_a_test():
    rows = {f"{letter}{number + 1}" for letter, last in LAST.items() for number in range(last)}
    told = " ".join(
        docstring
        for path in Path(__file__).parent.rglob("*.py")
        for docstring in re.findall(r'"""(.*?)"""', path.read_text(), re.DOTALL)
    )

    assert rows - set(re.findall(r"\b([A-J]\d{1,2})r?\b", told)) == set()
