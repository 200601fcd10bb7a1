"""Many files as one ZIP, written while it is read: never more than one part is in memory."""

import io
from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile

from accounts.holdings import File


class _Sink(io.RawIOBase):
    """Takes what the archive writes, for the reader to take away; it cannot go back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def zipped(files: Iterable[File]) -> Iterator[bytes]:
    """Yield the bytes of a ZIP of these files, in their order."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for path, parts in files:
            # Its size is not known before it is written.
            with archive.open(path, "w", force_zip64=True) as file:
                for part in parts:
                    file.write(part)
                    yield sink.taken()
    yield sink.taken()
