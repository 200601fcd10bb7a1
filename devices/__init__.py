"""The inventory of devices, and whose a device is."""
