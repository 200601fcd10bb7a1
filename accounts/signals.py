"""What happens to people, for the packages above; sent inside the rule's transaction."""

from django.dispatch import Signal

staff_acted = Signal()
"""`action` (a slug), `by` (one of the staff), `person`, `before`, `after` and `reason`."""

account_closing = Signal()
"""`user`: every log-in has ended, and in three days nothing of the person is left."""
