"""Finding entries by words, whatever their case and accents, alike on both databases. Reads only.

A plan has at most 16,000 entries: they are folded as they are read, since no index of either
database folds as people expect.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from backups.kinds import KINDS
from backups.models import ENTRY_MODELS, Backup, Entry

SHORTEST, LONGEST = 2, 127
MOST = 50
"""So many entries of a kind are shown, the best first."""


class Found(NamedTuple):
    """What was found of one kind: the entries that are shown, and how many there are."""

    kind: str
    entries: list[Entry]
    count: int


class Piece(NamedTuple):
    """A part of a text, and whether it is a hit."""

    text: str
    is_hit: bool


def fold(text: str) -> str:
    """Return a text as it is compared: "Äpfel" as "apfel", "Straße" as "strasse"."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def search(backup: Backup, text: str, kinds: tuple[str, ...] = tuple(KINDS)) -> list[Found]:
    """Return the living entries in whose name or description every word of a text occurs.

    Those that have the words in their name come first, then the others, each by name.
    """
    words = fold(text).split()
    return [_found(backup, kind, words) for kind in kinds]


def pieces(text: str, query: str) -> Iterator[Piece]:
    """Yield the parts of a text, the hits of a query's words told apart."""
    folded, places = _folded(text)
    marked: set[int] = set()
    for begin, end in _hits(folded, fold(query).split()):
        marked.update(range(places[begin], places[end - 1] + 1))
    for is_hit, group in groupby(range(len(text)), key=marked.__contains__):
        yield Piece("".join(text[place] for place in group), is_hit)


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Return a text as it is compared, and the place of each of its characters in the text."""
    if text.isascii():
        return fold(text), range(len(text))
    parts = [fold(char) for char in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _char in part]


def _hits(whole: str, words: list[str]) -> Iterator[tuple[int, int]]:
    for word in words:
        at = whole.find(word)
        while word and at >= 0:
            yield at, at + len(word)
            at = whole.find(word, at + len(word))


def _found(backup: Backup, kind: str, words: list[str]) -> Found:
    model = ENTRY_MODELS[kind]
    columns = ("name", "description") if "description" in KINDS[kind].checks else ("name",)
    ranked: list[tuple[Any, ...]] = []
    for pk, *texts in model.objects.of(backup).alive().values_list("pk", *columns):
        name, everything = fold(texts[0]), fold("\n".join(texts))
        if all(word in everything for word in words):
            ranked.append((not all(word in name for word in words), name, pk))
    best = [pk for _rank, _name, pk in sorted(ranked)[:MOST]]
    entries = model.objects.shown().in_bulk(best) if best else {}
    return Found(kind, [entries[pk] for pk in best if pk in entries], len(ranked))
