"""What the API's document says about plans."""

from backups.schema import backups, entries, sync

__all__ = ["backups", "entries", "sync"]
