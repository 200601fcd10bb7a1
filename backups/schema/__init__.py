"""What the API's document says about plans."""

from backups.schema import backups, entries, kept, sync

__all__ = ["backups", "entries", "kept", "sync"]
