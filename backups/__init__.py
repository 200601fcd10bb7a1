"""Plans: what a device's people planned, how it is merged, synced and brought back."""
