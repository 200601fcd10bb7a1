"""What the API's document says about plans."""

from backups.schema import entries, sync

__all__ = ["entries", "sync"]
