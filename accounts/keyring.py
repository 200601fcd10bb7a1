"""Signing keys by key id (`kid`): the newest signs, each of them verifies."""

LEAST_BYTES = 32


class Keyring:
    """Keys of at least 256 bits by their ids, newest first.

    A new key is added as the last one everywhere before it becomes the first one anywhere, so that
    no process ever meets a key id that it does not know.
    """

    def __init__(self, keys: dict[str, bytes]) -> None:
        if not keys or any(len(key) < LEAST_BYTES for key in keys.values()):
            raise ValueError(f"a keyring needs a key, and each key {LEAST_BYTES} bytes")
        self._keys = dict(keys)

    @property
    def newest(self) -> tuple[str, bytes]:
        """The key id and the key to sign with."""
        return next(iter(self._keys.items()))

    def key(self, kid: str) -> bytes | None:
        """Return the key of that id, or None."""
        return self._keys.get(kid)
