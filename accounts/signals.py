"""What staff do to people, for the packages above; sent inside the rule's transaction."""

from django.dispatch import Signal

staff_acted = Signal()
"""`action` (a slug), `by` (one of the staff), `person`, `before`, `after` and `reason`."""
