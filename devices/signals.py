"""What happens to a device, for the packages above; sent inside the rule's transaction."""

from django.dispatch import Signal

device_claimed = Signal()
"""`device`, `user` (the owner now) and `claim`, the UUID that the device has from now on."""

device_released = Signal()
"""`device`, `claim` (the UUID that ended), `owner` (the former one, or None), `name` (what the
device was called), and `keep`: whether the owner keeps the plan."""

device_handed_over = Signal()
"""`device`: it is about to get another owner; `user`, who becomes it."""

devices_shown = Signal()
"""`devices`: they are about to be shown; who knows sets `pending_changes` on each."""

device_inspected = Signal()
"""`device`: staff look at it; who knows returns how its last syncs went, the newest first."""

device_changed = Signal()
"""`device`: its name, its settings, its people or a claim that waits are different now."""
