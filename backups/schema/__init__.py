"""What the API's document says about plans."""

from backups.schema import backups, entries, files, kept, sync

__all__ = ["backups", "entries", "files", "kept", "sync"]
