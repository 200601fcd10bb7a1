"""Tables of figures: medians, and from where to where they went."""

from collections.abc import Sequence
from statistics import median


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, its first column to the left and the others to the right."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    print(f"\n{title}")
    for line in lines:
        cells = [cell.rjust(width) for cell, width in zip(line, widths, strict=True)]
        print("  ".join([line[0].ljust(widths[0]), *cells[1:]]).rstrip())


def middle(values: Sequence[float], form: str) -> str:
    """Return the median of the rounds as text."""
    return form.format(median(values))


def spread(values: Sequence[float], form: str) -> str:
    """Return the lowest and the highest of the rounds as text."""
    return f"{form.format(min(values))}…{form.format(max(values))}"
