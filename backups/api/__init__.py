"""The API of plans: sync for devices, and one entry at a time."""
