"""Tables as CSV that a spreadsheet may open: no cell of ours becomes a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Model, QuerySet

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "|", "＝", "＋", "－", "＠")
ROWS_AT_ONCE = 2_000


class _Line:
    """A file of one line: what is written is returned."""

    def write(self, text: str) -> str:
        return text


def defused(value: Any) -> Any:
    """Return a cell that no spreadsheet calculates: text that begins like a formula gets a "'"."""
    return f"'{value}" if isinstance(value, str) and _is_formula(value) else value


def plain(cell: str) -> str:
    """Return what a defused cell was before."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _is_formula(text: str) -> bool:
    # One that is defused counts too, so that it comes back as it was.
    return text.lstrip(" '").startswith(FORMULA)


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Return the lines of a CSV file, each as soon as its row is there."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield writer.writerow([defused(cell) for cell in header])
    for row in rows:
        yield writer.writerow([defused(cell) for cell in row])


def newest_first(rows: QuerySet) -> Iterator[Model]:
    """Return all rows, a few at a time: no cursor stays open while a slow reader reads."""
    rows, last = rows.order_by("-pk"), None
    while piece := list((rows if last is None else rows.filter(pk__lt=last))[:ROWS_AT_ONCE]):
        yield from piece
        last = piece[-1].pk
