"""Label sheets: where each label stands, and what a camera reads from it. Pure values."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import segno
from django.utils.translation import gettext_lazy as _

PADDING = 2.0
MARK = 2.0
"""Millimetres around a label's content, and of a cut mark."""


class Sheet(NamedTuple):
    """A page of labels; all lengths in millimetres, `pitch` from one label to the next."""

    title: str
    page: tuple[float, float]
    label: tuple[float, float]
    grid: tuple[int, int]
    margin: tuple[float, float]
    pitch: tuple[float, float]

    @property
    def count(self) -> int:
        """How many labels stand on a page."""
        return self.grid[0] * self.grid[1]


A4, LETTER = (210.0, 297.0), (215.9, 279.4)
SHEETS = {
    "l7160": Sheet(
        _("Avery L7160: A4, 21 labels of 63.5 × 38.1 mm"),
        A4, (63.5, 38.1), (3, 7), (7.2, 15.1), (66.0, 38.1),
    ),
    "l7163": Sheet(
        _("Avery L7163: A4, 14 labels of 99.1 × 38.1 mm"),
        A4, (99.1, 38.1), (2, 7), (4.7, 15.1), (101.6, 38.1),
    ),
    "l7159": Sheet(
        _("Avery L7159: A4, 24 labels of 63.5 × 33.9 mm"),
        A4, (63.5, 33.9), (3, 8), (7.2, 12.9), (66.0, 33.9),
    ),
    "5160": Sheet(
        _("Avery 5160: Letter, 30 labels of 2⅝ × 1 in"),
        LETTER, (66.7, 25.4), (3, 10), (4.8, 12.7), (69.8, 25.4),
    ),
    "5163": Sheet(
        _("Avery 5163: Letter, 10 labels of 4 × 2 in"),
        LETTER, (101.6, 50.8), (2, 5), (4.0, 12.7), (106.4, 50.8),
    ),
    "roll62": Sheet(
        _("Roll of 62 mm: a label of 62 × 29 mm at a time"),
        (62.0, 29.0), (62.0, 29.0), (1, 1), (0.0, 0.0), (62.0, 29.0),
    ),
}  # fmt: skip


class Label(NamedTuple):
    """One label: its place on the page, and what stands on it."""

    x: float
    y: float
    width: float
    height: float
    serial: str
    code: str
    link: str

    @property
    def side(self) -> float:
        """The side of the QR code's square, in millimetres."""
        return round(min(self.height - 2 * PADDING, self.width * 0.45), 2)

    @property
    def qr_y(self) -> float:
        return round(self.y + (self.height - self.side) / 2, 2)

    @property
    def qr_x(self) -> float:
        return round(self.x + PADDING, 2)

    @property
    def text_x(self) -> float:
        return round(self.x + self.side + 2 * PADDING, 2)

    @property
    def size(self) -> float:
        """The letters' height in millimetres at which the longer line fits; 0.6 wide each."""
        room = self.width - self.side - 3 * PADDING
        return round(min(4.2, room / (0.6 * max(len(self.serial), len(self.code)))), 2)

    @property
    def serial_y(self) -> float:
        """Where the serial's line stands; the code's is below the middle."""
        return round(self.y + self.height / 2 - self.size * 0.4, 2)

    @property
    def code_y(self) -> float:
        return round(self.y + self.height / 2 + self.size * 1.2, 2)

    @property
    def corners(self) -> list[tuple[float, float, float, float]]:
        """Cut marks: two short lines outward from each corner, as x1, y1, x2, y2."""
        found = []
        for x, out in ((self.x, -MARK), (self.x + self.width, MARK)):
            for y, down in ((self.y, -MARK), (self.y + self.height, MARK)):
                found += [(x, y, x + out, y), (x, y, x, y + down)]
        return [tuple(round(value, 2) for value in line) for line in found]


def link(claim_page: str, serial: str, code: str) -> str:
    """Return what a camera opens; a fragment reaches no server's log and no Referer."""
    return f"{claim_page}#s={serial}&c={code}"


def pages(
    sheet: Sheet, units: Sequence[tuple[str, str]], *, claim_page: str, skip: int = 0
) -> Iterator[list[Label]]:
    """Return the labels of serials and codes page by page, without the first `skip` places."""
    places = enumerate(units, start=skip)
    for _page, group in groupby(places, key=lambda place: place[0] // sheet.count):
        yield [
            Label(
                *_place(sheet, number % sheet.count),
                *sheet.label,
                serial,
                code,
                link(claim_page, serial, code),
            )
            for number, (serial, code) in group
        ]


def qr(text: str) -> segno.QRCode:
    """Return the code as a matrix; a quarter of it may be dirty."""
    return segno.make(text, error="m", micro=False)


def outline(code: segno.QRCode) -> tuple[int, str]:
    """Return the side in modules and an SVG path that fills the dark ones, row by row."""
    parts = []
    for y, row in enumerate(code.matrix):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                parts.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return len(code.matrix), "".join(parts)


def _place(sheet: Sheet, number: int) -> tuple[float, float]:
    down, across = divmod(number, sheet.grid[0])
    return (
        round(sheet.margin[0] + across * sheet.pitch[0], 2),
        round(sheet.margin[1] + down * sheet.pitch[1], 2),
    )
